"""One guest's booking: what there is, on paper too, and what can be done."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.requests import SignedInRequest
from bookings.models import Booking
from core.errors import DomainError
from core.limits import limit
from events.models import Event
from events.organiser_views import editable
from guests.dossier import dossier_of
from tickets import operations as tickets
from tickets.forms import NamesForm
from tickets.pdf import ticket_pdf

ON_A_PAGE = 50  # tickets in one PDF, as for their owners


@never_cache
@login_required
@require_safe
def booking(request: SignedInRequest, slug: str, pk: UUID) -> HttpResponse:
    """A booking with its tickets and its history."""
    event = editable(request, slug)
    context = {"event": event, "dossier": dossier_of(booking_of(event, pk)), "now": timezone.now()}
    return render(request, "organise/guests/booking.html", context)


@never_cache
@login_required
@require_safe
def pdf(request: SignedInRequest, slug: str, pk: UUID) -> HttpResponse:
    """Its tickets on paper; large groups in parts, `?page=2` and so on."""
    event = editable(request, slug)
    limit(request, "pdf")
    found = booking_of(event, pk)
    issued = tickets.issued(booking=found)
    if not issued:
        raise Http404
    page = Paginator(issued, ON_A_PAGE).get_page(request.GET.get("page"))
    return HttpResponse(
        ticket_pdf(list(page)),
        content_type="application/pdf",
        headers={"Content-Disposition": f'inline; filename="tickets-{found.reference}.pdf"'},
    )


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def names(request: SignedInRequest, slug: str, pk: UUID) -> HttpResponse:
    """Who its tickets are for."""
    event = editable(request, slug)
    found = booking_of(event, pk)
    page = Paginator(tickets.issued(booking=found), ON_A_PAGE).get_page(request.GET.get("page"))
    form = NamesForm(request.POST if request.method == "POST" else None, tickets=list(page))
    status = 422 if form.is_bound else 200
    if form.is_valid():
        try:
            changed = tickets.name_holders(booking=found, names=form.names, by=request.user, now=timezone.now())
        except DomainError as refusal:
            form.add_error(None, str(refusal))
            status = refusal.status
        else:
            messages.success(request, f"{changed} name{'' if changed == 1 else 's'} changed.")
            for words in form.too_late:
                messages.warning(request, words)
            return redirect("guests:booking", slug, pk)
    context = {"event": event, "booking": found, "page": page, "form": form}
    return render(request, "organise/guests/names.html", context, status=status)


def booking_of(event: Event, pk: UUID) -> Booking:
    """A booking of this event; 404 for what came to nothing, as for those of others."""
    found = get_object_or_404(
        Booking.objects.filter(event=event).of_guests().with_all().select_related("booked_by"), pk=pk
    )
    found.event = event
    return found
