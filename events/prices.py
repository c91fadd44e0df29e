"""What an event costs, in words. Prices are all-in: what stands here is what is paid."""

from core import money
from events.availability import Availability, State, TypeAvailability


def price_from(availability: Availability, currency: str) -> str:
    """'Free', '€12.00', 'From €12.00', or 'Free to €40.00'. Empty without ticket types on sale.

    Counts what can be bought now; else what will be on sale; else, when all is gone, everything there was.
    """
    prices = [one.ticket_type.price for one in _on_offer(availability)]
    if not prices:
        return ""
    lowest, highest = min(prices), max(prices)
    words = money.words(lowest, currency)
    if lowest == highest:
        return words
    return f"Free to {money.words(highest, currency)}" if lowest == 0 else f"From {words}"


def _on_offer(availability: Availability) -> list[TypeAvailability]:
    types = availability.types
    bookable = [one for one in types if one.state.bookable]
    return bookable or [one for one in types if one.state == State.NOT_YET] or types
