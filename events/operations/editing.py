"""Create, edit, duplicate and delete events."""

import dataclasses
from datetime import datetime, timedelta

from django.core.files.base import File
from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.text import slugify

from accounts.models import Team, User, What
from accounts.operations import trail
from accounts.permissions import Permission, require
from core import money
from core.errors import EditConflict
from core.ids import new_code
from core.live import marks as live
from events.errors import EventOver
from events.facts import event_changed
from events.images import clean_image
from events.models import Event, Inventory, Venue
from events.operations.capacity import new_inventory, resize
from events.operations.inputs import EventInput, VenueInput, check, input_of
from events.operations.ticket_types import save_ticket_types
from events.operations.wording import event_words, type_changes
from events.seats import terms_changed
from outbox.operations import announce

MAX_SLUG = 160
NOT_FOR_EVENTS = {"new"}  # /organise/events/new is the page on which events begin


@transaction.atomic
def create_event(*, team: Team, data: EventInput, by: User, now: datetime) -> Event:
    """Create a draft. Raises NotAllowed or Invalid."""
    require(by, Permission.EDIT_EVENTS, team.pk)
    check(data)
    data = _with_clean_image(data)
    Team.objects.select_for_update(no_key=True).get(pk=team.pk)  # its tax holds still until there is something to price
    event = Event(organizer=team, inventory=new_inventory(data.capacity, now), created_at=now)
    _fill(event, data, now)
    _save_new(event)
    save_ticket_types(event, data.ticket_types, now)
    record(event, What.EVENT_CREATED, by, now)
    return event


@transaction.atomic
def edit_event(*, event: Event, data: EventInput, version: int, by: User, now: datetime) -> Event:
    """Replace what an organiser says about an event, if nobody changed it since `version`.

    Raises NotAllowed, Invalid, EditConflict (with the `current` version), EventOver or CapacityTooSmall.
    """
    require(by, Permission.EDIT_EVENTS, event.organizer_id)
    check(data)
    data = _with_clean_image(data)
    event = take_version(event, version)
    if event.status == Event.Status.CANCELLED or event.is_over(now):
        raise EventOver("Cancelled and past events can't be changed; duplicate it instead.")
    before, was, picture = describe(event), input_of(event), str(event.image)
    Inventory.objects.new_terms(event.inventory_id)
    resize(event.inventory, data.capacity, "The event", now)
    _fill(event, data, now)
    event.save()
    save_ticket_types(event, data.ticket_types, now)
    _record_edit(event, was, picture, capacity=data.capacity, by=by, now=now)
    terms_changed(event.pk, now)
    live.changed(event.pk)
    if event.status != Event.Status.DRAFT:
        announce_change(event, before, now)
    return event


def record(
    event: Event,
    what: What,
    by: User,
    now: datetime | None = None,
    old: dict[str, str] | None = None,
    new: dict[str, str] | None = None,
) -> None:
    """Write down who did what to an event."""
    trail.record(
        team_id=event.organizer_id, by=by, what=what, subject=event, label=event.title, old=old, new=new,
        event_id=event.pk, now=now,
    )  # fmt: skip


def _record_edit(event: Event, was: EventInput, picture: str, *, capacity: int, by: User, now: datetime) -> None:
    """Write down what an edit changed; nothing when it is all as it was."""
    became = dataclasses.replace(input_of(event), capacity=capacity)  # the event's own inventory is as it was read
    old_types, new_types = type_changes(was, became)
    old, new = trail.differing(event_words(was, picture) | old_types, event_words(became, str(event.image)) | new_types)
    if old or new:
        record(event, What.EVENT_EDITED, by, now, old=old, new=new)


def take_version(event: Event, version: int) -> Event:
    """Lock an event and count its version up. EditConflict when somebody else was faster."""
    if not Event.objects.filter(pk=event.pk, version=version).update(version=F("version") + 1):
        current = Event.objects.values_list("version", flat=True).get(pk=event.pk)
        raise EditConflict(
            "Somebody else saved this event while you were editing it. Load it again and repeat your change.",
            current=current,
        )
    return Event.objects.select_related("inventory", "venue").get(pk=event.pk)


def describe(event: Event) -> dict[str, str]:
    """What those who booked need to know when it changes."""
    return {
        "title": event.title,
        "status": event.status,
        "starts_at": event.starts_at.isoformat(),
        "ends_at": event.ends_at.isoformat(),
        "timezone": event.timezone,
        "place": event.venue.in_full if event.venue else "",
        "online_url": event.online_url,
    }


