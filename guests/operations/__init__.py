"""Everything that a team does for guests, and to many of them at once."""

from guests.operations.box_office import Paid, Sale, quote, sell
from guests.operations.complimentary import Invited, give_away
from guests.operations.exporting import note_export
from guests.operations.jobs import Act, begin, stop, work_off

__all__ = ["Act", "begin", "stop", "work_off", "Invited", "Paid", "Sale", "give_away", "note_export", "quote", "sell"]
