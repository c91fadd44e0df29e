"""The pages on which people book, and look after what they booked."""

from bookings.views.accept import accept, accept_by_link
from bookings.views.cancelling import cancel
from bookings.views.holding import extend, hold
from bookings.views.mine import detail, give_back, mine
from bookings.views.start import start

__all__ = ["accept", "accept_by_link", "cancel", "detail", "extend", "give_back", "hold", "mine", "start"]
