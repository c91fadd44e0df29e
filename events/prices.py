"""What an event costs, in words. Prices are all-in: what stands here is what is paid."""

from core import money
from events.availability import Availability


def price_from(availability: Availability, currency: str) -> str:
    """'Free', '€12.00', 'From €12.00', or 'Free to €40.00'. Empty without ticket types on sale."""
    prices = [one.ticket_type.price for one in availability.types]
    if not prices:
        return ""
    lowest, highest = min(prices), max(prices)
    words = money.words(lowest, currency)
    if lowest == highest:
        return words
    return f"Free to {money.words(highest, currency)}" if lowest == 0 else f"From {words}"
