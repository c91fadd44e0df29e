"""Who buys what: events made by the operations that organisers use, and buyers, tokens and sessions in bulk."""

from dataclasses import dataclass
from datetime import timedelta
from importlib import import_module
from itertools import count
from uuid import UUID

from allauth.headless.tokens.strategies.jwt import internal
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.base import VALID_KEY_CHARS
from django.contrib.sessions.models import Session
from django.db import connection
from django.utils import timezone
from django.utils.crypto import get_random_string

from accounts.models import Membership, Team, User
from events import operations
from events.models import Category, Event
from events.operations import EventInput, TicketTypeInput, VenueInput

HOURS = 6  # that tokens and sessions are good for
LINES = "An evening of music, talk and good company in the old gas works by the river.\n\n"
CITIES = [("Lisbon", "PT"), ("Nairobi", "KE"), ("Osaka", "JP"), ("Bergen", "NO"), ("Valparaíso", "CL")]
_numbers = count(1)


@dataclass(frozen=True)
class Buyer:
    """Somebody with an access token and, where one was made, the cookie of a session."""

    id: UUID
    token: str
    session: str = ""


@dataclass(frozen=True)
class Organiser:
    team: Team
    owner: User


def make_organiser() -> Organiser:
    owner = User.objects.create_user("organiser@bench.invalid", name="Olga")
    team = Team.objects.create(name="The Gas Works")
    Membership.objects.create(team=team, user=owner, role=Membership.Role.OWNER)
    return Organiser(team, owner)


def make_event(organiser: Organiser, *, capacity: int) -> Event:
    """A published event with one free ticket type, as its organiser would make it."""
    number, now = next(_numbers), timezone.now()
    city, country = CITIES[number % len(CITIES)]
    start = now.replace(microsecond=0) + timedelta(days=7, hours=number)
    data = EventInput(
        title=f"Evening {number} at the gas works",
        summary="Music, talk and good company by the river.",
        description=LINES * 4,
        category=Category.values[number % len(Category.values)],
        tags=["evening", "music"],
        starts_at=start,
        ends_at=start + timedelta(hours=3),
        venue=VenueInput("The Gas Works", city, country),
        capacity=capacity,
        ticket_types=[TicketTypeInput(name="Admission")],
    )
    draft = operations.create_event(team=organiser.team, data=data, by=organiser.owner, now=now)
    return operations.publish_event(event=draft, version=draft.version, by=organiser.owner, now=now)


def make_buyers(number: int, *, with_session: int) -> list[Buyer]:
    """So many buyers, the first ones with a session too."""
    ids = _insert_buyers(number)
    keys = sessions_of(ids[:with_session])
    return [Buyer(pk, access_token(pk), keys.get(pk, "")) for pk in ids]


def access_token(pk: UUID) -> str:
    """A genuine access token, without a session behind it: the API looks at the signature alone."""
    token: str = internal.create_token("access", sub=str(pk), sid="none", expires_in=HOURS * 3600)[0]
    return token


def _insert_buyers(number: int) -> list[UUID]:
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO accounts_user (id, email, name, password, is_active, is_staff, is_superuser, joined_at)
            SELECT gen_random_uuid(), 'buyer' || n || '@bench.invalid', 'Buyer ' || n, '!', true, false, false, now()
            FROM generate_series(1, %s) n RETURNING id""",
            [number],
        )
        return [pk for (pk,) in cursor.fetchall()]


def sessions_of(ids: list[UUID]) -> dict[UUID, str]:
    """Sessions as signing in leaves them, of people without a password: their keys."""
    return dict(zip(ids, _insert_sessions(ids), strict=True))


def _insert_sessions(ids: list[UUID]) -> list[str]:
    store = import_module(settings.SESSION_ENGINE).SessionStore()
    until = timezone.now() + timedelta(hours=HOURS)
    proof = User(password="!").get_session_auth_hash()  # noqa: S106  as all buyers have it: no password at all
    sessions = []
    for pk in ids:
        data = {SESSION_KEY: str(pk), BACKEND_SESSION_KEY: settings.AUTHENTICATION_BACKENDS[0], HASH_SESSION_KEY: proof}
        sessions.append(Session(get_random_string(32, VALID_KEY_CHARS), store.encode(data), until))
    Session.objects.bulk_create(sessions, batch_size=1000)
    return [session.pk for session in sessions]
