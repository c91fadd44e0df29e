"""The least that is valid, made through the operations that customers' doors use."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import count
from uuid import UUID

from django.test import Client
from django.utils import timezone

from accounts.models import Membership, Team, User
from bookings import operations as bookings
from bookings.models import Booking
from events import operations as events
from events.models import Event, PromoCode
from events.operations import EventInput, PromoCodeInput, TicketTypeInput
from waitlist import operations as waitlist
from waitlist.models import Entry

PASSWORD = "correct horse battery"

_numbers = count(1)


def make_user(name: str = "Ada", **fields) -> User:
    """Somebody who can sign in with PASSWORD."""
    fields.setdefault("email", f"{name.lower()}{next(_numbers)}@example.org")
    return User.objects.create_user(fields.pop("email"), PASSWORD, name=name, **fields)


def signed_in(user: User) -> Client:
    """A browser in which they have signed in."""
    client = Client()
    client.force_login(user)
    return client


def make_team(owner: User | None = None, role: str = Membership.Role.OWNER) -> Team:
    """A team with one member."""
    team = Team.objects.create(name=f"Team {next(_numbers)}")
    Membership.objects.create(team=team, user=owner or make_user("Olga"), role=role)
    return team


def event_input(**changes) -> EventInput:
    """A valid event next week, online, free, with one ticket type and 10 seats."""
    start = timezone.now().replace(microsecond=0) + timedelta(days=7)
    data = EventInput(
        title=f"Event {next(_numbers)}",
        starts_at=start,
        ends_at=start + timedelta(hours=2),
        online_url="https://example.org/stream",
        capacity=10,
        ticket_types=[TicketTypeInput(name="Admission")],
    )
    return replace(data, **changes)


def owner_of(team: Team) -> User:
    return team.members.get(memberships__role=Membership.Role.OWNER)


def make_draft(team: Team | None = None, now: datetime | None = None, **changes) -> Event:
    """A draft; keyword arguments as for `EventInput`."""
    team = team or make_team()
    return events.create_event(team=team, data=event_input(**changes), by=owner_of(team), now=now or timezone.now())


def make_event(team: Team | None = None, now: datetime | None = None, **changes) -> Event:
    """A published event; keyword arguments as for `EventInput`."""
    draft = make_draft(team, now, **changes)
    by, now = owner_of(draft.organizer), now or timezone.now()
    return events.publish_event(event=draft, version=draft.version, by=by, now=now)


def make_code(event: Event, code: str = "EARLY", **changes) -> PromoCode:
    """A promo code, a fifth off unless said otherwise; keyword arguments as for `PromoCodeInput`."""
    changes.setdefault("kind", PromoCode.Kind.PERCENT)
    if changes["kind"] == PromoCode.Kind.PERCENT:
        changes.setdefault("percent", Decimal(20))
    data = PromoCodeInput(code, **changes)
    return events.create_code(event=event, data=data, by=owner_of(event.organizer), now=timezone.now())


def make_booking(
    event: Event | None = None,
    customer: User | None = None,
    quantity: int = 1,
    items: Sequence[tuple[UUID, int]] = (),
) -> Booking:
    """A confirmed booking: of so many `items`, or of a `quantity` of the event's only ticket type."""
    return bookings.book(
        request=bookings.Request((event or make_event()).pk, items=items, quantity=None if items else quantity),
        customer_id=(customer or make_user()).pk,
        now=timezone.now(),
    )


def make_hold(event: Event | None = None, customer: User | None = None, quantity: int = 1) -> Booking:
    """A basket with seats of the event's only ticket type."""
    return bookings.hold(
        request=bookings.Request((event or make_event()).pk, quantity=quantity),
        customer_id=(customer or make_user()).pk,
        now=timezone.now(),
    )


def make_place(event: Event | None = None, customer: User | None = None, quantity: int = 1, **more) -> Entry:
    """A place in the line of an event that has too few seats; without one, of one that is sold out."""
    if event is None:
        make_booking(event := make_event(capacity=1))
    return waitlist.join(
        event_id=event.pk,
        customer_id=(customer or make_user()).pk,
        quantity=quantity,
        now=timezone.now(),
        **more,
    )
