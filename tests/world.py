"""A small world in which everybody is somebody to everything: for tests that go to every address."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from allauth.account.models import EmailAddress
from django.test import Client
from django.utils import timezone

from accounts import operations
from accounts.invitation_links import link
from accounts.models import Membership, Team, User
from bookings import operations as bookings
from bookings.models import Booking
from events.models import Event
from guests.models import Job
from notifications import unsubscribing
from notifications.models import Device
from notifications.tests.notices import make_notice
from payments import operations as payments
from payments.models import Payment, Rescue
from payments.tests.paying import PRICE, again, basket, paid_event, under_way
from tests.api import Api
from tests.factories import make_booking, make_code, make_draft, make_event, make_hold, make_place, make_team, make_user
from tests.passkeys import make_passkey
from tickets import operations as tickets
from tickets.models import Ticket
from waitlist.models import Entry
from waitlist.offer_links import token as offer_token

PEOPLE = ("nobody", "other", "guest", "door", "manager", "owner", "staff")


@dataclass
class World:
    """`people`: nobody; another team's owner, to whom nothing here belongs; the guest, whose bookings and places these
    are; the members of the team, by role; platform staff. `places`: what stands in an address that begins with that,
    by the names that routes have for it; the longest beginning counts."""

    people: dict[str, User | None]
    places: dict[str, dict[str, Any]] = field(default_factory=dict)
    cookies: dict[str, Any] = field(default_factory=dict)

    def value(self, route: str, name: str) -> Any:
        """What stands for `name` in that route; 1 where nothing here is meant."""
        known = [start for start, values in self.places.items() if route.startswith(start) and name in values]
        return self.places[max(known, key=len)][name] if known else 1

    def browser(self, who: str, **options: Any) -> Client:
        """Somebody's browser, signed in. Each has its own cookies, of the same session."""
        client = Client(raise_request_exception=False, **options)
        if who in self.cookies:
            client.cookies = self.cookies[who].copy()
        return client

    def program(self, who: str) -> Api:
        """Somebody's program, with an access token."""
        return Api(self.people[who], raise_request_exception=False)


def make_world() -> World:
    """All of it, through the operations that doors use."""
    people: dict[str, User | None] = dict.fromkeys(PEOPLE)
    people |= {name: make_user(name.title()) for name in PEOPLE[1:-1]}
    people["staff"] = make_user("Staff", is_staff=True, is_superuser=True)
    guest, team = people["guest"], make_team(people["owner"])
    assert guest
    make_team(people["other"])
    members = {role: people[role] for role in (Membership.Role.MANAGER, Membership.Role.DOOR)}
    Membership.objects.bulk_create(Membership(team=team, user=user, role=role) for role, user in members.items())
    world = World(people)
    _sell(world, make_event(team), make_draft(team), guest)
    _invite(world, team, guest)
    _take_money(world, paid_event(team=team), paid_event(team=make_team(), capacity=1), guest)
    world.places["account/security/webauthn/keys/"] = {"pk": make_passkey(guest).pk}
    _line_up(world, make_event(team, capacity=1), make_event(team, capacity=1), guest)
    world.cookies = {who: _signed_in(person) for who, person in people.items() if person}
    return world


def _signed_in(person: User) -> Any:
    """The cookies of somebody's browser."""
    client = Client()
    client.force_login(person)
    return client.cookies


def _sell(world: World, event: Event, draft: Event, guest: User) -> None:
    """An event with a code, the guest's booking and its tickets, a basket, and what the guest was told of it."""
    booking, code = make_booking(event, guest, quantity=2), make_code(event)
    tickets.issue(booking_id=booking.pk)
    ticket = Ticket.objects.filter(booking=booking).first()
    assert ticket
    job = Job.objects.create(event=event, kind=Job.Kind.RESEND, which="", by=world.people["manager"])
    device = Device.objects.create(user=guest, endpoint="https://push.example.org/guest")
    team, manager = event.organizer_id, world.people["manager"]
    here: dict[str, Any] = {"slug": event.slug, "event_id": event.pk, "user_id": guest.pk}
    here |= {"team_id": event.organizer_id, "chart": "sales"}
    here |= {"booking_id": booking.pk, "booking_pk": booking.pk, "code_id": code.pk, "device_id": device.pk}
    world.places |= {
        "": here,
        "bookings/": {"pk": booking.pk},
        "bookings/<uuid:pk>/hold": {"pk": make_hold(event, guest).pk},
        "tickets/": {"pk": ticket.pk},
        "organise/events/<slug:slug>/codes/": {"pk": code.pk},
        "organise/events/<slug:slug>/guests/": {"pk": booking.pk},
        "organise/events/<slug:slug>/guests/jobs/": {"pk": job.pk},
        "organise/events/<slug:slug>/door/guests/": {"pk": ticket.pk},
        "organise/events/<slug:slug>/publish": {"slug": draft.slug},
        "organise/events/<slug:slug>/delete": {"slug": draft.slug},
        "organise/teams/": {"pk": team, "member": manager and manager.pk},
        "notifications/": {"pk": make_notice(guest).pk, "notice_id": make_notice(guest).pk},
        "api/notifications/": {"notice_id": make_notice(guest).pk},
        "notifications/devices/": {"pk": device.pk},
        "notifications/unsubscribe/": {"token": unsubscribing.token(guest.pk, "refunded")},
        "webhooks/": {"provider": "stripe", "account_id": 10**9},  # of nobody
        "inbox/": {"name": "0", "number": 0},
        "style/messages/": {"kind": "booking_confirmed", "length": "shortest"},
        "account/^confirm-email/": {"key": "none"},
        "account/^password/reset/": {"uidb36": "0", "key": "none"},
    }
    world.places["api/bookings/<uuid:booking_id>/extend"] = {"booking_id": world.value("bookings/<uuid:pk>/hold", "pk")}
    for path in ("bookings/<uuid:pk>/more-time", "bookings/<uuid:pk>/give-back", "bookings/<uuid:pk>/checkout"):
        world.places[path] = world.places["bookings/<uuid:pk>/hold"]


