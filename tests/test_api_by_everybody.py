"""The OpenAPI document against what is answered: whatever anybody sends, right or wrong, is answered as it says."""

import os
import re

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from drf_spectacular.generators import SchemaGenerator
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.core.result import Ok
from schemathesis.specs.openapi import checks

from evently.wsgi import application
from tests.api import access_token
from tests.test_permissions import undone
from tests.world import PEOPLE, World, make_world

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

# Of each operation, for each of the people; the same ones every time. SCHEMA_EXAMPLES=100 takes an hour, and no two
# hours are alike.
EXAMPLES = int(os.environ.get("SCHEMA_EXAMPLES", "4"))
CHECKS = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
    checks.response_headers_conformance,
    checks.missing_required_header,
    checks.unsupported_method,
    checks.allow_header_conformance,
    checks.ignored_auth,
    checks.negative_data_rejection,
]
schema = schemathesis.openapi.from_dict(SchemaGenerator().get_schema(request=None, public=True))
schema.app = application


@pytest.fixture(autouse=True)
def one_connection():
    """Requests end in the test's own transaction: they must not close its connection (as in Django's client)."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.mark.parametrize("who", PEOPLE)
def test_whatever_anybody_sends_gets_an_answer_that_is_documented(who):
    world, failures = make_world(), []
    for found in schema.get_all_operations():
        assert isinstance(found, Ok)
        operation = found.ok()
        for mode in GenerationMode:
            try:
                _ask(operation, mode, world, who)
            except (FailureGroup, AssertionError) as failure:
                failures.append(f"{operation.label}, {mode.value}: {failure}")
    if failures:
        pytest.fail("\n\n".join(failures))


def _ask(operation, mode: GenerationMode, world: World, who: str) -> None:
    """Send some right or wrong cases to one operation, about what there is: each finds the world as it was."""
    person = world.people[who]
    headers = {"Authorization": f"Bearer {access_token(person)}"} if person else {}
    route = re.sub(r"\{(\w+)\}", r"<uuid:\1>", operation.path)[1:]

    @settings(
        max_examples=EXAMPLES,
        derandomize="SCHEMA_EXAMPLES" not in os.environ,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def ask(case):
        case.path_parameters = {name: str(world.value(route, name)) for name in case.path_parameters or {}}
        with undone():
            case.call_and_validate(checks=CHECKS, headers=headers)

    ask()
