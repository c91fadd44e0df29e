"""What the bookings app announces."""

from core.facts import fact

booking_confirmed = fact("booking_confirmed")
booking_cancelled = fact("booking_cancelled")
more_to_cancel = fact("more_to_cancel")
