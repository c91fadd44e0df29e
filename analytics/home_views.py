"""The organiser's home."""

from datetime import datetime
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts import operations
from accounts.invitation_views import has_confirmed
from accounts.models import Invitation, Membership, User
from accounts.requests import SignedInRequest
from analytics.home.attention import needs_attention
from analytics.home.numbers import four_numbers
from analytics.home.pace import paces
from analytics.home.scope import RANGES, Scope, period
from analytics.home.setup import Step, steps, welcome_steps
from events.models import Event
from events.organising import Shelf, chosen_shelf, shelf_counts, shelf_page

PACES = 4  # events whose sales are drawn


@never_cache
@login_required
@require_safe
def home(request: SignedInRequest) -> HttpResponse:
    """How sales go, what is next, what needs attention, and all events of one's teams by state; or the way to a first
    team. Whoever works at doors alone is led to those."""
    memberships = list(Membership.objects.filter(user=request.user).select_related("team").order_by("team__name"))
    now = timezone.now()
    invitations = _invitations(request.user, now)
    scope = Scope.of(request.user, memberships)
    if not memberships and scope is None:
        return render(request, "organise/welcome.html", {"steps": welcome_steps(), "invitations": invitations})
    if scope is None:
        return redirect("door:home")
    context: dict[str, Any] = {"memberships": memberships, "invitations": invitations, "now": now}
    context |= _list(request, now)
    context |= _desk(request, scope, memberships, now, context["counts"])
    return render(request, "organise/home.html", context)


@never_cache
@login_required
@require_POST
def hide_setup(request: SignedInRequest) -> HttpResponse:
    """Show no more what is still to be set up."""
    operations.hide_setup(user=request.user)
    return redirect("organise:home")


def _list(request: SignedInRequest, now: datetime) -> dict[str, Any]:
    """All events by state, a page of them."""
    events = Event.objects.run_by(request.user)
    counts = shelf_counts(events, now)
    shelf = chosen_shelf(request.GET.get("show", ""), counts)
    return {
        "counts": counts,
        "shelves": [(one.value, one.label, counts[one]) for one in Shelf],
        "shelf": shelf,
        "page": shelf_page(events, shelf, request.GET.get("page", "1"), request.user, now),
    }


def _desk(
    request: SignedInRequest, scope: Scope, memberships: list[Membership], now: datetime, counts: dict[str, int]
) -> dict[str, Any]:
    """The numbers, and what follows from them."""
    asked = period(request.GET.get("days", ""), scope.zone(), now)
    coming = scope.coming(now).select_related("inventory", "venue", "organizer").order_by("starts_at", "pk")
    todo = _steps(scope, memberships, counts)
    drawn = paces(coming.filter(status=Event.Status.PUBLISHED)[:PACES], now)
    return {
        "scope": scope,
        "period": asked,
        "ranges": RANGES,
        "numbers": four_numbers(scope, asked, now),
        "paces": drawn,
        "next": drawn[0] if drawn else None,
        "items": [] if scope.platform else needs_attention(scope, now),
        "steps": todo,
        "left": [step for step in todo if not step.done],
        "published": _published(counts),
    }


def _steps(scope: Scope, memberships: list[Membership], counts: dict[str, int]) -> list[Step]:
    """What is still to be set up; nothing once it is done, or once they have said that they know."""
    if scope.platform or any(one.hides_setup for one in memberships):
        return []
    published = _published(counts)
    described = published or bool(counts[Shelf.DRAFTS])
    found = steps(scope, memberships, described=described, published=published)
    return [] if all(step.done for step in found) else found


def _published(counts: dict[str, int]) -> bool:
    """Whether anything ever was."""
    return any(counts[one] for one in Shelf if one != Shelf.DRAFTS)


def _invitations(user: User, now: datetime) -> list[Invitation]:
    """To teams, sent to the address of their account, if it is known to be theirs. One statement if there are none."""
    found = list(Invitation.objects.in_time(now).sent_to(user.email).select_related("team", "by").order_by("sent_at"))
    return found if found and has_confirmed(user) else []
