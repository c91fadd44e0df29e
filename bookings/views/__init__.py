"""The pages on which people book, and look after what they booked."""

from bookings.views.accept import accept, accept_by_link
from bookings.views.mine import cancel, detail, give_back, mine
from bookings.views.start import start

__all__ = ["accept", "accept_by_link", "cancel", "detail", "give_back", "mine", "start"]
