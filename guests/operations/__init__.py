"""Everything that a team does for guests, and to many of them at once."""

from guests.operations.box_office import Paid, Sale, quote, sell
from guests.operations.complimentary import Invited, give_away

__all__ = ["Invited", "Paid", "Sale", "give_away", "quote", "sell"]
