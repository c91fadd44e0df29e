"""A promo code as somebody has typed it: whether it is good, and what it shows them. Reads only."""

from datetime import datetime

from core.moments import in_words
from events.errors import CodeRefused
from events.models import Event, PromoCode, TicketType


def find_code(event: Event, typed: str, now: datetime) -> PromoCode:
    """An event's code, in whatever case it was typed, if it is good now. Raises CodeRefused."""
    code = PromoCode.objects.named(typed).active().filter(event=event.pk).first()
    if code is None:
        raise CodeRefused("There is no such promo code for this event.")
    if code.valid_from and not code.has_begun(now):
        raise CodeRefused(f"The code {code.code} is good from {in_words(code.valid_from.astimezone(event.zone))}.")
    if code.has_ended(now):
        raise CodeRefused(f"The code {code.code} is over.")
    return code


def unlocked_by(code: PromoCode, event: Event) -> list[TicketType]:
    """The hidden ticket types that a code sells, in the organiser's order."""
    hidden = TicketType.objects.for_sale().filter(event=event.pk, hidden=True) if code.unlocks else []
    return code.unlocked(hidden)


def unlock(event: Event, typed: str, now: datetime) -> PromoCode:
    """The code, and beside what everybody sees on the event, fetched `with_all`, what it unlocks. Raises CodeRefused,
    also for a code that is used up."""
    code = find_code(event, typed, now)
    if code.left == 0:
        raise CodeRefused(f"The code {code.code} is used up.")
    for ticket_type in unlocked_by(code, event):
        ticket_type.event = event
        event.types_on_card.append(ticket_type)
    event.types_on_card.sort(key=lambda one: (one.position, one.pk))
    return code


def try_code(event: Event, typed: str, now: datetime) -> PromoCode | None:
    """The same without a word: whoever books with a code that is no good hears it then."""
    try:
        return unlock(event, typed, now) if typed else None
    except CodeRefused:
        return None
