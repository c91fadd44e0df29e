"""What one wants to hear, and by which channel."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.requests import SignedInRequest
from core.errors import Invalid
from events.views import ZONE_COOKIE, visitor_zone
from notifications import operations
from notifications.forms import PreferencesForm
from notifications.kinds import Channel
from notifications.operations.channels import wishes_of
from notifications.operations.preferences import kinds_for
from notifications.presentation import table


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def preferences(request: SignedInRequest) -> HttpResponse:
    """A table of kinds and channels, quiet hours, devices; one button saves the first two."""
    wishes, kinds = wishes_of([request.user.pk])[request.user.pk], kinds_for(request.user)
    sent = request.POST if request.method == "POST" else None
    zone = str(visitor_zone(request)) if ZONE_COOKIE in request.COOKIES else ""  # else static/js/zone-guess.js knows
    form = PreferencesForm(sent, kinds=kinds, hours=wishes.quiet, zone=zone)
    if form.is_valid() and _saved(request, form):
        messages.success(request, "Your preferences are saved.")
        return redirect("notifications:preferences")
    context = {
        "form": form,
        "channels": Channel,
        "table": table(kinds, form.ticks if form.is_bound else wishes.hears),
        "devices": wishes.devices,
    }
    return render(request, "notifications/preferences.html", context, status=422 if form.errors else 200)


def _saved(request: SignedInRequest, form: PreferencesForm) -> bool:
    try:
        operations.set_preferences(user=request.user, wanted=form.wanted, quiet=form.hours)
    except Invalid as wrong:
        for name, sentences in wrong.errors.items():
            form.add_error(name.rpartition(".")[2], sentences)
        return False
    return True
