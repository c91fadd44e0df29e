from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from allauth.account.models import EmailAddress
from django.db import connection
from django.utils import timezone

from accounts import operations
from accounts.errors import LastOwner, NotAMember
from accounts.models import Membership, Team
from core.errors import Invalid, NotAllowed
from events import operations as event_operations
from outbox.models import Message
from tests.factories import make_draft, make_event, make_team, make_user

pytestmark = pytest.mark.django_db

Role = Membership.Role


def roles(team: Team) -> dict[str, str]:
    return dict(team.memberships.values_list("user__name", "role"))


def test_who_founds_a_team_owns_it():
    ada = make_user("Ada")
    team = operations.create_team(name="  Jazz Club ", by=ada)
    assert (team.name, roles(team)) == ("Jazz Club", {"Ada": Role.OWNER})


@pytest.mark.parametrize("name", ["", "   ", "x" * 121, "a\x00b"])
def test_a_name_that_is_none_is_refused(name):
    ada = make_user("Ada")
    with pytest.raises(Invalid) as refusal:
        operations.create_team(name=name, by=ada)
    assert list(refusal.value.errors) == ["name"]
    with pytest.raises(Invalid):
        operations.update_profile(user=ada, name=name)
    ada.refresh_from_db()
    assert (ada.name, Team.objects.count()) == ("Ada", 0)


@pytest.mark.parametrize("role", [Role.MANAGER, Role.DOOR])
def test_only_owners_manage_the_team(role):
    team = make_team(make_user("Olga"))
    ben = make_user("Ben")
    Membership.objects.create(team=team, user=ben, role=role)
    with pytest.raises(NotAllowed):
        operations.invite(team=team, email="cy@example.org", role=Role.DOOR, by=ben, now=timezone.now())
    with pytest.raises(NotAllowed):
        operations.change_role(team=team, user=ben, role=Role.OWNER, by=ben)
    with pytest.raises(NotAllowed):
        operations.remove_member(team=team, user=team.members.get(name="Olga"), by=ben)
    assert roles(team) == {"Olga": Role.OWNER, "Ben": role}


def test_anyone_may_leave_by_themselves():
    team = make_team(make_user("Olga"))
    ben = make_user("Ben")
    Membership.objects.create(team=team, user=ben, role=Role.DOOR)
    operations.remove_member(team=team, user=ben, by=ben)
    assert roles(team) == {"Olga": Role.OWNER}


def test_the_last_owner_stays_one():
    olga = make_user("Olga")
    team = make_team(olga)
    with pytest.raises(LastOwner):
        operations.remove_member(team=team, user=olga, by=olga)
    with pytest.raises(LastOwner):
        operations.change_role(team=team, user=olga, role=Role.MANAGER, by=olga)
    with pytest.raises(NotAMember):
        operations.remove_member(team=team, user=make_user("Cy"), by=olga)
    assert roles(team) == {"Olga": Role.OWNER}


@pytest.mark.django_db(transaction=True)
def test_two_owners_who_step_down_at_once_leave_one_behind():
    """Five rounds: without the lock on the team both are let go in most of them."""
    for _ in range(5):
        team, ready = make_team(make_user("Olga")), Barrier(2)
        Membership.objects.create(team=team, user=make_user("Ada"), role=Role.OWNER)

        def step_down(user, team=team, ready=ready):
            ready.wait(timeout=10)
            try:
                operations.remove_member(team=team, user=user, by=user)
                return "left"
            except LastOwner:
                return "stayed"
            finally:
                connection.close()

        with ThreadPoolExecutor(2) as pool:
            answers = list(pool.map(step_down, team.members.all(), timeout=30))
        assert sorted(answers) == ["left", "stayed"]
        assert team.memberships.filter(role=Role.OWNER).count() == 1


def test_closing_an_account_forgets_the_person():
    ada, now = make_user("Ada", email="ada@example.org", is_staff=True), timezone.now()
    EmailAddress.objects.create(user=ada, email=ada.email, primary=True, verified=True)
    operations.close_account(user=ada, now=now)
    ada.refresh_from_db()
    assert (ada.name, ada.is_active, ada.is_staff, ada.closed_at) == ("", False, False, now)
    assert ada.email.startswith("closed-") and ada.email.endswith("@invalid")
    assert not ada.has_usable_password()
    assert not EmailAddress.objects.filter(user=ada).exists()
    assert Message.objects.get(fact="account_closed").payload == {
        "user_id": str(ada.pk),
        "email": "ada@example.org",
        "name": "Ada",
    }


def test_the_only_owner_of_a_coming_event_cannot_just_go():
    olga = make_user("Olga")
    event = make_event(make_team(olga))
    with pytest.raises(LastOwner):
        operations.close_account(user=olga, now=timezone.now())
    olga.refresh_from_db()
    assert (olga.name, olga.is_active, olga.memberships.count()) == ("Olga", True, 1)
    assert not Message.objects.filter(fact="account_closed").exists()
    operations.close_account(user=olga, now=event.ends_at + timedelta(seconds=1))
    assert olga.memberships.count() == 0


def test_drafts_and_cancelled_events_hold_nobody_back():
    olga = make_user("Olga")
    team = make_team(olga)
    make_draft(team)
    event = make_event(team)
    event_operations.cancel_event(event=event, version=event.version, by=olga, now=timezone.now())
    operations.close_account(user=olga, now=timezone.now())
    assert team.memberships.count() == 0


def test_another_owner_carries_on():
    olga, ada = make_user("Olga"), make_user("Ada")
    team = make_team(olga)
    make_event(team)
    Membership.objects.create(team=team, user=ada, role=Role.OWNER)
    operations.close_account(user=olga, now=timezone.now())
    assert roles(team) == {"Ada": Role.OWNER}


def test_members_are_not_left_without_an_owner():
    olga = make_user("Olga")
    team = make_team(olga)
    Membership.objects.create(team=team, user=make_user("Ben"), role=Role.DOOR)
    with pytest.raises(LastOwner):
        operations.close_account(user=olga, now=timezone.now())