def _invite(world: World, team: Team, guest: User) -> None:
    """The guest is asked to join the team, at an address that they have confirmed."""
    owner = world.people["owner"]
    assert owner
    EmailAddress.objects.create(user=guest, email=guest.email, primary=True, verified=True)
    asked = operations.invite(team=team, email=guest.email, role="door", by=owner, now=timezone.now())
    world.places |= {
        "organise/invitations/<uuid:pk>": {"pk": asked.pk},
        "organise/invitations/<str:token>": {"token": link(asked).rpartition("/")[2]},
        "organise/teams/<uuid:pk>/invitations/": {"invitation": asked.pk},
    }


def _take_money(world: World, event: Event, full: Event, guest: User) -> None:
    """A booking that was paid, with money that the team is to pay back; one that waits for a transfer; and one whose
    money came when its seat had gone."""
    paid = _paid(under_way(basket(event, customer=guest)))
    waiting = under_way(basket(event, customer=guest)).booking
    late = under_way(basket(full, customer=guest))
    bookings.expire(booking=late.booking, now=timezone.now() + timedelta(days=60))
    make_hold(full)
    _paid(late)
    assert Rescue.objects.filter(booking=late.booking).exists()
    owner = world.people["owner"]
    assert owner
    [refund] = payments.refund_by_hand(booking_id=paid.pk, amount=100, reason="Draught", by=owner, now=timezone.now())
    money = {"slug": event.slug, "pk": paid.pk, "refund_pk": refund.pk}
    world.places["organise/events/<slug:slug>/payments"] = money
    for path in ("refunds", "refunds.csv"):
        world.places[f"organise/events/<slug:slug>/{path}"] = money
    for path in ("receipt.pdf", "paid"):
        world.places[f"bookings/<uuid:pk>/{path}"] = {"pk": paid.pk}
    world.places["bookings/<uuid:pk>/transfer"] = {"pk": waiting.pk}
    world.places["bookings/<uuid:pk>/late"] = {"pk": late.booking_id}
    unpaid = basket(event, customer=guest)
    for path, booking in (("pay", unpaid), ("payments", paid), ("receipt", paid), ("late", late.booking)):
        world.places[f"api/bookings/<uuid:booking_id>/{path}"] = {"booking_id": booking.pk}


def _paid(payment: Payment) -> Booking:
    payments.book_in(payment_id=payment.pk, amount=PRICE, reference=str(payment.pk), by=None, now=timezone.now())
    return again(payment.booking)


def _line_up(world: World, full: Event, freed: Event, guest: User) -> None:
    """The guest waits for one event, and has an offer of another."""
    make_booking(full)
    place = make_place(full, guest)
    sold = make_booking(freed)
    offered = make_place(freed, guest)
    bookings.cancel(booking=sold, now=timezone.now())
    assert Entry.objects.get(pk=offered.pk).status == Entry.Status.OFFERED
    world.places |= {
        "waitlist/": {"pk": place.pk},
        "waitlist/join/": {"slug": full.slug},
        "waitlist/<uuid:pk>/pass": {"pk": offered.pk},
        "waitlist/offer/": {"token": offer_token(offered.pk)},
        "bookings/offer/": {"token": offer_token(offered.pk)},
        "bookings/accept/": {"entry": offered.pk},
        "organise/events/<slug:slug>/line": {"slug": full.slug, "pk": place.pk},
        "api/waitlist/": {"entry_id": place.pk},
        "api/waitlist/join/": {"event_id": full.pk},
        "api/waitlist/<uuid:entry_id>/accept": {"entry_id": offered.pk},
        "api/waitlist/<uuid:entry_id>/pass": {"entry_id": offered.pk},
    }
