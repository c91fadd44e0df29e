"""The API's doors to tickets: the PDF, whether a code is good, letting people in."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.permissions import Permission, may
from accounts.requests import SignedInCall
from bookings.models import Booking
from core.limits import limit
from core.rest.fields import cleaned
from events.models import Event
from tickets import operations, serializers
from tickets.counting import at_door
from tickets.errors import NotConfirmed
from tickets.models import Ticket
from tickets.pdf import ticket_pdf
from tickets.verdicts import Verdict


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


class CheckIn(APIView):
    permission_classes = [IsAuthenticated]

    @extend_schema(request=serializers.CheckInIn, responses=serializers.AdmissionOut, operation_id="tickets_check_in")
    def post(self, request: SignedInCall) -> Response:
        """Let in whom a code names: once. For those who check guests in.

        Whatever the `result`, the scan is recorded. Send a `scan` id of your own with each, and the same one again when
        an answer is lost: it gets the same answer, with `again`. 422 `scan-reused` for an id that was another code's.
        """
        limit(request, "scan")
        wanted = cleaned(serializers.CheckInIn, request)
        event = wanted.get("event") and _door(request, wanted["event"])
        now = timezone.now()
        admission = operations.check_in(
            text=wanted["code"],
            event=event or None,
            by=request.user,
            now=now,
            gate=wanted.get("gate", ""),
            key=wanted.get("scan"),
        )
        return Response(serializers.admission_document(Verdict(admission, now)))


class Door(APIView):
    permission_classes = [IsAuthenticated]

    @extend_schema(responses=serializers.AtDoor, operation_id="events_door")
    def get(self, request: SignedInCall, event_id: UUID) -> Response:
        """How many are in, of how many: for those who check guests in."""
        return Response(serializers.AtDoor(at_door(_door(request, event_id))).data)


def _door(request: SignedInCall, event_id: UUID) -> Event:
    return get_object_or_404(Event.objects.with_door_for(request.user), pk=event_id)


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
