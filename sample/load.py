"""Load the sample: people, teams, their events, and the bookings behind them."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from inspect import cleandoc
from zoneinfo import ZoneInfo

from allauth.account.models import EmailAddress
from django.db import transaction
from django.db.models import Q

from accounts.models import Membership, Team, User
from bookings import operations as bookings
from bookings.models import Booking
from events.models import Event, PromoCode
from events.operations import (
    EventInput,
    PromoCodeInput,
    TicketTypeInput,
    VenueInput,
    cancel_event,
    create_code,
    create_event,
    postpone_event,
    publish_event,
)
from outbox.models import Message
from payments.models import Payment, Receipt
from payments.operations.accounts import change_account
from sample.crowd import fill, travel
from sample.journeys import JOURNEYS
from sample.lines import line_up
from sample.people import ATTENDEE, CROWD, LOGINS, PASSWORD, TEAMS, TeamSample
from sample.pictures import draw
from sample.programme import PROGRAMME
from sample.shapes import Admission, Listing, Place, Promo
from sample.traces import let_in, look_around
from tickets import operations as tickets
from tickets.models import Ticket

_NAMESPACE = uuid.UUID("6f1f9a52-3a0b-5d58-9c0e-6a1d0f3f7e11")


@dataclass(frozen=True)
class Loaded:
    """How much was loaded."""

    events: int
    bookings: int
    tickets: int


def is_loaded() -> bool:
    """Whether the sample is here: it comes as a whole, with its teams."""
    return Team.objects.filter(pk__in=_team_ids()).exists()


def is_over(now: datetime) -> bool:
    """Whether all sample events have passed."""
    return not Event.objects.public().filter(organizer__in=_team_ids()).upcoming(now).exists()


@transaction.atomic
def load(*, now: datetime) -> Loaded:
    """Load everything or nothing. For a database in which the sample is not loaded yet."""
    people = _people()
    crowd = [people[email] for email in CROWD]
    events: dict[str, Event] = {}
    booked: list[Booking] = []
    for sample in TEAMS:
        team, owner = _team(sample, people, now), people[next(iter(sample.roles))]
        for listing in PROGRAMME[sample.key]:
            event = events[listing.slug] = _put_on(listing, team, owner, now)
            _let_pay(listing, event)
            # What is called off stops selling two days ago, a day before it is.
            until = now if listing.status == Event.Status.PUBLISHED else now - timedelta(days=2)
            booked += fill(event, listing, crowd, until, owner)
    booked += [travel(journey, events[journey.event], people[journey.email], now) for journey in JOURNEYS]
    tickets.issue_all(booking_ids=[booking.pk for booking in booked])
    for sample in TEAMS:
        for listing in PROGRAMME[sample.key]:
            _call_off(listing, events[listing.slug], people[next(iter(sample.roles))], now)
    waiting = line_up(events.values(), people[ATTENDEE.email], crowd, now)
    for sample in TEAMS:
        for event in (events[listing.slug] for listing in PROGRAMME[sample.key]):
            if event.is_over(now):
                let_in(event, people[_at_the_door(sample)])
    look_around(events.values(), now)
    _keep_quiet(events.values(), booked, waiting)
    return Loaded(len(events), len(booked), Ticket.objects.filter(booking__in=booked).count())


def _team_ids() -> list[uuid.UUID]:
    return [_id("team", sample.key) for sample in TEAMS]


def _id(kind: str, key: str) -> uuid.UUID:
    """The same on each machine."""
    return uuid.uuid5(_NAMESPACE, f"{kind}:{key}")


def _people() -> dict[str, User]:
    """Everybody by e-mail address. Accounts that exist already stay as they are."""
    people = {user.email: user for user in User.objects.filter(email__in=[*CROWD, *(one.email for one in LOGINS)])}
    for login in LOGINS:
        if login.email not in people:
            staff = {"is_staff": login.is_staff, "is_superuser": login.is_staff}
            people[login.email] = User.objects.create_user(
                login.email, PASSWORD, id=_id("user", login.email), name=login.name, **staff
            )
            EmailAddress.objects.create(user=people[login.email], email=login.email, verified=True, primary=True)
    for email, name in CROWD.items():
        if email not in people:
            people[email] = User.objects.create_user(email, id=_id("user", email), name=name)
    return people


def _team(sample: TeamSample, people: dict[str, User], now: datetime) -> Team:
    name, rate = sample.tax or ("VAT", "0")
    team = Team.objects.create(id=_id("team", sample.key), name=sample.name, tax_name=name, tax_rate=Decimal(rate))
    Membership.objects.bulk_create(
        Membership(team=team, user=people[email], role=role) for email, role in sample.roles.items()
    )
    if sample.bank:
        change_account(team=team, changes=sample.bank, by=people[next(iter(sample.roles))], now=now)
    return team


def _put_on(listing: Listing, team: Team, owner: User, now: datetime) -> Event:
    """Create the event and publish it, both on the day it was announced."""
    announced = now - timedelta(days=listing.announced)
    event = create_event(team=team, data=_input(listing, now), by=owner, now=announced)
    for promo in listing.promos:
        create_code(event=event, data=_promo_code(promo), by=owner, now=announced)
    if listing.status == Event.Status.DRAFT:
        return event
    return publish_event(event=event, version=event.version, by=owner, now=announced)


def _input(listing: Listing, now: datetime) -> EventInput:
    zone = ZoneInfo(listing.zone)
    starts_at = listing.starts.moment(zone, now)
    return EventInput(
        title=listing.title,
        summary=listing.summary,
        description=cleandoc(listing.description),
        category=listing.category,
        tags=listing.tags,
        timezone=listing.zone,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=listing.hours),
        venue=_venue(listing.place) if listing.place else None,
        online_url=listing.online_url,
        capacity=listing.capacity,
        currency=listing.currency,
        max_per_person=listing.max_per_person,
        cancellation_hours=listing.cancellation_hours,
        ticket_types=[_ticket_type(admission, zone, now) for admission in listing.admissions],
        fee_fixed=Decimal(listing.fee),
        image=draw(listing.picture) if listing.picture else None,
    )


def _let_pay(listing: Listing, event: Event) -> None:
    """By more than the door."""
    if listing.pays:
        event.payment_methods, event.refund_steps = listing.pays, listing.refunds or event.refund_steps
        event.save(update_fields=["payment_methods", "refund_steps"])


def _venue(place: Place) -> VenueInput:
    return VenueInput(
        name=place.name,
        city=place.city,
        country=place.country,
        address=place.address,
        latitude=Decimal(place.latitude),
        longitude=Decimal(place.longitude),
    )


def _ticket_type(admission: Admission, zone: ZoneInfo, now: datetime) -> TicketTypeInput:
    sales_start_at, sales_end_at = admission.sales(zone, now)
    return TicketTypeInput(
        name=admission.name,
        description=admission.description,
        price=admission.amount,
        hidden=admission.hidden,
        capacity=admission.limit,
        sales_start_at=sales_start_at,
        sales_end_at=sales_end_at,
        min_per_booking=admission.least,
        max_per_booking=admission.most,
    )


def _promo_code(promo: Promo) -> PromoCodeInput:
    return PromoCodeInput(
        code=promo.code,
        kind=PromoCode.Kind.PERCENT if promo.percent else PromoCode.Kind.UNLOCK,
        percent=Decimal(promo.percent) if promo.percent else None,
        unlocks=promo.unlocks,
        limit=promo.limit,
        note=promo.note,
    )


def _call_off(listing: Listing, event: Event, owner: User, now: datetime) -> None:
    """Cancel or postpone what the listing says, with the people who had booked."""
    yesterday = now - timedelta(days=1)
    if listing.status == Event.Status.CANCELLED:
        cancel_event(event=event, version=event.version, by=owner, now=yesterday)
        bookings.cancel_some(event_id=event.pk, now=yesterday)
    elif listing.status == Event.Status.POSTPONED:
        postpone_event(event=event, version=event.version, by=owner, now=yesterday)


def _at_the_door(sample: TeamSample) -> str:
    """Its door staff, where it has some."""
    return next((email for email, role in sample.roles.items() if role == "door"), next(iter(sample.roles)))


def _keep_quiet(events, booked, waiting) -> None:
    """Strike out what the operations announced.

    Its consequences inside the database are here already (tickets are issued, a cancelled event's
    bookings cancelled), and nobody is to get a mail about what was made up: a newcomer's first start
    would begin with hundreds of jobs.
    """
    about = Q(payload__booking_id__in=[str(booking.pk) for booking in booked])
    about |= Q(payload__event_id__in=[str(event.pk) for event in events])
    about |= Q(payload__entry_id__in=[str(entry.pk) for entry in waiting])
    paid = Payment.objects.filter(booking__in=booked)
    about |= Q(payload__payment_id__in=[str(pk) for pk in paid.values_list("pk", flat=True)])
    receipts = Receipt.objects.filter(payment__in=paid)
    about |= Q(payload__receipt_id__in=[str(pk) for pk in receipts.values_list("pk", flat=True)])
    Message.objects.filter(about).delete()
