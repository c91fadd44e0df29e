"""The OpenAPI document: complete, valid, and true."""

import pytest
import schemathesis
from django.core.management import call_command
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from drf_spectacular.generators import SchemaGenerator
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from evently.wsgi import application
from notifications.models import Device
from notifications.tests.notices import make_notice
from tests.api import Api, access_token
from tests.factories import make_booking, make_code, make_event, make_place, make_team, make_user

pytestmark = pytest.mark.django_db

DOCUMENT = SchemaGenerator().get_schema(request=None, public=True)
PATHS = {
    "/api/auth/register": {"post"},
    "/api/auth/login": {"post"},
    "/api/auth/second-factor": {"post"},
    "/api/auth/refresh": {"post"},
    "/api/auth/logout": {"post"},
    "/api/auth/me": {"get", "patch"},
    "/api/events": {"get", "post"},
    "/api/events/{event_id}": {"get", "patch", "delete"},
    "/api/events/{event_id}/availability": {"get"},
    "/api/events/{event_id}/door": {"get"},
    "/api/events/{event_id}/codes": {"get", "post"},
    "/api/events/{event_id}/codes/{code_id}": {"get", "patch"},
    "/api/bookings": {"post"},
    "/api/bookings/my": {"get"},
    "/api/bookings/{booking_id}": {"get", "delete"},
    "/api/bookings/{booking_id}/extend": {"post"},
    "/api/bookings/{booking_id}/cancel-tickets": {"post"},
    "/api/bookings/{booking_id}/pay": {"post"},
    "/api/bookings/{booking_id}/payments": {"get"},
    "/api/bookings/{booking_id}/late": {"post"},
    "/api/bookings/{booking_id}/receipt": {"get"},
    "/api/waitlist/join/{event_id}": {"post"},
    "/api/waitlist/user/{user_id}": {"get"},
    "/api/waitlist/{entry_id}": {"get", "delete"},
    "/api/waitlist/{entry_id}/accept": {"post"},
    "/api/waitlist/{entry_id}/pass": {"post"},
    "/api/tickets/{booking_id}/download": {"get"},
    "/api/tickets/verify": {"post"},
    "/api/tickets/check-in": {"post"},
    "/api/notifications": {"get"},
    "/api/notifications/unread": {"get"},
    "/api/notifications/read": {"post"},
    "/api/notifications/{notice_id}/read": {"post"},
    "/api/notifications/preferences": {"get", "patch"},
    "/api/notifications/push-key": {"get"},
    "/api/notifications/devices": {"get", "post"},
    "/api/notifications/devices/{device_id}": {"delete"},
    "/api/analytics/events/{event_id}": {"get"},
    "/api/analytics/teams/{team_id}": {"get"},
    "/api/analytics/platform": {"get"},
}


def test_the_schema_is_valid_and_nothing_is_left_to_guess(tmp_path):
    call_command("spectacular", validate=True, fail_on_warn=True, file=str(tmp_path / "schema.yml"))


def test_the_schema_names_every_address_and_method():
    assert DOCUMENT["openapi"] == "3.1.0"
    assert {path: set(operations) for path, operations in DOCUMENT["paths"].items()} == PATHS


def test_every_operation_has_an_id_words_and_its_refusals():
    for path, operations in DOCUMENT["paths"].items():
        for method, operation in operations.items():
            name = f"{method} {path}"
            assert operation["summary"], name
            assert operation["operationId"].startswith(path.split("/")[2]), name
            assert operation["responses"]["400"]["content"]["application/problem+json"], name


def test_the_schema_is_served():
    response = Api().send("GET", "/api/schema", Accept="application/vnd.oai.openapi+json")
    assert response.status_code == 200
    assert response.json()["info"]["title"] == "Evently API"
    assert set(response.json()["paths"]) == set(PATHS)


# --- What it says is what happens ----------------------------------------------------------------------

schema = schemathesis.openapi.from_dict(DOCUMENT)
schema.app = application
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
few_and_the_same = settings(
    max_examples=8,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(autouse=True)
def one_connection():
    """Requests end in the test's own transaction: they must not close its connection (as in Django's client)."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def organiser():
    """Somebody with a team and an event, who booked a seat there, and waits for one elsewhere."""
    user = make_user()
    event = make_event(make_team(owner=user))
    user.ids = {
        "event_id": str(event.pk),
        "team_id": str(event.organizer_id),
        "code_id": str(make_code(event).pk),
        "booking_id": str(make_booking(event, user).pk),
        "user_id": str(user.pk),
        "entry_id": str(make_place(customer=user).pk),
        "notice_id": str(make_notice(user).pk),
        "device_id": str(Device.objects.create(user=user, endpoint="https://push.example.org/x").pk),
    }
    return user


@pytest.mark.slow
@schema.parametrize()
@few_and_the_same
def test_whatever_a_stranger_sends_gets_an_answer_that_is_documented(case):
    case.call_and_validate(checks=CHECKS)


@pytest.mark.slow
@schema.parametrize()
@few_and_the_same
def test_whatever_an_organiser_sends_gets_an_answer_that_is_documented(case, organiser):
    case.path_parameters = {name: organiser.ids[name] for name in case.path_parameters}
    case.call_and_validate(checks=CHECKS, headers={"Authorization": f"Bearer {access_token(organiser)}"})
