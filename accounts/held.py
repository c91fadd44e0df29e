"""What this app holds about a person. Secrets (the password's hash, keys, codes) are not theirs to read either."""

from collections.abc import Iterable
from uuid import UUID

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.db.models import QuerySet

from accounts.models import AddressChange, Change, Invitation, Membership, User
from core.held import Row, holds


@holds("account", "Your account")
def account(user_id: UUID) -> Iterable[Row]:
    return User.objects.filter(pk=user_id).values("id", "name", "email", "joined_at", "last_login", "is_staff")


@holds("email-addresses", "Your e-mail addresses")
def addresses(user_id: UUID) -> Iterable[Row]:
    return EmailAddress.objects.filter(user=user_id).order_by("pk").values("email", "verified", "primary")


@holds("address-changes", "Changes of your e-mail address that were asked for")
def address_changes(user_id: UUID) -> Iterable[Row]:
    theirs = AddressChange.objects.filter(user=user_id).order_by("asked_at")
    return theirs.values("old", "new", "asked_at", "confirmed_at", "ended_at")


@holds("sign-ins", "Where you are signed in")
def sign_ins(user_id: UUID) -> Iterable[Row]:
    fields = ("created_at", "last_seen_at", "ip", "user_agent")
    return UserSession.objects.filter(user=user_id).order_by("created_at").values(*fields)


@holds("second-factors", "Your second factors")
def factors(user_id: UUID) -> Iterable[Row]:
    for factor in Authenticator.objects.filter(user=user_id).order_by("pk"):
        yield {
            "kind": factor.get_type_display(),
            "name": factor.wrap().name if factor.type == Authenticator.Type.WEBAUTHN else "",
            "created_at": factor.created_at,
            "last_used_at": factor.last_used_at,
        }


@holds("teams", "Teams that you belong to")
def teams(user_id: UUID) -> Iterable[Row]:
    for membership in Membership.objects.filter(user=user_id).select_related("team").order_by("team__name"):
        yield {"team": membership.team.name, "role": membership.get_role_display()}


@holds("changes", "What you have changed as a member of a team")
def changes(user_id: UUID) -> Iterable[Row]:
    """Without the words before and after, which may be about other people."""
    for change in Change.objects.filter(by=user_id).select_related("team").order_by("at").iterator():
        yield {"at": change.at, "team": change.team.name, "what": change.words}


@holds("invitations", "Teams that you were asked to join")
def invitations(user_id: UUID) -> Iterable[Row]:
    """To the address they have, or answered by them when they had another one."""
    for address in User.objects.filter(pk=user_id).values_list("email", flat=True):
        to_them = Invitation.objects.sent_to(address) | Invitation.objects.filter(accepted_by=user_id)
        yield from _invitations(to_them)


@holds("invitations-sent", "Invitations to your teams that you have sent")
def invitations_sent(user_id: UUID) -> Iterable[Row]:
    """Without the addresses: those are other people's."""
    yield from _invitations(Invitation.objects.filter(by=user_id))


def _invitations(found: QuerySet[Invitation]) -> Iterable[Row]:
    for one in found.select_related("team").order_by("created_at", "pk"):
        yield {"team": one.team.name, "role": one.get_role_display(), "status": one.status, "sent_at": one.sent_at}
