"""Who changed what of a team: written with the change, or not at all."""

import pytest
from django.db import transaction
from django.utils import timezone

from accounts import operations
from accounts.errors import LastOwner
from accounts.models import Change, Membership, What
from accounts.operations import trail
from tests.factories import make_team, make_user

pytestmark = pytest.mark.django_db
Role = Membership.Role


def told() -> list[tuple[str, str, dict, dict]]:
    """What, whom, before and after, the oldest first."""
    return list(Change.objects.order_by("at", "id").values_list("what", "label", "old", "new"))


def test_every_change_of_a_team_names_who_did_it_and_what_was_before():
    olga, ada = make_user("Olga"), make_user("Ada")
    team = operations.create_team(name="Jazz Club", by=olga)
    invitation = operations.invite(team=team, email=ada.email, role=Role.DOOR, by=olga, now=timezone.now())
    operations.accept(invitation=invitation, by=ada, now=timezone.now())
    operations.change_role(team=team, user=ada, role=Role.MANAGER, by=olga)
    operations.remove_member(team=team, user=ada, by=olga)
    assert told() == [
        ("team-created", "Jazz Club", {}, {}),
        ("member-invited", ada.email, {}, {"Role": "Door staff"}),
        ("member-joined", "Ada", {}, {"Role": "Door staff"}),
        ("role-changed", "Ada", {"Role": "Door staff"}, {"Role": "Manager"}),
        ("member-removed", "Ada", {"Role": "Manager"}, {}),
    ]
    assert list(Change.objects.exclude(by=olga).values_list("what", "by")) == [("member-joined", ada.pk)]


def test_who_leaves_by_themselves_is_not_told_as_removed():
    team, ada = make_team(), make_user("Ada")
    Membership.objects.create(team=team, user=ada, role=Role.DOOR)
    operations.remove_member(team=team, user=ada, by=ada)
    assert told() == [("member-left", "Ada", {"Role": "Door staff"}, {})]


def test_the_same_role_again_is_no_change():
    olga = make_user("Olga")
    operations.change_role(team=make_team(olga), user=olga, role=Role.OWNER, by=olga)
    assert told() == []


def test_what_is_refused_leaves_no_trail():
    olga = make_user("Olga")
    with pytest.raises(LastOwner):
        operations.change_role(team=make_team(olga), user=olga, role=Role.DOOR, by=olga)
    assert told() == []


def test_a_trail_goes_with_a_change_that_is_rolled_back():
    olga, team = make_user("Olga"), make_team()
    with transaction.atomic():
        trail.record(team_id=team.pk, by=olga, what=What.EVENT_EDITED)
        transaction.set_rollback(True)
    assert told() == []


def test_only_what_differs_is_kept_in_words_and_in_short():
    team = make_team()
    trail.record(
        team_id=team.pk, by=None, what="something-new", subject=team, label="L" * 300,
        old={"Title": "A", "Seats": 5, "Note": None, "Gone": "x"}, new={"Title": "B" * 600, "Seats": 5, "Note": ""},
    )  # fmt: skip
    change = Change.objects.get()
    assert (change.old, change.new) == ({"Title": "A", "Gone": "x"}, {"Title": "B" * 499 + "…"})
    assert (change.words, len(change.label), change.names) == ("Something new", 200, "Title, Gone")


def test_a_closed_account_takes_its_name_and_address_out_of_the_trail_and_leaves_what_was_done():
    olga, ada = make_user("Olga"), make_user("Ada")
    team = make_team(olga)
    Membership.objects.create(team=team, user=ada, role=Role.DOOR)
    trail.record(team_id=team.pk, by=ada, what=What.MEMBER_JOINED, subject=ada)
    trail.record(team_id=team.pk, by=olga, what=What.MEMBER_INVITED, label=ada.email.upper(), new={"Role": "Manager"})
    trail.record(team_id=team.pk, by=olga, what=What.EVENT_CREATED, label="Ada’s concert", new={"Title": "Concert"})
    operations.close_account(user=ada, now=timezone.now())
    assert [(what, label) for what, label, _, _ in told()] == [
        ("member-joined", trail.ERASED),
        ("member-invited", trail.ERASED),
        ("event-created", "Ada’s concert"),
        ("member-left", trail.ERASED),
    ]
    assert "Ada" not in str(told()[:2] + told()[3:])
