"""The copy of an event that virtual buyers rush for: made, ended, and swept away with all that came of it.

Its team has no members, it is a draft by its state, and `Event.rehearsal` keeps it out of every scope but
`bookable()`. Whatever belongs to it can be found from its row, which is deleted in the same transaction as all the
rest: so a rehearsal that was killed leaves nothing that the next sweep does not find.
"""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection, transaction
from django.db.models import CharField, Q, QuerySet
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast

from accounts.models import Team, User
from bookings.models import Booking
from core.ids import new_code
from events.models import Event, Inventory, Movement, TicketType
from events.operations.capacity import new_inventory
from outbox.models import Message
from rehearsal.errors import NoRehearsal
from tickets.models import Ticket

HEARTBEAT = timedelta(seconds=5)
GIVEN_UP_AFTER = timedelta(seconds=30)  # without a heartbeat


@transaction.atomic
def make_clone(event: Event, *, now: datetime) -> Event:
    """A copy that can be booked from now on: the same ticket types and limits, with every seat free.

    Raises NoRehearsal while another one runs.
    """
    with connection.cursor() as cursor:  # two that start at the same moment take turns until the commit
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('rehearsal', 0))")
    if rehearsals().filter(updated_at__gt=now - GIVEN_UP_AFTER).exists():
        raise NoRehearsal("Another rehearsal is running, or was killed less than half a minute ago.")
    starts_at = max(event.starts_at, now + timedelta(days=1))
    clone = Event.objects.create(
        organizer=Team.objects.create(name="Rehearsal", created_at=now),
        inventory=new_inventory(event.inventory.capacity, now),  # before those of the types: it is locked first
        slug=f"rehearsal-{new_code(10).lower()}",
        title=f"Rehearsal of {event.title}"[:160],
        timezone=event.timezone,
        starts_at=starts_at,
        ends_at=starts_at + (event.ends_at - event.starts_at),
        currency=event.currency,
        max_per_person=event.max_per_person,
        rehearsal=True,
        created_at=now,
        updated_at=now,
    )
    for ticket_type in event.types_for_sale().filter(hidden=False):
        _copy_type(ticket_type, clone, now)
    return clone


def keep_alive(clone: Event, *, now: datetime) -> None:
    """Say that it is still going on, or it counts as given up."""
    rehearsals().filter(pk=clone.pk).update(updated_at=now)


@transaction.atomic
def end(clone: Event, *, now: datetime) -> None:
    """Sell nothing more. Waits for the booking that is about to commit; after this its bookings are final."""
    rehearsals().filter(pk=clone.pk).update(starts_at=now - timedelta(hours=1), ends_at=now, updated_at=now)
    Inventory.objects.new_terms(clone.inventory_id)


@transaction.atomic
def sweep(clone: Event) -> None:
    """Delete it with all that came of it: messages, bookings, movements, limits, buyers, team. All or nothing."""
    bookings = Booking.objects.filter(event=clone)
    _messages(clone, bookings).delete()
    Ticket.objects.filter(booking__event=clone).delete()  # there should be none
    bookings.delete()
    limits = limits_of(clone)
    Movement.objects.filter(inventory__in=limits).delete()
    clone.ticket_types.all().delete()
    rehearsals().filter(pk=clone.pk).delete()
    Inventory.objects.filter(pk__in=limits).delete()
    User.objects.filter(email__endswith=f"@{domain_of(clone)}").delete()
    Team.objects.filter(pk=clone.organizer_id).delete()


def sweep_given_up(*, now: datetime) -> int:
    """Sweep what killed rehearsals left behind. Returns how many they were."""
    given_up = list(rehearsals().filter(updated_at__lte=now - GIVEN_UP_AFTER))
    for clone in given_up:
        end(clone, now=now)
        sweep(clone)
    return len(given_up)


def rehearsals() -> QuerySet[Event]:
    """The copies that exist: there is at most one, unless an earlier one was killed."""
    return Event.objects.filter(rehearsal=True)


def limits_of(clone: Event) -> list[int]:
    """The ids of its inventories."""
    return list(Inventory.objects.filter(Q(event=clone) | Q(ticket_type__event=clone)).values_list("pk", flat=True))


def domain_of(clone: Event) -> str:
    """Where its buyers have their addresses: below .invalid (RFC 2606) no mail arrives anywhere, and nobody can sign
    up under a name that is nowhere shown."""
    return f"{UUID(str(clone.pk)).hex}.invalid"


def _copy_type(ticket_type: TicketType, clone: Event, now: datetime) -> None:
    limit = ticket_type.inventory
    TicketType.objects.create(
        event=clone,
        inventory=new_inventory(limit.capacity, now) if limit else None,
        name=ticket_type.name,
        asked_price=ticket_type.asked_price,
        price=ticket_type.price,
        fee=ticket_type.fee,
        tax_rate=ticket_type.tax_rate,
        min_per_booking=ticket_type.min_per_booking,
        max_per_booking=ticket_type.max_per_booking,
        position=ticket_type.position,
    )


def _messages(clone: Event, bookings: QuerySet[Booking]) -> QuerySet[Message]:
    """What was announced of its bookings. Naming every status lets the index by status and moment find them."""
    since = Message.objects.filter(status__in=Message.Status.values, created_at__gte=clone.created_at)
    about = since.annotate(booking=KeyTextTransform("booking_id", "payload"))
    return about.filter(booking__in=bookings.values_list(Cast("pk", CharField()), flat=True))
