import time
from uuid import uuid4

import jwt
import pytest
from allauth.headless.tokens.strategies.jwt import internal
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from accounts.tokens import bearer
from tests.api import access_token


class Person:
    pk = uuid4()


def test_a_valid_access_token_says_whose_it_is():
    assert bearer(f"Bearer {access_token(Person)}") == Person.pk
    assert bearer(f"bearer  {access_token(Person)} ") == Person.pk


@pytest.mark.parametrize(
    "claims",
    [{"use": "refresh"}, {"expires_in": 0}, {"expires_in": -1}],
    ids=["refresh", "expired", "long ago"],
)
def test_a_genuine_token_that_is_good_for_nothing_here_says_nothing(claims):
    assert bearer(f"Bearer {access_token(Person, **claims)}") is None


def test_tokens_that_we_have_not_signed_say_nothing():
    claims = {"token_use": "access", "sub": str(Person.pk), "sid": "x", "jti": "x", "exp": time.time() + 60}
    assert bearer("Bearer " + jwt.encode(claims, settings.SECRET_KEY, "HS256")) == Person.pk
    assert bearer("Bearer " + jwt.encode(claims, "another-key" * 5, "HS256")) is None
    assert bearer("Bearer " + jwt.encode(claims, settings.SECRET_KEY * 2, "HS512")) is None
    assert bearer("Bearer " + jwt.encode(claims, None, "none")) is None


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer ", "Bearer .", "Bearer a.b", "Bearer a.b.c", "Bearer é.é.é"])
def test_headers_that_bear_no_token_say_nothing(header):
    assert bearer(header) is None
    assert bearer(f"Basic {access_token(Person)}") is None


@given(place=st.integers(0, 400), character=st.characters(max_codepoint=300), cut=st.booleans())
def test_whatever_is_changed_in_a_token_the_library_accepts_at_least_as_much(place, character, cut):
    token = access_token(Person)
    place %= len(token)
    changed = token[:place] + (character if not cut else "") + token[place + 1 :]
    if bearer(f"Bearer {changed}") is not None:
        assert internal.decode_token(changed.strip(), "access") is not None
