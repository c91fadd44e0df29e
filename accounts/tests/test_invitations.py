"""Invitations to a team: who may answer them, how often, and what everybody else learns."""

import re
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import operations
from accounts.errors import AlreadyMember, InvitationOver, NotInvited
from accounts.invitation_links import link
from accounts.models import Change, Invitation, Membership, Team, User
from accounts.models.invitation import GOOD_FOR
from accounts.operations import invitations
from core.errors import Invalid, NotAllowed
from core.limits import POLICIES
from outbox.models import Message
from tests.factories import PASSWORD, make_team, make_user, signed_in
from tests.racing import race

pytestmark = pytest.mark.django_db
Role = Membership.Role
ADDRESS = "ben@example.org"


@pytest.fixture
def olga() -> User:
    return make_user("Olga")


@pytest.fixture
def team(olga) -> Team:
    return make_team(olga)


def ben(*, confirmed: bool = True, email: str = ADDRESS) -> User:
    user = make_user("Ben", email=email)
    EmailAddress.objects.create(user=user, email=email, primary=True, verified=confirmed)
    return user


def invite(team: Team, email: str = ADDRESS, role: str = Role.DOOR) -> Invitation:
    by = team.members.get(memberships__role="owner", name="Olga")
    return operations.invite(team=team, email=email, role=role, by=by, now=timezone.now())


def roles(team: Team) -> dict[str, str]:
    return dict(team.memberships.values_list("user__name", "role"))


def path(invitation: Invitation) -> str:
    """The link in its newest mail, as a path."""
    invitation.refresh_from_db()
    return re.sub(r"^https?://[^/]+", "", link(invitation))


def mailed() -> list[dict]:
    """What was to be sent, the oldest first."""
    return [one.payload for one in Message.objects.filter(fact="mail_requested").order_by("id")]


# --- Inviting ---


def test_an_address_is_written_to_and_nobody_has_joined_yet(team, olga):
    answer = signed_in(olga).post(
        reverse("organise:team", args=[team.pk]), {"email": " Ben@Example.org ", "role": "manager"}
    )
    (invitation,) = team.invitations.open()
    assert (answer.status_code, roles(team)) == (302, {"Olga": "owner"})
    assert (invitation.email, invitation.role, invitation.expires_at - invitation.sent_at) == (
        ADDRESS, "manager", GOOD_FOR,
    )  # fmt: skip
    (mail,) = mailed()
    assert (mail["to"], mail["user_id"], mail["template"]) == (ADDRESS, None, "team_invitation")
    assert f"Join {team.name} on Evently" == mail["subject"]
    assert link(invitation) in mail["text"] and "Your role would be Manager." in mail["text"]


def test_an_address_with_an_account_and_one_without_are_answered_the_same(team, olga):
    ben()
    answers = [
        signed_in(olga).post(reverse("organise:team", args=[team.pk]), {"email": email, "role": "door"}, follow=True)
        for email in (ADDRESS, "nobody@example.org")
    ]
    said = [re.search(r"We are writing to [^<]*", answer.text) for answer in answers]
    assert [one and one[0].replace("nobody@example.org", ADDRESS) for one in said] == [
        f"We are writing to {ADDRESS}. They are in the team once they accept."
    ] * 2
    assert [(mail["user_id"], len(mail)) for mail in mailed()] == [(None, len(mailed()[0]))] * 2


