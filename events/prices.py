"""What an event costs, in words. Prices are all-in: what stands here is what is paid."""

from core import money
from events.availability import Availability, State, TypeAvailability
from events.models import Event, TicketType


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


def included(event: Event, ticket_type: TicketType, off: int = 0) -> str:
    """'incl. 23 % VAT and €1.50 booking fee': what is in the price of a ticket, `off` which a code takes so much. Empty
    where it is nothing. Needs the event's `organizer` fetched."""
    total = ticket_type.price - off
    fee = money.part_of(total, ticket_type.fee, ticket_type.price)
    taxed = total and ticket_type.tax_rate
    tax = f"{money.percent_words(ticket_type.tax_rate)} {event.organizer.tax_name}" if taxed else ""
    return _incl(tax, f"{money.words(fee, event.currency)} {event.fee_name}" if fee else "")


def note_on(event: Event, availability: Availability) -> str:
    """What the prices that `price_from` counts include: exactly where it is the same for all, else its names."""
    types = [one.ticket_type for one in _on_offer(availability) if one.ticket_type.price]
    notes = {included(event, one) for one in types}
    if len(notes) <= 1:
        return "".join(notes)
    taxed, charged = any(one.tax_rate for one in types), any(one.fee for one in types)
    return _incl(event.organizer.tax_name if taxed else "", event.fee_name if charged else "")


def _incl(*parts: str) -> str:
    named = [part for part in parts if part]
    return f"incl. {' and '.join(named)}" if named else ""


def _on_offer(availability: Availability) -> list[TypeAvailability]:
    types = availability.types
    bookable = [one for one in types if one.state.bookable]
    return bookable or [one for one in types if one.state == State.NOT_YET] or types
