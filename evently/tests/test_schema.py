"""The OpenAPI document: complete and valid. tests/test_api_by_everybody.py shows that it is true."""

import pytest
from django.core.management import call_command
from drf_spectacular.generators import SchemaGenerator

from tests.api import Api

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
