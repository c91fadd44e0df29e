from uuid import uuid4

import pytest
from django.conf import settings

from notifications import unsubscribing


def test_a_token_says_whose_mail_of_which_kind():
    ada = uuid4()
    text = unsubscribing.token(ada, "reminder_day")
    assert unsubscribing.read(text) == (ada, "reminder_day")
    assert unsubscribing.url(ada, "reminder_day") == f"{settings.BASE_URL}/notifications/unsubscribe/{text}"


@pytest.mark.parametrize("text", ["", ":", "a:b", "é", "a.b.c:d", "x" * 5000, "bnVsbA:x"])
def test_what_is_no_token_says_nothing(text):
    assert unsubscribing.read(text) is None


def test_nobody_can_make_a_token_for_another_person_or_kind():
    text = unsubscribing.token(uuid4(), "reminder_day")
    value, signature = text.rsplit(":", 1)
    other = unsubscribing.token(uuid4(), "reminder_day").rsplit(":", 1)[0]
    assert unsubscribing.read(f"{other}:{signature}") is None
    assert unsubscribing.read(f"{value}:{signature[:-1]}") is None


def test_a_kind_that_is_no_more_says_nothing():
    assert unsubscribing.read(unsubscribing.token(uuid4(), "gone")) is None