@pytest.mark.parametrize(
    ("email", "role", "field"),
    [
        ("x", "door", "email"),
        ("", "door", "email"),
        ("a\x00@example.org", "door", "email"),
        ("a@example.org\nBcc: b@example.org", "door", "email"),
        ("x" * 10_000 + "@example.org", "door", "email"),
        ("nobody@example.org", "king", "role"),
        ("nobody@example.org", "", "role"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_sent(team, olga, email, role, field):
    answer = signed_in(olga).post(reverse("organise:team", args=[team.pk]), {"email": email, "role": role})
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field])
    assert (mailed(), team.invitations.count()) == ([], 0)


def test_members_are_not_invited(team, olga):
    with pytest.raises(Invalid) as refusal:
        invite(team, olga.email.upper())
    assert list(refusal.value.errors) == ["email"]


def test_inviting_again_sets_the_role_and_ends_the_link_before(team):
    first = invite(team, role=Role.DOOR)
    old = path(first)
    again = invite(team, ADDRESS.upper(), role=Role.MANAGER)
    assert (again.pk, again.role, team.invitations.count()) == (first.pk, "manager", 1)
    assert (Client().get(old).status_code, Client().get(path(again)).status_code) == (410, 200)
    assert list(Change.objects.order_by("at", "id").values_list("what", "old", "new")) == [
        ("member-invited", {}, {"Role": "Door staff"}),
        ("invitation-resent", {"Role": "Door staff"}, {"Role": "Manager"}),
    ]


def test_a_team_has_so_many_open_invitations_and_no_more(team, monkeypatch):
    monkeypatch.setattr(invitations, "MOST_OPEN", 2)
    invite(team, "a@example.org")
    invite(team, "b@example.org")
    with pytest.raises(Invalid):
        invite(team, "c@example.org")
    invite(team, "b@example.org")  # again is not one more


def test_inviting_is_limited(team, olga, settings, monkeypatch):
    settings.RATELIMIT_ENABLE = True
    cache.clear()
    monkeypatch.setitem(POLICIES, "invite", type(POLICIES["invite"])("2/d", "person"))
    page = signed_in(olga)
    url = reverse("organise:team", args=[team.pk])
    answers = [page.post(url, {"email": f"a{n}@example.org", "role": "door"}).status_code for n in range(3)]
    assert (answers, len(mailed())) == ([302, 302, 429], 2)
    cache.clear()


def test_an_invitation_is_sent_again_and_withdrawn(team, olga):
    invitation, page = invite(team), signed_in(olga)
    old = path(invitation)
    page.post(reverse("organise:resend_invitation", args=[team.pk, invitation.pk]))
    newest = path(invitation)
    assert (Client().get(old).status_code, Client().get(newest).status_code, len(mailed())) == (410, 200, 2)
    page.post(reverse("organise:withdraw_invitation", args=[team.pk, invitation.pk]))
    answer = Client().get(newest)
    assert (answer.status_code, "withdrawn by the team" in answer.text) == (410, True)
    assert page.post(reverse("organise:withdraw_invitation", args=[team.pk, invitation.pk])).status_code == 410


def test_only_owners_of_the_team_touch_its_invitations(team):
    invitation = invite(team)
    manager = make_user("Max")
    Membership.objects.create(team=team, user=manager, role=Role.MANAGER)
    stranger = make_team(make_user("Eve")).members.get()
    for name in ("resend_invitation", "withdraw_invitation"):
        url = reverse(f"organise:{name}", args=[team.pk, invitation.pk])
        assert [signed_in(user).post(url).status_code for user in (manager, stranger)] == [403, 404]
        assert signed_in(manager).get(url).status_code == 405
    with pytest.raises(NotAllowed):
        operations.invite(team=team, email="c@example.org", role="owner", by=manager, now=timezone.now())
    other = make_team()
    url = reverse("organise:withdraw_invitation", args=[other.pk, invitation.pk])
    assert signed_in(other.members.get()).post(url).status_code == 404
    assert invitation.status == "open"


# --- Answering ---


def test_somebody_without_an_account_makes_one_and_is_led_back(team, settings):
    invitation = invite(team, role=Role.MANAGER)
    page = Client()
    landing = page.get(path(invitation))
    assert (landing.status_code, ADDRESS in landing.text, "Manager" in landing.text) == (200, True, True)
    way = reverse("account_signup")
    assert f"{way}?next={invitation.get_absolute_url()}" in landing.text
    answer = page.post(
        way,
        {"name": "Ben", "email": ADDRESS, "password1": PASSWORD, "next": invitation.get_absolute_url()},
    )
    assert answer["Location"] == invitation.get_absolute_url()
    assert "Join the team" in page.get(answer["Location"]).text
    answer = page.post(answer["Location"], {"answer": "yes"})
    assert (answer["Location"], roles(team)) == (reverse("organise:home"), {"Olga": "owner", "Ben": "manager"})


def test_looking_at_the_link_answers_nothing(team):
    invitation = invite(team)
    page = signed_in(ben())
    page.head(path(invitation))
    assert page.get(path(invitation))["Location"] == invitation.get_absolute_url()
    page.get(invitation.get_absolute_url())
    invitation.refresh_from_db()
    assert (invitation.status, roles(team)) == ("open", {"Olga": "owner"})


def test_a_confirmed_address_needs_no_link_and_an_unconfirmed_one_does(team):
    invitation = invite(team)
    known = signed_in(ben())
    assert known.get(invitation.get_absolute_url()).status_code == 200
    EmailAddress.objects.update(verified=False)
    assert known.get(invitation.get_absolute_url()).status_code == 404
    assert known.post(invitation.get_absolute_url(), {"answer": "yes"}).status_code == 404
    known.get(path(invitation))
    known.post(invitation.get_absolute_url(), {"answer": "yes"})
    assert roles(team) == {"Olga": "owner", "Ben": "door"}


def test_who_is_signed_in_with_another_address_reads_which_one_it_was_sent_to(team):
    invitation = invite(team, role=Role.OWNER)
    eve = signed_in(ben(email="eve@example.org"))
    assert eve.get(invitation.get_absolute_url()).status_code == 404  # who only knows the page learns nothing
    answer = eve.get(path(invitation), follow=True)
    assert (answer.status_code, ADDRESS in answer.text) == (403, True)
    assert eve.post(invitation.get_absolute_url(), {"answer": "yes"}).status_code == 403
    with pytest.raises(NotInvited):
        operations.accept(invitation=invitation, by=make_user("Eve"), now=timezone.now())
    assert roles(team) == {"Olga": "owner"}


def test_an_answer_is_given_once(team):
    invitation, user = invite(team), ben()
    page = signed_in(user)
    page.post(invitation.get_absolute_url(), {"answer": "yes"})
    operations.remove_member(team=team, user=user, by=user)
    answer = page.post(invitation.get_absolute_url(), {"answer": "yes"})
    assert (answer.status_code, "accepted already" in answer.text) == (410, True)
    assert roles(team) == {"Olga": "owner"}


def test_no_is_an_answer(team):
    invitation = invite(team)
    page = signed_in(ben())
    answer = page.post(invitation.get_absolute_url(), {"answer": "no"}, follow=True)
    invitation.refresh_from_db()
    assert (invitation.status, f"You have said no to {team.name}." in answer.text) == ("declined", True)
    assert "declined" in page.get(invitation.get_absolute_url()).text
    assert invite(team).pk != invitation.pk  # one may be asked again


def test_after_seven_days_it_is_over(team):
    invitation, user = invite(team), ben()
    late = invitation.sent_at + GOOD_FOR
    with pytest.raises(InvitationOver):
        operations.accept(invitation=invitation, by=user, now=late)
    Invitation.objects.update(expires_at=timezone.now())
    assert Client().get(path(invitation)).status_code == 410
    assert signed_in(user).post(invitation.get_absolute_url(), {"answer": "yes"}).status_code == 410
    operations.resend(invitation=invitation, by=team.members.get(name="Olga"), now=timezone.now())
    operations.accept(invitation=invitation, by=user, now=timezone.now())
    assert roles(team)["Ben"] == "door"


def test_who_is_a_member_already_keeps_their_role(team):
    invitation, user = invite(team, role=Role.OWNER), ben()
    Membership.objects.create(team=team, user=user, role=Role.DOOR)
    answer = signed_in(user).post(invitation.get_absolute_url(), {"answer": "yes"})
    assert (answer.status_code, roles(team)["Ben"]) == (409, "door")


def test_a_team_that_is_gone_takes_its_invitations_along(team):
    invitation = invite(team)
    address = path(invitation)
    team.delete()
    assert Client().get(address).status_code == 410
    assert signed_in(ben()).get(invitation.get_absolute_url()).status_code == 404
    with pytest.raises(Team.DoesNotExist):
        operations.accept(invitation=invitation, by=User.objects.get(email=ADDRESS), now=timezone.now())


@pytest.mark.parametrize("token", ["x", "x:y", ":", "a" * 5000, "%00", "..%2f", "0.1:abc"])
def test_a_link_that_we_did_not_sign_says_so(token):
    assert Client().get(f"/organise/invitations/{token}").status_code in (400, 404, 410)


def test_a_closed_account_takes_its_address_out_of_invitations(team):
    user = ben()
    accepted = invite(team)
    operations.accept(invitation=accepted, by=user, now=timezone.now())
    invite(make_team(team.members.get(name="Olga")), ADDRESS)
    operations.close_account(user=user, now=timezone.now())
    assert Invitation.objects.count() == 0
    assert not Change.objects.filter(label__icontains="ben").exists()


# --- At the same moment ---


@pytest.mark.django_db(transaction=True)
def test_of_two_answers_at_the_same_moment_one_counts(olga):
    team = make_team(olga)
    invitation, user = invite(team), ben()
    accepting = [lambda: operations.accept(invitation=invitation, by=user, now=timezone.now())] * 2
    outcomes = race(accepting, threads=2)
    refused = [one for one in outcomes if isinstance(one, InvitationOver | AlreadyMember)]
    assert (len(refused), roles(team)) == (1, {"Olga": "owner", "Ben": "door"})


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("attempt", range(4))
def test_an_invitation_is_accepted_or_withdrawn_and_never_both(attempt):
    olga = make_user("Olga")
    team = make_team(olga)
    invitation, user = invite(team), ben()
    runners = [
        lambda: operations.accept(invitation=invitation, by=user, now=timezone.now()),
        lambda: operations.withdraw(invitation=invitation, by=olga, now=timezone.now()),
    ]
    outcomes = race(runners[:: 1 if attempt % 2 else -1], threads=2)
    invitation.refresh_from_db()
    assert sum(isinstance(one, InvitationOver) for one in outcomes) == 1
    assert ("Ben" in roles(team)) == (invitation.status == "accepted")


@pytest.mark.django_db(transaction=True)
def test_two_owners_who_invite_the_same_address_make_one_invitation(olga):
    team = make_team(olga)
    asking = [lambda: invite(team)] * 2
    race(asking, threads=2)
    assert (team.invitations.open().count(), len(mailed())) == (1, 2)


def test_a_refused_answer_leaves_no_trace(team):
    invitation = invite(team)
    before = Change.objects.count()
    with pytest.raises(InvitationOver), transaction.atomic():
        operations.accept(invitation=invitation, by=ben(), now=timezone.now() + timedelta(days=8))
    assert Change.objects.count() == before
