"""Nobody chooses what is not theirs to choose by sending it along: a role, an owner, a state, a price, a moment.

Each address that changes something is sent what it takes, and then the same with a value for every column of every
table beside it. Both must leave the same rows.
"""

from typing import Any
from uuid import UUID

import pytest
from django.apps import apps
from django.db import models

from accounts.models import Membership, Team, User
from bookings.models import Booking
from events.models import Event, Inventory
from payments.models import Payment, Refund
from tests import permissions
from tests.test_permissions import TABLE, path_of, undone
from tests.world import PEOPLE, World, make_world
from tickets.models import Ticket
from waitlist.models import Entry

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

# What nobody's form or JSON may move but by what it is for.
GUARDED: dict[type[models.Model], list[str]] = {
    User: ["email", "is_staff", "is_superuser", "is_active", "closed_at"],
    Team: ["tax_rate", "tax_name", "tax_included"],
    Membership: ["team_id", "user_id", "role"],
    Event: ["organizer_id", "status", "rehearsal"],
    Inventory: ["capacity", "claimed", "held", "offered", "waiting"],
    Booking: ["customer_id", "event_id", "status", "total", "paid_by", "adjustment", "booked_by_id"],
    Ticket: ["booking_id", "checked_in_by_id", "gate"],
    Payment: ["booking_id", "amount", "received", "status"],
    Refund: ["payment_id", "amount", "status", "kind"],
    Entry: ["customer_id", "event_id", "quantity", "status", "number"],
}
# What else is taken there, and rightly moves something.
TAKEN: dict[str, set[str]] = {
    "POST /api/events": {"capacity"},
    "PATCH /api/events/<uuid:event_id>": {"capacity"},
    "POST /api/bookings": {"code"},
    "POST /organise/events/<slug:slug>/door/guests/<uuid:pk>/in": {"gate"},
}
OURS = ("accounts", "events", "bookings", "payments", "tickets", "waitlist", "guests", "notifications")


def everything(world: World) -> dict[str, Any]:
    """A value for each column there is, by its name, that would be worth choosing."""
    other = world.people["other"]
    assert other
    values: dict[str, Any] = {}
    for label in OURS:
        for model in apps.get_app_config(label).get_models():
            for field in model._meta.concrete_fields:
                values[field.name] = values[field.attname] = _worth(field, str(other.pk))
    return values | {"role": "owner", "status": "confirmed", "paid_by": "money", "is_staff": True, "is_superuser": True}


def _worth(field: Any, other: str) -> Any:
    if isinstance(field, models.BooleanField):
        return True
    if isinstance(field, models.DateTimeField):
        return "2020-01-01T00:00:00Z"
    if isinstance(field, models.IntegerField | models.DecimalField):
        return 1
    return other if isinstance(field, models.ForeignKey | models.UUIDField) else "injected"


def rows(known: frozenset[Any]) -> list[tuple[Any, ...]]:
    """All that is guarded; ids that are not `known` are those of new rows, and differ from one time to the next."""
    kept = [
        (model.__name__, *(_id(value, known) for value in row))
        for model, names in GUARDED.items()
        for row in model._default_manager.values_list(*names)
    ]
    return sorted(kept, key=repr)


def _id(value: Any, known: frozenset[Any]) -> Any:
    return "new" if isinstance(value, UUID) and value not in known else value


def after(
    world: World, method: str, route: str, who: str, sent: dict[str, Any]
) -> tuple[int, set[str], list[tuple[Any, ...]]]:
    """The status, the fields that were found wrong, and the rows it leaves."""
    known = frozenset(pk for model in GUARDED for pk in model._default_manager.values_list("pk", flat=True))
    with undone():
        if route.startswith("/api/"):
            answer = world.program(who).send(method, path_of(world, route), sent)
            wrong = answer.json().get("errors", {}) if answer.status_code == 400 else {}
            return answer.status_code, {name.split(".")[0] for name in wrong}, rows(known)
        answer = world.browser(who).post(path_of(world, route), sent)
        form = answer.context.get("form") if answer.status_code == 422 and answer.context else None
        return answer.status_code, set(form.errors) if form else set(), rows(known)


def laden(world: World, method: str, route: str, who: str, more: dict[str, Any]) -> tuple[int, list[tuple[Any, ...]]]:
    """What comes of it with all of `more` that is not taken there, and so found wrong."""
    while True:
        status, wrong, left = after(world, method, route, who, more)
        if not wrong & more.keys():
            return status, left
        more = {name: value for name, value in more.items() if name not in wrong}


def test_what_is_sent_along_is_not_looked_at():
    world = make_world()
    sent, extra = permissions.sent(world), everything(world)
    asked, chosen = [], []
    for (method, route), words in TABLE.items():
        if method not in ("POST", "PATCH") or "yes" not in words:
            continue
        who, own = PEOPLE[words.index("yes")], sent.get(f"{method} {route}", {})
        taken = own.keys() | TAKEN.get(f"{method} {route}", set())
        status, _, plain = after(world, method, route, who, own)
        more = {name: value for name, value in extra.items() if name not in taken} | own
        with_more, left = laden(world, method, route, who, more)
        asked.append((method, route, status, with_more))
        if left != plain:
            chosen.append((method, route, sorted(set(left) ^ set(plain), key=repr)[:4]))
    assert "\n".join(map(str, chosen)) == ""
    refused = [one for one in asked if one[3] >= 400 > one[2]]
    assert "\n".join(map(str, refused)) == ""  # all were taken as what they are without the rest
