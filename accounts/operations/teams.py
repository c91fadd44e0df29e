"""Everything that changes teams and who belongs to them.

Whatever changes the members of a team locks the team's row first and looks afterwards, so that two
owners who leave at the same moment can't both believe that the other one stays.
"""

from django.db import transaction

from accounts.errors import LastOwner, NotAMember
from accounts.models import Membership, Team, User, What
from accounts.operations import trail
from accounts.operations.people import clean_name
from accounts.permissions import Permission, require
from core.errors import Invalid

Role = Membership.Role


@transaction.atomic
def create_team(*, name: str, by: User) -> Team:
    """Found a team; its founder owns it. Raises Invalid."""
    team = Team.objects.create(name=clean_name(name))
    Membership.objects.create(team=team, user=by, role=Role.OWNER)
    trail.record(team_id=team.pk, by=by, what=What.TEAM_CREATED, subject=team)
    return team


@transaction.atomic
def change_role(*, team: Team, user: User, role: str, by: User) -> Membership:
    """Give a member another role. Raises NotAllowed, Invalid, NotAMember or LastOwner."""
    _lock(team, by)
    _check_role(role)
    membership = _membership(team, user)
    if role != Role.OWNER:
        _keep_an_owner(team, membership)
    was = membership.get_role_display()
    membership.role = role
    membership.save(update_fields=["role"])
    old, new = {"Role": was}, {"Role": membership.get_role_display()}
    if old != new:
        trail.record(team_id=team.pk, by=by, what=What.ROLE_CHANGED, subject=user, old=old, new=new)
    return membership


@transaction.atomic
def remove_member(*, team: Team, user: User, by: User) -> None:
    """Remove a member; anyone may leave by themselves. Raises NotAllowed, NotAMember or LastOwner."""
    _lock(team, by, leaving=user.pk == by.pk)
    membership = _membership(team, user)
    _keep_an_owner(team, membership)
    membership.delete()
    what = What.MEMBER_LEFT if user.pk == by.pk else What.MEMBER_REMOVED
    trail.record(team_id=team.pk, by=by, what=what, subject=user, old={"Role": membership.get_role_display()})


def _lock(team: Team, by: User, *, leaving: bool = False) -> None:
    Team.objects.select_for_update().get(pk=team.pk)
    if not leaving:
        require(by, Permission.MANAGE_TEAM, team.pk)


def _membership(team: Team, user: User) -> Membership:
    membership = team.memberships.filter(user=user).first()
    if membership is None:
        raise NotAMember("This person is not in the team (any more).")
    return membership


def _keep_an_owner(team: Team, leaving: Membership) -> None:
    """Refuse when a locked team's only owner would stop being one."""
    if leaving.role != Role.OWNER:
        return
    if not team.memberships.filter(role=Role.OWNER).exclude(pk=leaving.pk).exists():
        raise LastOwner("A team always has an owner. Make somebody else an owner first.")


def _check_role(role: str) -> None:
    if role not in Role.values:
        raise Invalid({"role": [f"One of {', '.join(Role.values)}."]})
