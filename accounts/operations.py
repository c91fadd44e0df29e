"""Everything that changes people, teams and who belongs to them.

Whatever changes the members of a team locks the team's row first and looks afterwards, so that two
owners who leave at the same moment can't both believe that the other one stays.
"""

from datetime import datetime

from allauth.account.models import EmailAddress
from django.db import transaction
from django.db.models import Q

from accounts.errors import LastOwner, NotAMember
from accounts.facts import account_closed
from accounts.models import Membership, Team, User
from accounts.permissions import Permission, require
from core.errors import Invalid
from core.ids import new_id
from core.text import ONE_LINE, is_one_line
from outbox.operations import announce

Role = Membership.Role
MAX_NAME = 120


def update_profile(*, user: User, name: str) -> User:
    """Change how a person is called. Raises Invalid."""
    user.name = _clean_name(name)
    user.save(update_fields=["name"])
    return user


@transaction.atomic
def create_team(*, name: str, by: User) -> Team:
    """Found a team; its founder owns it. Raises Invalid."""
    team = Team.objects.create(name=_clean_name(name))
    Membership.objects.create(team=team, user=by, role=Role.OWNER)
    return team


@transaction.atomic
def add_member(*, team: Team, email: str, role: str, by: User) -> Membership:
    """Take somebody who has an account into a team. Raises NotAllowed or Invalid."""
    _lock(team, by)
    _check_role(role)
    user = User.objects.filter(email__iexact=email.strip(), is_active=True).first()
    if user is None:
        raise Invalid({"email": ["No account uses this address. Ask them to create one first."]})
    if team.memberships.filter(user=user).exists():
        raise Invalid({"email": ["This person is in the team already."]})
    return Membership.objects.create(team=team, user=user, role=role)


@transaction.atomic
def change_role(*, team: Team, user: User, role: str, by: User) -> Membership:
    """Give a member another role. Raises NotAllowed, Invalid, NotAMember or LastOwner."""
    _lock(team, by)
    _check_role(role)
    membership = _membership(team, user)
    if role != Role.OWNER:
        _keep_an_owner(team, membership)
    membership.role = role
    membership.save(update_fields=["role"])
    return membership


@transaction.atomic
def remove_member(*, team: Team, user: User, by: User) -> None:
    """Remove a member; anyone may leave by themselves. Raises NotAllowed, NotAMember or LastOwner."""
    _lock(team, by, leaving=user.pk == by.pk)
    membership = _membership(team, user)
    _keep_an_owner(team, membership)
    membership.delete()


@transaction.atomic
def close_account(*, user: User, now: datetime) -> None:
    """Forget a person: no name, no address, no way to sign in. What they booked is the bookings app's to end.

    The row stays, because bookings point to it. A new password hash and the closed account end every
    session and refresh token. Raises LastOwner while a team still needs them.
    """
    teams = Team.objects.of(user).order_by("pk").select_for_update(of=("self",))
    for team in list(teams):
        _let_go(team, user, now)
    user.memberships.all().delete()
    EmailAddress.objects.filter(user=user).delete()
    user.name, user.email = "", f"closed-{new_id()}@invalid"
    user.is_active = user.is_staff = user.is_superuser = False
    user.closed_at = now
    user.set_unusable_password()
    user.save()
    user.groups.clear()
    user.user_permissions.clear()
    announce(account_closed, user_id=user.pk)


def _let_go(team: Team, user: User, now: datetime) -> None:
    """Refuse when a locked team would be left with guests or members, but without an owner."""
    others = team.memberships.exclude(user=user)
    if others.filter(role=Role.OWNER).exists():
        return
    # Asked through the relation's name: the events app stands above this one.
    coming = Q(events__status__in=["published", "postponed"], events__ends_at__gt=now)
    if Team.objects.filter(coming, pk=team.pk).exists():
        raise LastOwner(
            f"{team.name} has upcoming events and no other owner. Make somebody else an owner first, or cancel them."
        )
    if others.exists():
        raise LastOwner(f"{team.name} has members and no other owner. Make one of them an owner first.")


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


def _clean_name(name: str) -> str:
    name = name.strip()
    if not 1 <= len(name) <= MAX_NAME:
        raise Invalid({"name": [f"From 1 to {MAX_NAME} characters."]})
    if not is_one_line(name):
        raise Invalid({"name": [ONE_LINE]})
    return name
