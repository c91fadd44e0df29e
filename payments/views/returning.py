"""Back from a provider's page."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe
from django_htmx.http import HttpResponseClientRedirect

from accounts.requests import SignedInRequest
from bookings.models import Booking
from payments.views.asking import ask_again
from payments.views.strict import strict


@strict
@login_required
@require_safe
def paid(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """The provider is asked at once: its webhook may come sooner, later, or never. While it does not say that the money
    has come, neither do we: the page waits, and goes on by itself."""
    booking = get_object_or_404(Booking.objects.of(request.user).with_all(), pk=pk)
    now = timezone.now()
    payments = ask_again(booking, now, at_once=not request.htmx)
    if booking.is_held(now) and payments and payments[-1].is_under_way() and payments[-1].url:
        return render(request, "payments/waiting.html", {"booking": booking, "payment": payments[-1], "now": now})
    return _go(request, _where_to(booking))


def _where_to(booking: Booking) -> str:
    """The booking; what is not booked is seen, and paid, at its checkout."""
    if booking.status in (Booking.Status.PENDING, Booking.Status.EXPIRED):
        return reverse("payments:checkout", args=[booking.pk])
    return booking.get_absolute_url()


def _go(request: SignedInRequest, url: str) -> HttpResponse:
    """To another page as a whole: a part of this one that asks again would put it into itself."""
    return HttpResponseClientRedirect(url) if request.htmx else redirect(url)
