"""Make promo codes, change them, switch them off and on.

A code is part of what may be sold: whatever changes one locks the event's house and raises its terms, so that a
booking in flight is planned again.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction

from accounts.models import User, What
from accounts.operations import trail
from accounts.permissions import Permission, require
from core import money
from core.errors import Invalid
from core.ids import new_code
from core.text import ONE_LINE, is_one_line
from events.errors import CapacityTooSmall, EventOver
from events.models import Event, Inventory, Movement, PromoCode
from events.models.promo_code import CODE, NO_LIMIT
from events.operations.capacity import new_inventory, resize
from events.operations.inputs import MAX_CAPACITY, MAX_PER_BOOKING, Errors, check_amount, check_percent
from events.operations.wording import code_words

MOST_CODES = 5_000  # of one event
MOST_AT_ONCE = 1_000
RANDOM_LENGTH = 10  # 50 random bits: nobody guesses one
_PREFIX = re.compile(r"[A-Z0-9_-]{0,20}")
Kind = PromoCode.Kind


@dataclass(frozen=True)
class PromoCodeInput:
    """A promo code as an organiser wants it. `amount` in major units of the event's currency, `percent` of the price of
    a ticket; `ticket_types` it covers, none for all; `limit` and `max_per_person` in tickets."""

    code: str
    kind: str = Kind.PERCENT
    percent: Decimal | None = None
    amount: Decimal | None = None
    unlocks: bool = False
    ticket_types: Sequence[UUID] = field(default_factory=list)
    valid_from: datetime | None = None
    valid_until: datetime | None = None
    limit: int | None = None
    max_per_person: int | None = None
    note: str = ""


def code_input(code: PromoCode, currency: str) -> PromoCodeInput:
    """An existing code as input. Needs `inventory` fetched."""
    return PromoCodeInput(
        code=code.code,
        kind=code.kind,
        percent=code.percent,
        amount=None if code.amount is None else money.to_major(code.amount, currency),
        unlocks=code.unlocks,
        ticket_types=list(code.ticket_types),
        valid_from=code.valid_from,
        valid_until=code.valid_until,
        limit=code.limit,
        max_per_person=code.max_per_person,
        note=code.note,
    )


@transaction.atomic
def create_code(*, event: Event, data: PromoCodeInput, by: User, now: datetime) -> PromoCode:
    """Make a code that is good at once. Raises NotAllowed, Invalid or EventOver."""
    event = _take(event, by, now)
    data = replace(data, code=data.code.strip().upper())
    _check(event, data)
    _refuse_taken(event, data.code)
    _refuse_too_many(event, 1)
    code = PromoCode(event=event, inventory=new_inventory(data.limit or NO_LIMIT, now), created_at=now)
    _fill(code, data, event.currency)
    code.save(force_insert=True)
    _note_codes(event)
    _record(code, What.CODE_CREATED, by, now, new=code_words(code, event))
    return code


@transaction.atomic
def create_codes(*, event: Event, data: PromoCodeInput, how_many: int, by: User, now: datetime) -> list[PromoCode]:
    """Make many codes that differ in their random part alone; `data.code` is what they all begin with.

    Raises NotAllowed, Invalid or EventOver.
    """
    event = _take(event, by, now)
    prefix = data.code.strip().upper()
    if not _PREFIX.fullmatch(prefix):
        raise Invalid({"code": ["At most 20 letters without accents, digits, - and _."]})
    if not 1 <= how_many <= MOST_AT_ONCE:
        raise Invalid({"how_many": [f"From 1 to {MOST_AT_ONCE} at once."]})
    _refuse_too_many(event, how_many)
    names = [f"{prefix}{new_code(RANDOM_LENGTH)}" for _ in range(how_many)]
    _check(event, replace(data, code=names[0]))
    limits = Inventory.objects.bulk_create(Inventory(capacity=data.limit or NO_LIMIT) for _ in names)
    Movement.objects.bulk_create(
        Movement(inventory=limit, reason=Movement.Reason.CAPACITY, change=limit.capacity, at=now) for limit in limits
    )
    codes = [PromoCode(event=event, inventory=limit, created_at=now) for limit in limits]
    for code, name in zip(codes, names, strict=True):
        _fill(code, replace(data, code=name), event.currency)
    PromoCode.objects.bulk_create(codes)
    _note_codes(event)
    words = code_words(codes[0], event) | {"Code": f"{how_many:,} that begin with {prefix or 'anything'}"}
    _record(codes[0], What.CODES_CREATED, by, now, label=f"{how_many:,} codes", new=words)
    return codes


@transaction.atomic
def edit_code(*, code: PromoCode, data: PromoCodeInput, by: User, now: datetime) -> PromoCode:
    """Change what a code does; who has booked with it keeps what they have.

    Raises NotAllowed, Invalid, EventOver, or CapacityTooSmall for a limit below what is used.
    """
    event = _take(code.event, by, now)
    data = replace(data, code=data.code.strip().upper())
    _check(event, data)
    code = PromoCode.objects.select_related("inventory").get(pk=code.pk)
    if data.code != code.code:
        _refuse_taken(event, data.code)
    was = code_words(code, event)
    _resize(code, data.limit, now)
    _fill(code, data, event.currency)
    code.save()
    code = PromoCode.objects.select_related("inventory", "event").get(pk=code.pk)
    if (became := code_words(code, event)) != was:
        _record(code, What.CODE_EDITED, by, now, old=was, new=became)
    return code


@transaction.atomic
def switch_code(*, code: PromoCode, active: bool, by: User, now: datetime) -> PromoCode:
    """Make a code good for nothing, or good again. Doing so twice is harmless. Raises NotAllowed or EventOver."""
    event = _take(code.event, by, now)
    changed = PromoCode.objects.filter(pk=code.pk).exclude(is_active=active).update(is_active=active)
    _note_codes(event)
    code = PromoCode.objects.select_related("inventory", "event").get(pk=code.pk)
    if changed:
        old, new = ("off", "on") if active else ("on", "off")
        _record(code, What.CODE_SWITCHED, by, now, old={"Switched": old}, new={"Switched": new})
    return code


def _record(
    code: PromoCode,
    what: What,
    by: User,
    now: datetime,
    *,
    new: dict[str, str],
    old: dict[str, str] | None = None,
    label: str = "",
) -> None:
    """Write down who did what to a code."""
    event = code.event
    trail.record(
        team_id=event.organizer_id, by=by, what=what, subject=code, label=label, old=old, new=new, event_id=event.pk,
        now=now,
    )  # fmt: skip


def _take(event: Event, by: User, now: datetime) -> Event:
    """The event, locked with its house, whose terms are new."""
    require(by, Permission.EDIT_EVENTS, event.organizer_id)
    event = Event.objects.select_for_update(of=("self",), no_key=True).get(pk=event.pk)
    if event.status == Event.Status.CANCELLED or event.is_over(now):
        raise EventOver("Cancelled and past events sell nothing: their codes stay as they are.")
    Inventory.objects.new_terms(event.inventory_id)
    return event


def _resize(code: PromoCode, limit: int | None, now: datetime) -> None:
    try:
        resize(code.inventory, limit or NO_LIMIT, code.code, now)
    except CapacityTooSmall as refusal:
        taken = refusal.extra["taken"]
        raise CapacityTooSmall(
            f"{code.code} is used for {taken} tickets, so {limit} are too few.", taken=taken
        ) from None


def _note_codes(event: Event) -> None:
    """Note on the event whether to ask for a code at all."""
    event.takes_codes = event.promo_codes.active().exists()
    event.save(update_fields=["takes_codes"])


def _fill(code: PromoCode, data: PromoCodeInput, currency: str) -> None:
    code.code, code.kind, code.note = data.code, data.kind, data.note.strip()
    code.percent = data.percent if data.kind == Kind.PERCENT else None
    code.amount = money.to_minor(data.amount, currency) if data.kind == Kind.AMOUNT and data.amount else None
    code.unlocks = data.unlocks or data.kind == Kind.UNLOCK
    code.ticket_types = list(dict.fromkeys(data.ticket_types))
    code.valid_from, code.valid_until = data.valid_from, data.valid_until
    code.max_per_person = data.max_per_person


def _refuse_taken(event: Event, name: str) -> None:
    if event.promo_codes.filter(code=name).exists():
        raise Invalid({"code": ["This event has a code of that name already."]})


def _refuse_too_many(event: Event, more: int) -> None:
    if event.promo_codes.count() + more > MOST_CODES:
        raise Invalid({"code": [f"An event has at most {MOST_CODES:,} codes."]})


def _check(event: Event, data: PromoCodeInput) -> None:
    errors: Errors = {}
    if not CODE.fullmatch(data.code):
        errors["code"] = ["From 3 to 40 letters without accents, digits, - and _; neither - nor _ at the ends."]
    if data.kind not in Kind.values:
        errors["kind"] = [f"One of {', '.join(Kind.values)}."]
    _check_discount(event, data, errors)
    _check_limits(data, errors)
    if set(data.ticket_types) - set(event.types_for_sale().values_list("pk", flat=True)):
        errors["ticket_types"] = ["One of these is no ticket type of this event."]
    if data.valid_from and data.valid_until and data.valid_until <= data.valid_from:
        errors["valid_until"] = ["The end comes after the beginning."]
    if len(data.note) > 120 or (data.note.strip() and not is_one_line(data.note)):
        errors["note"] = [ONE_LINE if len(data.note) <= 120 else "At most 120 characters."]
    if errors:
        raise Invalid(errors)


def _check_discount(event: Event, data: PromoCodeInput, errors: Errors) -> None:
    if data.kind == Kind.PERCENT:
        check_percent(data.percent or Decimal(-1), "percent", errors)
    if data.kind == Kind.AMOUNT:
        check_amount(data.amount or Decimal(-1), event.currency, "amount", errors)


def _check_limits(data: PromoCodeInput, errors: Errors) -> None:
    if data.limit is not None and not 1 <= data.limit <= MAX_CAPACITY:
        errors["limit"] = [f"From 1 to {MAX_CAPACITY}, or nothing."]
    if data.max_per_person is not None and not 1 <= data.max_per_person <= MAX_PER_BOOKING:
        errors["max_per_person"] = [f"From 1 to {MAX_PER_BOOKING}, or nothing."]
