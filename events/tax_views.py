"""The page of a team's tax."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.permissions import Permission, may, teams_where
from accounts.requests import SignedInRequest
from core import money
from core.errors import DomainError
from events import operations
from events.organiser_forms import TaxForm, refuse


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def tax(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """What the team's prices are taxed with; POST changes it, for what is booked from now on."""
    team = get_object_or_404(teams_where(request.user, Permission.SEE_GUESTS), pk=pk)
    known = {
        "tax_name": team.tax_name,
        "tax_rate": money.trimmed(team.tax_rate),
        "tax_included": "yes" if team.tax_included else "no",
    }
    form = TaxForm(request.POST if request.method == "POST" else None, initial=known)
    status = 200
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            operations.set_tax(
                team=team, name=data["tax_name"], rate=data["tax_rate"], included=data["tax_included"],
                by=request.user, now=timezone.now(),
            )  # fmt: skip
        except DomainError as refusal:
            refuse(form, refusal)
            status = refusal.status
        else:
            messages.success(request, "Saved. New bookings are priced by it; those there are keep their price.")
            return redirect("organise:tax", pk)
    context = {"team": team, "form": form, "manages": may(request.user, Permission.MANAGE_TEAM, team.pk)}
    return render(request, "organise/tax.html", context, status=status if status != 200 or not form.errors else 422)
