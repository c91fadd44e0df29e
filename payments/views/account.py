"""How a team is paid: the page of its owners."""

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.models import Change, Team, What
from accounts.permissions import Permission, require, teams_where
from accounts.requests import SignedInRequest
from core.errors import Invalid
from payments import operations
from payments.models import Account
from payments.organiser_forms import AccountForm
from payments.providers import account_of

SHOWN_CHANGES = 20


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def account(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Bank account, card keys, and what stands on receipts. Keys go in and never come out."""
    team = get_object_or_404(teams_where(request.user, Permission.SEE_GUESTS), pk=pk)
    require(request.user, Permission.MANAGE_TEAM, team.pk)
    found = account_of(team) or Account(team=team)
    form = AccountForm(request.POST if request.method == "POST" else None, account=found)
    if form.is_valid():
        try:
            operations.change_account(team=team, changes=form.changes, by=request.user, now=timezone.now())
        except Invalid as wrong:
            form.refuse(wrong.errors)
        else:
            messages.success(request, "Saved.")
            return redirect("money:account", pk)
    context = {
        "team": team,
        "account": found,
        "form": form,
        "webhook": _webhook(found),
        "changes": _changes(team),
    }
    return render(request, "organise/money/account.html", context, status=422 if form.errors else 200)


def _changes(team: Team) -> QuerySet[Change]:
    """Who changed these settings, the latest first."""
    found = team.changes.filter(what=What.PAYMENTS_CHANGED).select_related("by")
    return found.order_by("-at", "-id")[:SHOWN_CHANGES]


def _webhook(found: Account) -> str:
    """The address that Stripe is to tell of payments; there is one once the account is saved."""
    return settings.BASE_URL + reverse("account-webhook", args=["stripe", found.pk]) if found.pk else ""
