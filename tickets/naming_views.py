"""The customer's page on which tickets get their names."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.requests import SignedInRequest
from core.errors import DomainError
from tickets import operations
from tickets.forms import NamesForm
from tickets.views import booking_of, page_of


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def names(request: SignedInRequest, booking_pk: UUID) -> HttpResponse:
    """A name for each ticket; large groups in parts, `?page=2` and so on."""
    booking = booking_of(request, booking_pk)
    page = page_of(request, booking)
    form = NamesForm(request.POST if request.method == "POST" else None, tickets=list(page))
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                changed = operations.name_holders(
                    booking=booking, names=form.names, by=request.user, now=timezone.now()
                )
            except DomainError as refusal:
                form.add_error(None, str(refusal))
                status = refusal.status
            else:
                if changed or not form.too_late:
                    messages.success(
                        request, "Saved. Tickets that you have kept offline show it once they are opened again."
                    )
                for words in form.too_late:
                    messages.warning(request, words)
                return redirect("tickets:booking", booking.pk)
    over = timezone.now() >= booking.event.starts_at
    context = {"booking": booking, "event": booking.event, "page": page, "form": form, "over": over}
    return render(request, "tickets/names.html", context, status=status)
