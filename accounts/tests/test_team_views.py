from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Membership, Team
from tests.factories import make_team, make_user

pytestmark = pytest.mark.django_db


def page_of(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def olga():
    return make_user("Olga")


@pytest.fixture
def team(olga):
    return make_team(olga)


@pytest.fixture
def ben(team):
    user = make_user("Ben")
    Membership.objects.create(team=team, user=user, role="door")
    return user


def url(team: Team, name: str = "team", *args: object) -> str:
    return reverse(f"organise:{name}", args=[team.pk, *args])


def roles(team: Team) -> dict[str, str]:
    return dict(team.memberships.values_list("user__name", "role"))


def test_roles_change(team, olga, ben):
    page_of(olga).post(url(team, "change_role", ben.pk), {"role": "owner"})
    assert roles(team) == {"Olga": "owner", "Ben": "owner"}


def test_the_last_owner_stays_and_reads_why(team, olga, ben):
    for name, data in [("change_role", {"role": "door"}), ("remove_member", {"confirmed": 1})]:
        answer = page_of(olga).post(url(team, name, olga.pk), data)
        assert answer.status_code == 409 and b"A team always has an owner." in answer.content
    assert roles(team) == {"Olga": "owner", "Ben": "door"}


@pytest.mark.parametrize("role", ["", "king", "a\x00"])
def test_a_role_that_is_none_is_refused(team, olga, ben, role):
    assert page_of(olga).post(url(team, "change_role", ben.pk), {"role": role}).status_code == 400
    assert roles(team)["Ben"] == "door"


def test_removing_asks_first(team, olga, ben):
    page = page_of(olga)
    assert b"Remove Ben?" in page.post(url(team, "remove_member", ben.pk)).content
    assert len(roles(team)) == 2
    page.post(url(team, "remove_member", ben.pk), {"confirmed": 1})
    assert roles(team) == {"Olga": "owner"}


def test_a_member_leaves_by_themselves(team, ben):
    answer = page_of(ben).post(url(team, "remove_member", ben.pk), {"confirmed": 1})
    assert (answer["Location"], roles(team)) == (reverse("organise:home"), {"Olga": "owner"})


def test_door_staff_see_the_team_and_change_nothing(team, olga, ben):
    page, ada = page_of(ben), make_user("Ada")
    answer = page.get(url(team))
    assert b"Olga" in answer.content and b"Invite somebody" not in answer.content
    for answer in (
        page.post(url(team), {"email": ada.email, "role": "door"}),
        page.post(url(team, "change_role", ben.pk), {"role": "owner"}),
        page.post(url(team, "remove_member", olga.pk), {"confirmed": 1}),
    ):
        assert answer.status_code in (403,)
    assert roles(team) == {"Olga": "owner", "Ben": "door"}


def test_other_teams_are_not_there(team, ben):
    page = page_of(make_user("Eve"))
    for answer in (
        page.get(url(team)),
        page.post(url(team), {"email": "eve@example.org", "role": "owner"}),
        page.post(url(team, "change_role", ben.pk), {"role": "owner"}),
        page.post(url(team, "remove_member", ben.pk), {"confirmed": 1}),
    ):
        assert answer.status_code == 404
    assert roles(team) == {"Olga": "owner", "Ben": "door"}


def test_people_who_are_not_in_the_team_are_not_there(team, olga):
    for member in (make_user("Eve").pk, uuid4()):
        assert page_of(olga).post(url(team, "change_role", member), {"role": "owner"}).status_code == 404


@pytest.mark.parametrize("members", [1, 3])
def test_the_team_page_takes_seven_statements_however_many_members(team, olga, members, django_assert_num_queries):
    for _ in range(members):
        Membership.objects.create(team=team, user=make_user(), role="door")
    page = page_of(olga)
    with django_assert_num_queries(7):
        page.get(url(team))
