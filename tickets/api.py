"""The API's doors to tickets: the PDF, and whether a code is good."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.permissions import Permission, may
from bookings.models import Booking
from core.limits import limit
from core.rest.fields import cleaned
from tickets import operations, serializers
from tickets.errors import NotConfirmed
from tickets.models import Ticket
from tickets.pdf import ticket_pdf


class RefusalsInstead(JSONRenderer):
    """Lets clients accept nothing but PDF, and tells them in JSON when there is none."""

    media_type = "application/pdf"
    format = "pdf"


class Download(APIView):
    permission_classes = [IsAuthenticated]
    renderer_classes = [RefusalsInstead, JSONRenderer]

    @extend_schema(responses={(200, "application/pdf"): OpenApiTypes.BINARY}, operation_id="tickets_download")
    def get(self, request: Request, booking_id: UUID) -> HttpResponse:
        """Your tickets as a PDF, a page each. 409 `not-confirmed` while, or once, there are none."""
        limit(request, "pdf")
        booking = get_object_or_404(Booking.objects.of(request.user), pk=booking_id)
        if booking.status != Booking.Status.CONFIRMED:
            raise NotConfirmed(f"There are no tickets: this booking is {booking.get_status_display().lower()}.")
        pdf = ticket_pdf(operations.issued(booking=booking))
        response = HttpResponse(pdf, content_type="application/pdf")
        response["Content-Disposition"] = f'attachment; filename="evently-{booking.reference}.pdf"'
        response["Cache-Control"] = "private, no-store"
        return response


class Verify(APIView):
    permission_classes = [AllowAny]

    @extend_schema(request=serializers.CodeIn, responses=serializers.Verdict, operation_id="tickets_verify")
    def post(self, request: Request) -> Response:
        """Whether a ticket's code is good: `valid`, `used`, `cancelled`, or `unknown` when it is not ours.

        Open to anyone, and without anything personal; those who check guests in also see the holder.
        """
        limit(request, "verify")
        ticket = operations.verify(text=cleaned(serializers.CodeIn, request)["code"])
        return Response(serializers.Verdict(_verdict(ticket, request.user)).data)


def _verdict(ticket: Ticket | None, user: Any) -> dict[str, Any]:
    if ticket is None:
        return {"status": "unknown", "event": None, "ticket_type": None, "holder": None}
    event = ticket.booking.event
    return {
        "status": ticket.status,
        "event": event,
        "ticket_type": ticket.line.ticket_type,
        "holder": ticket.holder_name if may(user, Permission.CHECK_IN, event.organizer_id) else None,
    }
