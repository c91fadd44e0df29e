"""The pages on which people book, and look after what they booked."""

from bookings.views.accept import accept, accept_by_link
from bookings.views.checkout import checkout, give_back
from bookings.views.mine import cancel, detail, mine
from bookings.views.start import start

__all__ = ["accept", "accept_by_link", "cancel", "checkout", "detail", "give_back", "mine", "start"]
