"""A customer's tickets: on the phone, as a PDF, as a calendar entry. All of them the owner's alone."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.core.paginator import Page, Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from accounts.requests import SignedInRequest
from bookings.models import Booking
from core.limits import limit
from tickets import codes, operations, qr
from tickets.calendar import booking_calendar_file
from tickets.models import Ticket
from tickets.pdf import ticket_pdf

ON_A_PAGE = 50
# A browser may keep them for their owner, but asks first whether they are still true.
private = cache_control(private=True, no_cache=True)


@private
@login_required
@require_safe
def booking_tickets(request: SignedInRequest, booking_pk: UUID) -> HttpResponse:
    """All tickets of a booking as stubs; issued on the spot if no worker has come to it yet."""
    booking = booking_of(request, booking_pk)
    page = page_of(request, booking)
    stubs = [{"ticket": ticket, "code": qr.svg(codes.sign(ticket))} for ticket in page]
    context = {"booking": booking, "event": booking.event, "page": page, "stubs": stubs}
    return render(request, "tickets/booking.html", context)


@private
@login_required
@require_safe
def ticket_page(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """One ticket, as large as the phone allows."""
    ticket = _ticket(request, pk)
    context = {"ticket": ticket, "event": ticket.booking.event, "code": qr.svg(codes.sign(ticket))}
    context["ticket_valid"] = ticket.status == "valid"
    return render(request, "tickets/ticket.html", context)


@private
@login_required
@require_safe
def booking_pdf(request: SignedInRequest, booking_pk: UUID) -> HttpResponse:
    """All tickets of a booking on paper; large groups in parts, `?page=2` and so on."""
    limit(request, "pdf")
    booking = booking_of(request, booking_pk)
    return HttpResponse(
        ticket_pdf(list(page_of(request, booking))),
        content_type="application/pdf",
        headers={"Content-Disposition": f'inline; filename="tickets-{booking.reference}.pdf"'},
    )


@private
@login_required
@require_safe
def booking_calendar(request: SignedInRequest, booking_pk: UUID) -> HttpResponse:
    """The event as a calendar entry that knows the booking."""
    booking = booking_of(request, booking_pk)
    return HttpResponse(
        booking_calendar_file(booking),
        content_type="text/calendar; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{booking.event.slug[:60]}.ics"'},
    )


@private
@login_required
@require_safe
def ticket_qr(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """A ticket's QR as a picture."""
    return _picture(_ticket(request, pk))


@private
@login_required
@require_safe
def first_qr(request: SignedInRequest, booking_pk: UUID) -> HttpResponse:
    """The QR of a booking's first ticket: for pages that know bookings, but not tickets."""
    return _picture(_tickets(booking_of(request, booking_pk))[0])


def booking_of(request: SignedInRequest, pk: UUID) -> Booking:
    return get_object_or_404(Booking.objects.of(request.user).with_all(), pk=pk)


def _ticket(request: SignedInRequest, pk: UUID) -> Ticket:
    return get_object_or_404(Ticket.objects.of(request.user).with_all(), pk=pk)


def _tickets(booking: Booking) -> list[Ticket]:
    """Its tickets; 404 for what was never confirmed and therefore has none."""
    tickets = operations.issued(booking=booking)
    if not tickets:
        raise Http404
    return tickets


def page_of(request: SignedInRequest, booking: Booking) -> Page:
    """A group of two hundred gets its tickets in parts, so that no answer takes seconds."""
    return Paginator(_tickets(booking), ON_A_PAGE).get_page(request.GET.get("page"))


def _picture(ticket: Ticket) -> HttpResponse:
    label = f"QR code of ticket {ticket.readable_code}"
    return HttpResponse(qr.svg(codes.sign(ticket), label=label), content_type="image/svg+xml")
