"""What two people, or one with two windows, do to an account at the same moment."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.contrib.sessions.backends.db import SessionStore
from django.db import transaction
from django.utils import timezone

from accounts import operations, sign_ins
from accounts.errors import ChangeOver, LastOwner
from accounts.models import Membership, User
from accounts.operations.addresses import ask_to_change, confirm_change, stop_change
from outbox.models import Message
from tests.factories import make_event, make_team, make_user
from tests.racing import closing, race, wait_until_blocked

pytestmark = pytest.mark.django_db(transaction=True)
OLD, NEW = "ada@example.org", "lovelace@example.org"


@pytest.fixture
def ada() -> User:
    user = make_user("Ada", email=OLD)
    EmailAddress.objects.create(user=user, email=OLD, primary=True, verified=True)
    return user


def test_two_owners_who_close_their_accounts_at_once_leave_one_behind():
    """Five rounds: without the lock on the teams both are let go in most of them."""
    for _ in range(5):
        olga, ben = make_user("Olga"), make_user("Ben")
        team = make_team(olga)
        make_event(team)  # that somebody has to answer for
        Membership.objects.create(team=team, user=ben, role=Membership.Role.OWNER)
        closing_both = [
            lambda user=user: operations.close_account(user=user, now=timezone.now()) for user in (olga, ben)
        ]
        outcomes = race(closing_both, threads=2)
        assert sorted(type(one) for one in outcomes if one) == [LastOwner]
        assert team.memberships.filter(role=Membership.Role.OWNER).count() == 1


def test_of_two_wishes_for_another_address_one_stays_open(ada):
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            ask_to_change(user=ada, email=NEW, now=timezone.now())
            second = pool.submit(closing(ask_to_change), user=ada, email="countess@example.org", now=timezone.now())
            wait_until_blocked()
        assert second.result(30).new == "countess@example.org"
    assert [change.new for change in ada.address_changes.open()] == ["countess@example.org"]


def test_a_change_that_is_stopped_while_it_is_confirmed_is_stopped(ada):
    """The old address says no before the new one's yes is committed: it is as if it had come first, or undoes it."""
    change = ask_to_change(user=ada, email=NEW, now=timezone.now())
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            confirm_change(change=change, now=timezone.now())
            stopping = pool.submit(closing(stop_change), change=change, now=timezone.now())
            wait_until_blocked()
        assert stopping.result(30) is True
    ada.refresh_from_db()
    assert (ada.email, ada.has_usable_password()) == (OLD, False)


def test_a_change_that_is_confirmed_while_it_is_stopped_is_not_made(ada):
    change = ask_to_change(user=ada, email=NEW, now=timezone.now())
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            stop_change(change=change, now=timezone.now())
            confirming = pool.submit(closing(confirm_change), change=change, now=timezone.now())
            wait_until_blocked()
        assert isinstance(confirming.exception(30), ChangeOver)
    ada.refresh_from_db()
    assert ada.email == OLD


def test_a_sign_in_that_is_ended_from_two_places_at_once_is_ended_once(ada):
    session = SessionStore()
    session.create()
    note = UserSession.objects.create(
        user=ada,
        session_key=session.session_key,
        ip="192.0.2.1",
        last_seen_at=timezone.now(),
        created_at=timezone.now(),
    )
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            assert sign_ins.end(user=ada, sign_in_id=note.pk) is True
            again = pool.submit(closing(sign_ins.end), user=ada, sign_in_id=note.pk)
            wait_until_blocked()
        assert again.result(30) is False
    assert Message.objects.filter(fact="session_ended").count() == 1
