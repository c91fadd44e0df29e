"""A team, and the browser of the person who runs it."""

import pytest
from django.test import Client

from accounts.models import Team
from tests.factories import make_team, make_user, owner_of, signed_in


@pytest.fixture
def team() -> Team:
    return make_team(make_user("Olga"))


@pytest.fixture
def page(team) -> Client:
    return signed_in(owner_of(team))
