"""The pages on which an invitation to a team is answered.

Two things let somebody answer: the link in the mail, or a confirmed address; and in either case the invitation has to
be to the address of the account they are signed in with. Whoever else finds the page learns nothing from it.
"""

from uuid import UUID

from allauth.account.models import EmailAddress
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts import operations
from accounts.errors import InvitationOver, NotInvited
from accounts.invitation_links import read
from accounts.models import Invitation, User
from accounts.operations.invitations import ENDED
from accounts.permissions import ABILITIES
from accounts.requests import SignedInRequest
from core.errors import DomainError
from core.limits import limit

FOLLOWED = "invitations"  # in the session: those whose link was opened in this browser
MOST_FOLLOWED = 20


@never_cache
@require_safe
def follow(request: HttpRequest, token: str) -> HttpResponse:
    """The link in the mail: says who invites to what, and leads to an account. Looking at it answers nothing."""
    limit(request, "link")
    invitation = _linked(token)
    if invitation is None:
        return _refuse(request, InvitationOver("A newer mail was sent, or the team is gone: this link does nothing."))
    if over := _over(invitation):
        return _refuse(request, over, invitation)
    followed = [one for one in request.session.get(FOLLOWED, []) if one != str(invitation.pk)]
    request.session[FOLLOWED] = [*followed, str(invitation.pk)][-MOST_FOLLOWED:]
    if request.user.is_authenticated:
        return redirect(invitation)
    return render(request, "organise/invitation.html", _context(invitation))


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """The invitation, for those whom it reached; POST says yes or no."""
    invitation = Invitation.objects.select_related("team", "by").filter(pk=pk).first()
    if invitation is None or not _reached(request, invitation):
        raise Http404
    if not invitation.is_for(request.user):
        return _refuse(request, _not_theirs(invitation, request.user), invitation)
    if over := _over(invitation):
        return _refuse(request, over, invitation)
    if request.method != "POST":
        return render(request, "organise/invitation.html", _context(invitation))
    return _answer(request, invitation)


def _answer(request: SignedInRequest, invitation: Invitation) -> HttpResponse:
    try:
        if request.POST.get("answer") == "yes":
            operations.accept(invitation=invitation, by=request.user, now=timezone.now())
            messages.success(request, f"Welcome to {invitation.team}. Your role: {invitation.get_role_display()}.")
            return redirect("organise:home")
        operations.decline(invitation=invitation, by=request.user, now=timezone.now())
    except DomainError as refusal:
        return _refuse(request, refusal, invitation)
    messages.info(request, f"You have said no to {invitation.team}.")
    return redirect("events:list")


def _linked(token: str) -> Invitation | None:
    """The invitation whose newest mail has this link."""
    named = read(token)
    if named is None:
        return None
    key, sending = named
    return Invitation.objects.select_related("team", "by").filter(pk=UUID(key), round=sending).first()


def _reached(request: SignedInRequest, invitation: Invitation) -> bool:
    """Whether they have opened its link in this browser, or have confirmed the address it was sent to."""
    if str(invitation.pk) in request.session.get(FOLLOWED, []):
        return True
    return invitation.is_for(request.user) and has_confirmed(request.user)


def has_confirmed(user: User) -> bool:
    """Whether the address of their account is known to be theirs."""
    return EmailAddress.objects.filter(user=user, email__iexact=user.email, verified=True).exists()


def _over(invitation: Invitation) -> InvitationOver | None:
    if invitation.status != Invitation.Status.OPEN:
        return InvitationOver(ENDED[Invitation.Status(invitation.status)])
    if invitation.has_lapsed(timezone.now()):
        return InvitationOver("This invitation was good for seven days, and they are over. Ask for a new one.")
    return None


def _not_theirs(invitation: Invitation, user: User) -> NotInvited:
    return NotInvited(f"It was sent to {invitation.email}, and you are signed in as {user.email}.")


def _refuse(request: HttpRequest, refusal: DomainError, invitation: Invitation | None = None) -> HttpResponse:
    context = {"invitation": invitation, "refusal": refusal}
    return render(request, "organise/invitation.html", context, status=refusal.status)


def _context(invitation: Invitation) -> dict[str, object]:
    return {"invitation": invitation, "may": ABILITIES[invitation.role]}
