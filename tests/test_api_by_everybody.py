"""The OpenAPI document against what is answered: whatever anybody sends, right or wrong, is answered as it says."""

import os
import re
from collections import Counter

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from drf_spectacular.generators import SchemaGenerator
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import CHECKS as ALL_CHECKS
from schemathesis.checks import load_all_checks, not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.core.parameters import ParameterLocation
from schemathesis.core.result import Ok
from schemathesis.generation.meta import CoverageScenario
from schemathesis.specs.openapi import checks

from evently.wsgi import application
from tests.api import access_token
from tests.test_permissions import undone
from tests.world import PEOPLE, World, make_world

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

# Of each operation, for each of the people; the same ones every time. SCHEMA_EXAMPLES=100 takes an hour, and no two
# hours are alike.
EXAMPLES = int(os.environ.get("SCHEMA_EXAMPLES", "4"))
# Of all there are (tests below see to it) these are not among them:
NOT_CHECKED = {
    "positive_data_acceptance": "what fits the schema may be refused by name: sold out, too late, taken, not one's own",
    "use_after_free": "follows links between operations, of which the document has none; the apps' own tests try it",
    "ensure_resource_availability": "as before",
    "object_level_authorization": "tests/test_permissions.py asks it of every address, as seven people",
}
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


def test_no_check_is_forgotten():
    load_all_checks()
    assert {check.__name__ for check in CHECKS} | set(NOT_CHECKED) == {one.__name__ for one in ALL_CHECKS.get_all()}


@pytest.mark.parametrize("who", PEOPLE)
def test_at_the_edges_of_the_schema_everybody_gets_an_answer_that_is_documented(who):
    """Each value at, and one step over, what the schema allows; each part left out; methods there are none of."""
    world, failures, asked = make_world(), [], Counter()
    headers = _signed_in(world, who)
    schema.coverage_unexpected_methods_seen.clear()
    for found in schema.get_all_operations():
        operation = found.ok()
        config = schema.config.generation_for(operation=operation, phase="coverage")
        for case in schema.iter_coverage_cases(
            operation, generation_modes=list(GenerationMode), generation_config=config
        ):
            asked[case.meta.phase.data.scenario] += 1
            if case.meta.phase.data.parameter_location is not ParameterLocation.PATH:
                _about_what_there_is(case, operation, world)
            try:
                with undone():
                    case.call_and_validate(checks=CHECKS, headers=headers)
            except (FailureGroup, AssertionError) as failure:
                failures.append(f"{operation.label}: {failure}")
    if failures:
        pytest.fail("\n\n".join(failures))
    assert asked[CoverageScenario.UNSPECIFIED_HTTP_METHOD] > 100
    assert asked[CoverageScenario.MISSING_PARAMETER] > 10


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
    headers = _signed_in(world, who)

    @settings(
        max_examples=EXAMPLES,
        derandomize="SCHEMA_EXAMPLES" not in os.environ,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def ask(case):
        _about_what_there_is(case, operation, world)
        with undone():
            case.call_and_validate(checks=CHECKS, headers=headers)

    ask()


def _signed_in(world: World, who: str) -> dict[str, str]:
    person = world.people[who]
    return {"Authorization": f"Bearer {access_token(person)}"} if person else {}


def _about_what_there_is(case, operation, world: World) -> None:
    route = re.sub(r"\{(\w+)\}", r"<uuid:\1>", operation.path)[1:]
    case.path_parameters = {name: str(world.value(route, name)) for name in case.path_parameters or {}}
