"""Teams and their members."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts import operations
from accounts.forms import InvitationForm, TeamForm
from accounts.models import Invitation, Membership, Team
from accounts.permissions import ABILITIES, Permission, may, require, teams_where
from accounts.requests import SignedInRequest
from core.errors import DomainError, Invalid
from core.limits import limit


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def create(request: SignedInRequest) -> HttpResponse:
    """Name a team, and be its owner."""
    form = TeamForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        team = operations.create_team(name=form.cleaned_data["name"], by=request.user)
        messages.success(request, f"Welcome, {team.name}! Create your first event when you are ready.")
        return redirect("organise:home")
    return render(request, "organise/new_team.html", {"form": form}, status=422 if form.errors else 200)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def team(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Who belongs to the team, and who is asked to; POST invites somebody."""
    found = _find(request, pk)
    form = InvitationForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        require(request.user, Permission.MANAGE_TEAM, found.pk)
        limit(request, "invite")
    if form.is_valid() and _invite(request, found, form):
        return redirect("organise:team", pk)
    return _page(request, found, form, status=422 if form.errors else 200)


def _invite(request: SignedInRequest, found: Team, form: InvitationForm) -> bool:
    """Whether the mail goes out. What is said is the same whether an account uses the address or not."""
    try:
        invitation = operations.invite(team=found, by=request.user, now=timezone.now(), **form.cleaned_data)
    except Invalid as refusal:
        for name, sentences in refusal.errors.items():
            form.add_error(name, sentences)
        return False
    messages.success(request, f"We are writing to {invitation.email}. They are in the team once they accept.")
    return True


@never_cache
@login_required
@require_POST
def resend(request: SignedInRequest, pk: UUID, invitation: UUID) -> HttpResponse:
    """Send an invitation anew; the link sent before is good for nothing then."""
    limit(request, "invite")
    return _change_invitation(request, pk, invitation, operations.resend, "Sent again to {}.")


@never_cache
@login_required
@require_POST
def withdraw(request: SignedInRequest, pk: UUID, invitation: UUID) -> HttpResponse:
    """Nobody can accept it any more."""
    return _change_invitation(request, pk, invitation, operations.withdraw, "The invitation to {} is withdrawn.")


def _change_invitation(
    request: SignedInRequest, pk: UUID, key: UUID, operation: Callable[..., Invitation], done: str
) -> HttpResponse:
    found = _find(request, pk)
    require(request.user, Permission.MANAGE_TEAM, found.pk)
    invitation = get_object_or_404(found.invitations, pk=key)
    try:
        operation(invitation=invitation, by=request.user, now=timezone.now())
    except DomainError as refusal:
        return _page(request, found, InvitationForm(), refusal=refusal)
    messages.success(request, done.format(invitation.email))
    return redirect("organise:team", pk)


@never_cache
@login_required
@require_POST
def change_role(request: SignedInRequest, pk: UUID, member: UUID) -> HttpResponse:
    """Give a member another role."""
    found = _find(request, pk)
    membership = get_object_or_404(found.memberships.select_related("user"), user=member)
    try:
        changed = operations.change_role(
            team=found, user=membership.user, role=request.POST.get("role", ""), by=request.user
        )
    except DomainError as refusal:
        return _page(request, found, InvitationForm(), refusal=refusal)
    messages.success(request, f"{membership.user} is {changed.get_role_display().lower()} now.")
    return redirect("organise:team", pk)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def remove(request: SignedInRequest, pk: UUID, member: UUID) -> HttpResponse:
    """Take a member out of the team, or leave it; asks first."""
    found = _find(request, pk)
    membership = get_object_or_404(found.memberships.select_related("user"), user=member)
    if not request.POST.get("confirmed"):
        return render(request, "organise/remove_member.html", {"team": found, "membership": membership})
    try:
        operations.remove_member(team=found, user=membership.user, by=request.user)
    except DomainError as refusal:
        return _page(request, found, InvitationForm(), refusal=refusal)
    if membership.user == request.user:
        messages.success(request, f"You have left {found.name}.")
        return redirect("organise:home")
    messages.success(request, f"{membership.user} is no longer in the team.")
    return redirect("organise:team", pk)


def _find(request: SignedInRequest, pk: UUID) -> Team:
    """One of one's own teams, whatever one's role in it; 404 for all others."""
    return get_object_or_404(teams_where(request.user, Permission.SEE_GUESTS), pk=pk)


def _page(
    request: SignedInRequest,
    found: Team,
    form: InvitationForm,
    refusal: DomainError | None = None,
    status: int = 200,
) -> HttpResponse:
    manages = may(request.user, Permission.MANAGE_TEAM, found.pk)
    context = {
        "team": found,
        "form": form,
        "refusal": refusal,
        "members": found.memberships.select_related("user").order_by("user__name", "pk"),
        "roles": Membership.Role.choices,
        "abilities": [(label, ABILITIES[value]) for value, label in Membership.Role.choices],
        "invitations": found.invitations.open().order_by("-sent_at", "-pk") if manages else [],
        "now": timezone.now(),
        "edits": manages or may(request.user, Permission.EDIT_EVENTS, found.pk),
        "manages": manages,
    }
    return render(request, "organise/team.html", context, status=refusal.status if refusal else status)
