"""Everything that changes a person's own account."""

from datetime import datetime

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib.admin.models import LogEntry
from django.db import transaction
from django.db.models import Q

from accounts.errors import LastOwner
from accounts.facts import account_closed
from accounts.models import Membership, Team, User, What
from accounts.operations import invitations, trail
from accounts.sign_ins import end_others
from core.errors import Invalid
from core.ids import new_id
from core.text import ONE_LINE, is_one_line
from outbox.operations import announce, erase

Role = Membership.Role
MAX_NAME = 120


def update_profile(*, user: User, name: str) -> User:
    """Change how a person is called. Raises Invalid."""
    user.name = clean_name(name)
    user.save(update_fields=["name"])
    return user


def hide_setup(*, user: User) -> None:
    """Show them no more what their teams have still to set up. Doing so twice is harmless."""
    user.memberships.update(hides_setup=True)


@transaction.atomic
def close_account(*, user: User, now: datetime) -> None:
    """Forget a person: no name, no address, no way to sign in. What they booked is the bookings app's to end.

    The row stays, because bookings point to it. A new password hash and the closed account end every
    session and refresh token. Raises LastOwner while a team still needs them.
    """
    teams = Team.objects.of(user).order_by("pk").select_for_update(of=("self",))
    for team in list(teams):
        _let_go(team, user, now)
        trail.record(team_id=team.pk, by=user, what=What.MEMBER_LEFT, subject=user, now=now)
    was = {"email": user.email, "name": user.name}
    user.memberships.all().delete()
    trail.forget(user)
    invitations.forget(user)
    _erase_traces(user)
    user.name, user.email = "", f"closed-{new_id()}@invalid"
    user.is_active = user.is_staff = user.is_superuser = False
    user.closed_at, user.last_login = now, None
    user.set_unusable_password()
    user.save()
    user.groups.clear()
    user.user_permissions.clear()
    announce(account_closed, user_id=user.pk, **was)


def _erase_traces(user: User) -> None:
    """What stands elsewhere in this app's tables, and in those of the libraries under it: addresses, second factors,
    sessions (from where, with what), letters that are not sent yet, and what the admin noted."""
    EmailAddress.objects.filter(user=user).delete()
    user.address_changes.all().delete()
    Authenticator.objects.filter(user=user).delete()
    end_others(user=user, here=None)
    erase(Q(payload__user_id=str(user.pk)) | Q(payload__to__iexact=user.email))
    repr_of_theirs = Q(object_id=str(user.pk)) | Q(object_repr__icontains=user.email)
    if user.name:
        repr_of_theirs |= Q(object_repr__startswith=user.name) | Q(change_message__contains=f'"{user.name}')
    repr_of_theirs |= Q(change_message__icontains=user.email)
    LogEntry.objects.filter(repr_of_theirs).update(object_repr=trail.ERASED, change_message="")


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


def clean_name(name: str) -> str:
    name = name.strip()
    if not 1 <= len(name) <= MAX_NAME:
        raise Invalid({"name": [f"From 1 to {MAX_NAME} characters."]})
    if not is_one_line(name):
        raise Invalid({"name": [ONE_LINE]})
    return name
