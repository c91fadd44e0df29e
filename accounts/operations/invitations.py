"""Invite to a team, and answer. Nobody belongs to a team who has not said yes.

As in operations.teams, the team's row is locked first: of two answers, or an answer and a withdrawal, the second one
sees what the first has done.
"""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import Q
from django.template.loader import render_to_string

from accounts.errors import AlreadyMember, InvitationOver, NotInvited
from accounts.facts import mail_requested
from accounts.invitation_links import link
from accounts.models import Invitation, Membership, Team, User, What
from accounts.models.invitation import GOOD_FOR
from accounts.operations import trail
from accounts.permissions import ABILITIES, Permission, require
from core.errors import Invalid
from core.moments import in_words
from outbox.operations import announce

MOST_OPEN = 100  # of one team
TEMPLATE = "team_invitation"
Role = Membership.Role
Status = Invitation.Status


@transaction.atomic
def invite(*, team: Team, email: str, role: str, by: User, now: datetime) -> Invitation:
    """Write to an address, whether an account uses it or not. If it is invited already, its role is set and the mail
    sent anew. Raises NotAllowed or Invalid."""
    team = _lock(team)
    require(by, Permission.MANAGE_TEAM, team.pk)
    email = _checked(team, email, role)
    known = team.invitations.open().filter(email__iexact=email).first()
    if known:
        return _send_again(known, role, by, now)
    if team.invitations.open().count() >= MOST_OPEN:
        raise Invalid({"email": [f"At most {MOST_OPEN} invitations are open at once. Withdraw one first."]})
    invitation = Invitation.objects.create(
        team=team, email=email, role=role, by=by, created_at=now, sent_at=now, expires_at=now + GOOD_FOR
    )
    _record(invitation, What.MEMBER_INVITED, by, now, new={"Role": invitation.get_role_display()})
    _mail(invitation, by)
    return invitation


@transaction.atomic
def resend(*, invitation: Invitation, by: User, now: datetime) -> Invitation:
    """Send it anew, with all its time; the link sent before is good for nothing. Raises NotAllowed or
    InvitationOver."""
    invitation = _take(invitation)
    require(by, Permission.MANAGE_TEAM, invitation.team_id)
    return _send_again(invitation, invitation.role, by, now)


@transaction.atomic
def withdraw(*, invitation: Invitation, by: User, now: datetime) -> Invitation:
    """Nobody can accept it any more. Raises NotAllowed or InvitationOver."""
    invitation = _take(invitation)
    require(by, Permission.MANAGE_TEAM, invitation.team_id)
    _end(invitation, Status.WITHDRAWN, now)
    _record(invitation, What.INVITATION_WITHDRAWN, by, now, old={"Role": invitation.get_role_display()})
    return invitation


@transaction.atomic
def accept(*, invitation: Invitation, by: User, now: datetime) -> Membership:
    """Join the team. The caller has made sure that the mail reached them; the address has to be their account's.

    Raises NotInvited, InvitationOver or AlreadyMember.
    """
    invitation = _take(invitation, by=by, now=now)
    if invitation.team.memberships.filter(user=by).exists():
        raise AlreadyMember(f"You are in {invitation.team} already: your role there stays as it is.")
    membership = Membership.objects.create(team=invitation.team, user=by, role=invitation.role)
    invitation.accepted_by = by
    _end(invitation, Status.ACCEPTED, now)
    new = {"Role": membership.get_role_display()}
    trail.record(team_id=invitation.team_id, by=by, what=What.MEMBER_JOINED, subject=by, new=new, now=now)
    return membership


@transaction.atomic
def decline(*, invitation: Invitation, by: User, now: datetime) -> Invitation:
    """Say no. Raises NotInvited or InvitationOver."""
    invitation = _take(invitation, by=by, now=now)
    _end(invitation, Status.DECLINED, now)
    _record(invitation, What.INVITATION_DECLINED, by, now)
    return invitation


def forget(user: User) -> None:
    """Erase the address of somebody who closes their account: from what they were sent, and what they accepted."""
    Invitation.objects.filter(Q(email__iexact=user.email) | Q(accepted_by=user)).delete()


def _lock(team: Team) -> Team:
    return Team.objects.select_for_update().get(pk=team.pk)


def _take(invitation: Invitation, *, by: User | None = None, now: datetime | None = None) -> Invitation:
    """The invitation as it is while its team is locked, if it is open; and, for an answer, theirs and in time."""
    team = _lock(invitation.team)
    found = Invitation.objects.filter(pk=invitation.pk).first()
    if found is None:
        raise InvitationOver("This invitation is no longer there.")
    found.team = team
    if by and not found.is_for(by):
        raise NotInvited(f"This invitation was sent to {found.email}, and you are signed in as {by.email}.")
    if found.status != Status.OPEN:
        raise InvitationOver(ENDED[Status(found.status)])
    if now and found.has_lapsed(now):
        raise InvitationOver("This invitation was good for seven days, and they are over. Ask for a new one.")
    return found


ENDED = {
    Status.ACCEPTED: "This invitation has been accepted already.",
    Status.DECLINED: "This invitation has been declined. Ask for a new one if that was a mistake.",
    Status.WITHDRAWN: "This invitation has been withdrawn by the team.",
}


def _send_again(invitation: Invitation, role: str, by: User, now: datetime) -> Invitation:
    was = invitation.get_role_display()
    invitation.role, invitation.by, invitation.round = role, by, invitation.round + 1
    invitation.sent_at, invitation.expires_at = now, now + GOOD_FOR
    invitation.save(update_fields=["role", "by", "round", "sent_at", "expires_at"])
    old, new = {"Role": was}, {"Role": invitation.get_role_display()}
    _record(invitation, What.INVITATION_RESENT, by, now, old=old, new=new)
    _mail(invitation, by)
    return invitation


def _end(invitation: Invitation, status: Status, now: datetime) -> None:
    invitation.status, invitation.ended_at = status, now
    invitation.save(update_fields=["status", "ended_at", "accepted_by"])


def _record(
    invitation: Invitation,
    what: What,
    by: User,
    now: datetime,
    old: dict[str, str] | None = None,
    new: dict[str, str] | None = None,
) -> None:
    trail.record(
        team_id=invitation.team_id, by=by, what=what, subject=invitation, label=invitation.email, old=old, new=new,
        now=now,
    )  # fmt: skip


def _mail(invitation: Invitation, by: User) -> None:
    """The same words whether the address has an account or not, and never in anybody's bell: who asks can't tell."""
    words = {
        "by": by,
        "team": invitation.team,
        "role": invitation.get_role_display(),
        "may": ABILITIES[invitation.role],
        "url": link(invitation),
        "email": invitation.email,
        "until": in_words(invitation.expires_at),
    }
    announce(
        mail_requested,
        template=TEMPLATE,
        to=invitation.email,
        user_id=None,
        subject=render_to_string(f"account/email/{TEMPLATE}_subject.txt", words).strip(),
        text=render_to_string(f"account/email/{TEMPLATE}_message.txt", words),
    )


def _checked(team: Team, email: str, role: str) -> str:
    """A clean address that is nobody's in the team. Raises Invalid."""
    email = email.strip().lower()
    if role not in Role.values:
        raise Invalid({"role": [f"One of {', '.join(Role.values)}."]})
    try:
        validate_email(email)
    except ValidationError:
        raise Invalid({"email": ["Enter an e-mail address, such as ada@example.org."]}) from None
    if team.memberships.filter(user__email__iexact=email).exists():
        raise Invalid({"email": ["This person is in the team already."]})
    return email
