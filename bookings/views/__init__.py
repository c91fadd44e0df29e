"""The pages on which people book, and look after what they booked."""

from bookings.views.accept import accept
from bookings.views.checkout import checkout, give_back
from bookings.views.mine import cancel, detail, mine
from bookings.views.start import start

__all__ = ["accept", "cancel", "checkout", "detail", "give_back", "mine", "start"]
