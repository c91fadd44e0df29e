"""Who may do what, in one place."""

from enum import StrEnum

from django.conf import settings

from accounts.factors import has_factor
from accounts.models import Membership, Team, User
from core.errors import NotAllowed

Role = Membership.Role


class Permission(StrEnum):
    """What a member of a team may do with the team's events."""

    EDIT_EVENTS = "edit events"
    SEE_GUESTS = "see guests"
    CHECK_IN = "check guests in"
    HANDLE_MONEY = "handle money"
    MANAGE_TEAM = "manage the team"


MATRIX: dict[str, set[Permission]] = {
    Role.OWNER: set(Permission),
    Role.MANAGER: set(Permission) - {Permission.MANAGE_TEAM},
    Role.DOOR: {Permission.SEE_GUESTS, Permission.CHECK_IN},
}


# What stands beside a role where one is chosen: the same in the page of a team and in the mail that invites.
ABILITIES: dict[str, str] = {
    Role.OWNER: "Does everything: events, guests and money, the team itself, its tax and how it is paid.",
    Role.MANAGER: "Runs events: edits and publishes them, sees guests, handles their money. Not the team or its bank.",
    Role.DOOR: "Works at the door: finds guests by name and checks them in. Sees no money and changes nothing.",
}


def roles_with(permission: Permission) -> list[str]:
    """The roles that carry a permission."""
    return [role for role, granted in MATRIX.items() if permission in granted]


def has_staff_powers(user) -> bool:
    """Whether this is one of the platform's staff who needs more than a password to be it. All that only staff may do
    asks this, never `is_staff` alone."""
    return user.is_staff and (not settings.STAFF_SECOND_FACTOR or has_factor(user))


def teams_where(user, permission: Permission):
    """The teams in which a user has a permission; all of them for platform staff."""
    if not user.is_authenticated:
        return Team.objects.none()
    if has_staff_powers(user):
        return Team.objects.all()
    return Team.objects.with_role(user, roles_with(permission))


def may(user, permission: Permission, team_id) -> bool:
    """Whether a user has a permission in a team."""
    return teams_where(user, permission).filter(pk=team_id).exists()


def require(user: User, permission: Permission, team_id) -> None:
    """Raise NotAllowed unless the user has the permission in the team."""
    if not may(user, permission, team_id):
        raise NotAllowed(f"Your role in this team does not allow you to {permission}.")
