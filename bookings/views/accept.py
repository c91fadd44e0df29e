"""From an offer of the waitlist to a booking, in one tap."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from accounts.requests import SignedInRequest
from bookings import operations
from core.errors import DomainError
from core.limits import limit
from waitlist.models import Entry
from waitlist.offer_views import entry_of


@never_cache
@login_required
@require_POST
def accept(request: SignedInRequest, entry: UUID) -> HttpResponse:
    """Book what is reserved. Tapped twice, it is booked once."""
    limit(request, "wait")
    offer = get_object_or_404(Entry.objects.of(request.user), pk=entry)
    try:
        return redirect(operations.accept(entry=offer, now=timezone.now()))
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return redirect(offer)


# The link is what entitles, not a cookie: mail programs' browsers keep none.
@csrf_exempt
@never_cache
@require_POST
def accept_by_link(request: HttpRequest, token: str) -> HttpResponse:
    """Book what is reserved, for whoever has the link from the offer's mail. The offer's page says how it ended."""
    offer = entry_of(request, token)
    try:
        operations.accept(entry=offer, now=timezone.now())
    except DomainError as refusal:
        messages.error(request, str(refusal))
    return redirect("waitlist:offer", token=token)
