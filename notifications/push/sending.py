"""A letter as a push message, handed to a browser's push service."""

from notifications.letter import Letter
from notifications.models import Delivery


def send(delivery: Delivery, letter: Letter) -> str:
    """Send it; returns what the push service answered."""
    raise NotImplementedError