def announce_change(event: Event, before: dict[str, str], now: datetime) -> None:
    """Say what those who booked need to know, if it is not as it was before."""
    if (after := describe(event)) != before:
        announce(event_changed, event_id=event.pk, at=now.isoformat(), before=before, after=after)


@transaction.atomic
def duplicate_event(*, event: Event, by: User, now: datetime) -> Event:
    """A draft with everything of the original, a week later or a week from now."""
    data = input_of(event)
    shift = timedelta(weeks=max(1, 1 + (now - event.starts_at) // timedelta(weeks=1)))
    copies = [
        dataclasses.replace(
            ticket_type,
            id=None,
            sales_start_at=ticket_type.sales_start_at and ticket_type.sales_start_at + shift,
            sales_end_at=ticket_type.sales_end_at and ticket_type.sales_end_at + shift,
        )
        for ticket_type in data.ticket_types
    ]
    data = dataclasses.replace(
        data,
        title=f"{data.title[:150]} (copy)",
        starts_at=data.starts_at + shift,
        ends_at=data.ends_at + shift,
        ticket_types=copies,
    )
    copy = create_event(team=event.organizer, data=data, by=by, now=now)
    if event.image:
        with event.image.open() as image:
            copy.image.save(str(event.image.name), File(image))
    return copy


@transaction.atomic
def delete_draft(*, event: Event, by: User) -> None:
    """Delete a draft that nobody ever booked. Raises NotAllowed or EventOver."""
    require(by, Permission.EDIT_EVENTS, event.organizer_id)
    event = Event.objects.select_for_update(of=("self",)).get(pk=event.pk)
    if event.status != Event.Status.DRAFT:
        raise EventOver("Only drafts can be deleted. Cancel a published event instead.")
    inventories = [
        event.inventory_id,
        *event.ticket_types.exclude(inventory=None).values_list("inventory", flat=True),
        *event.promo_codes.values_list("inventory", flat=True),
    ]
    record(event, What.EVENT_DELETED, by)
    event.delete()
    Inventory.objects.filter(pk__in=inventories).delete()


def _with_clean_image(data: EventInput) -> EventInput:
    """Decoding a large picture takes a second or two: done before any row is locked that bookings wait for."""
    if isinstance(data.image, UploadedFile):
        return dataclasses.replace(data, image=clean_image(data.image))
    return data


def _fill(event: Event, data: EventInput, now: datetime) -> None:
    """Copy the plain fields."""
    for name in (
        "title",
        "summary",
        "description",
        "category",
        "timezone",
        "starts_at",
        "ends_at",
        "online_url",
        "currency",
        "max_per_person",
        "cancellation_hours",
        "payment_methods",
        "refund_steps",
        "waitlist_order",
        "offer_minutes",
        "fee_name",
        "fee_percent",
    ):
        setattr(event, name, getattr(data, name))
    event.tags = sorted({tag.strip().lower() for tag in data.tags})
    event.venue = _venue(event.organizer, data.venue)
    event.updated_at = now
    event.fee_fixed = money.to_minor(data.fee_fixed, data.currency)
    place = [event.venue.name, event.venue.city] if event.venue else ["online"]
    event.search_words = " ".join([event.title, *event.tags, *place, event.organizer.name])
    if data.image is False:
        event.image = ""
    elif isinstance(data.image, File):
        event.image = data.image


def _venue(team: Team, data: VenueInput | None) -> Venue | None:
    """The team's venue of that description. Venues are never edited: other events may be there."""
    if data is None:
        return None
    fields = {**dataclasses.asdict(data), "country": data.country.upper(), "organizer": team}
    return Venue.objects.filter(**fields).first() or Venue.objects.create(**fields)


def _save_new(event: Event) -> None:
    """Save under a readable address: the title's own, or with a short code when that is taken."""
    plain = slugify(event.title)[:MAX_SLUG].strip("-") or "event"
    if plain in NOT_FOR_EVENTS:
        plain = f"{plain}-event"
    try:
        with transaction.atomic():
            event.slug = plain
            event.save(force_insert=True)
    except IntegrityError:
        event.slug = f"{plain}-{new_code(6).lower()}"
        event.save(force_insert=True)
