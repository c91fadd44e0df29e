"""An event and a promo code as an organiser reads them, name by name: what the trail compares and keeps."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

from core import money
from core.moments import zone_name
from events.models import Category, Event, PaymentMethod, PromoCode, WaitlistOrder
from events.operations.inputs import EventInput, TicketTypeInput, VenueInput

Words = dict[str, str]


def event_words(data: EventInput, picture: str = "") -> Words:
    """What an organiser says about an event, but for its ticket types; `picture` names the file that is shown."""
    zone = ZoneInfo(data.timezone)
    return {
        "Title": data.title,
        "Summary": data.summary,
        "Description": data.description,
        "Category": Category(data.category).label,
        "Tags": ", ".join(data.tags),
        "Starts": moment_words(data.starts_at, zone),
        "Ends": moment_words(data.ends_at, zone),
        "Time zone": data.timezone,
        "Place": _place(data.venue),
        "Online link": data.online_url,
        "Seats": f"{data.capacity:,}",
        "Currency": data.currency,
        "Tickets per person": _number(data.max_per_person),
        "Cancelling ends": f"{data.cancellation_hours} hours before the start",
        "Ways to pay": ", ".join(PaymentMethod(one).label for one in data.payment_methods),
        "What comes back": _refunds(data.refund_steps),
        "Order of the waitlist": WaitlistOrder(data.waitlist_order).label,
        "Time to answer an offer": f"{data.offer_minutes} minutes",
        "Fee": _fee(data),
        "Picture": picture.rpartition("/")[2],
    }


def type_changes(before: EventInput, after: EventInput) -> tuple[Words, Words]:
    """What changed about the ticket types: fields of those that stay, in full those that came or went."""
    old, new = _types(before), _types(after)
    was: Words = {}
    now: Words = {}
    for key in dict.fromkeys([*old, *new]):
        if key in old and key in new:
            name = old[key]["Name"]
            was |= {f"{name}: {field}": words for field, words in old[key].items()}
            now |= {f"{name}: {field}": words for field, words in new[key].items()}
        elif key in old:
            was[f"Ticket type {old[key]['Name']}"] = in_short(old[key])
        else:
            now[f"Ticket type {new[key]['Name']}"] = in_short(new[key])
    return was, now


def code_words(code: PromoCode, event: Event) -> Words:
    """What a promo code does, and for whom. Needs `inventory` fetched."""
    types = event.ticket_types.filter(pk__in=code.ticket_types).order_by("position") if code.ticket_types else []
    return {
        "Code": code.code,
        "Discount": _discount(code, event.currency),
        "Sells hidden tickets": "yes" if code.unlocks else "no",
        "Ticket types": ", ".join(one.name for one in types) or "all",
        "Valid from": moment_words(code.valid_from, event.zone),
        "Valid until": moment_words(code.valid_until, event.zone),
        "Tickets in all": _number(code.limit),
        "Tickets per person": _number(code.max_per_person),
        "Note": code.note,
    }


def in_short(words: Words) -> str:
    """What is worth telling of it, in one line."""
    return ", ".join(f"{name.lower()} {word}" for name, word in words.items() if name != "Name" and word)


def moment_words(moment: datetime | None, zone: ZoneInfo) -> str:
    """'4 December 2026, 19:30 CET'; nothing for no moment."""
    if moment is None:
        return ""
    local = moment.astimezone(zone)
    return f"{local.day} {local:%B %Y, %H:%M} {zone_name(local)}"


def _types(data: EventInput) -> dict[UUID | None, Words]:
    zone = ZoneInfo(data.timezone)
    return {one.id: _type_words(one, data.currency, zone) for one in data.ticket_types}


def _type_words(one: TicketTypeInput, currency: str, zone: ZoneInfo) -> Words:
    return {
        "Name": one.name,
        "Price": money.words(money.to_minor(one.price, currency), currency),
        "Seats": _number(one.capacity),
        "Description": one.description,
        "Tax": "" if one.tax_rate is None else money.percent_words(one.tax_rate),
        "Hidden": "yes" if one.hidden else "",
        "Sales start": moment_words(one.sales_start_at, zone),
        "Sales end": moment_words(one.sales_end_at, zone),
        "Tickets per booking": f"{one.min_per_booking} to {one.max_per_booking}",
    }


def _place(venue: VenueInput | None) -> str:
    if venue is None:
        return ""
    where = f"{venue.latitude}, {venue.longitude}" if venue.latitude is not None else ""
    return ", ".join(filter(None, [venue.name, venue.address, venue.city, venue.country, where]))


def _number(limit: int | None) -> str:
    return "no limit" if limit is None else f"{limit:,}"


def _refunds(steps: list[list[int]]) -> str:
    return "; ".join(f"{percent} % until {hours} hours before" for hours, percent in steps) or "nothing"


def _fee(data: EventInput) -> str:
    parts = [money.amount_words(money.to_minor(data.fee_fixed, data.currency), data.currency)] if data.fee_fixed else []
    parts += [money.percent_words(data.fee_percent)] if data.fee_percent else []
    return f"{data.fee_name}: {' and '.join(parts)}" if parts else "none"


def _discount(code: PromoCode, currency: str) -> str:
    if code.kind == PromoCode.Kind.PERCENT:
        return money.percent_words(code.percent or Decimal(0))
    if code.kind == PromoCode.Kind.AMOUNT:
        return money.amount_words(code.amount or 0, currency)
    return code.get_kind_display()
