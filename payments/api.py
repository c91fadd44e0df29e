"""The API's doors to payments: pay a booking, see its money, choose after paying too late, the receipt."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.permissions import IsAuthenticated
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.requests import SignedInCall
from bookings.models import Booking
from core.limits import limit
from core.rest.fields import cleaned
from core.rest.freshness import private
from payments import operations, serializers
from payments.documents import payment_document, statement_document, without_payment
from payments.models import Payment
from payments.receipts import receipt_pdf
from payments.statements import statement_of


class Pay(APIView):
    permission_classes = [IsAuthenticated]

    @extend_schema(
        request=serializers.PayIn,
        responses={200: serializers.PaymentOut, 201: serializers.PaymentOut},
        operation_id="bookings_pay",
    )
    def post(self, request: SignedInCall, booking_id: UUID) -> Response:
        """Pay a booking that is pending: 201 with a new payment, 200 with the one under way, or where none is needed.

        By card: open `url` in a browser; the booking is confirmed when the money is there. By transfer: `instructions`.
        At the door, or free: the booking is confirmed at once, and `id` is null. 503 `payment-provider-away` when the
        provider can't be reached: the seats stay held, and the same request may be repeated.
        """
        limit(request, "book")
        data = cleaned(serializers.PayIn, request)
        now = timezone.now()
        going_on = operations.pay(
            booking=_mine(request, booking_id),
            method=data.get("method"),
            now=now,
            name=data.get("name", ""),
            email=data.get("email", ""),
        )
        booking = _mine(request, booking_id)
        if isinstance(going_on, Booking):
            return private(Response(without_payment(booking)))
        status = 201 if going_on.created_at == now else 200
        payment = Payment.objects.select_related("account").get(pk=going_on.pk)
        return private(Response(payment_document(payment, booking), status=status))


class Payments(APIView):
    permission_classes = [IsAuthenticated]

    @extend_schema(responses=serializers.StatementOut, operation_id="bookings_payments")
    def get(self, request: SignedInCall, booking_id: UUID) -> Response:
        """What came in for a booking, what went back, and what is awaited."""
        return private(Response(statement_document(statement_of(_mine(request, booking_id)))))


class Late(APIView):
    permission_classes = [IsAuthenticated]

    @extend_schema(
        request=serializers.LateIn, responses={200: serializers.StatementOut}, operation_id="bookings_late_choice"
    )
    def post(self, request: SignedInCall, booking_id: UUID) -> Response:
        """For money that came when the seats were gone: `line` waits for seats before everybody else, `refund` has all
        of it back. 409 `no-choice` when there is nothing to choose (any more)."""
        limit(request, "book")
        booking = _mine(request, booking_id)
        choice, now = cleaned(serializers.LateIn, request)["choice"], timezone.now()
        if choice == "line":
            operations.wait_in_line(booking=booking, now=now)
        else:
            operations.take_money_back(booking_id=booking.pk, now=now)
        return private(Response(statement_document(statement_of(_mine(request, booking_id)))))


class RefusalsInstead(JSONRenderer):
    """Lets clients accept nothing but PDF, and tells them in JSON when there is none."""

    media_type = "application/pdf"
    format = "pdf"


class Receipt(APIView):
    permission_classes = [IsAuthenticated]
    renderer_classes = [RefusalsInstead, JSONRenderer]

    @extend_schema(responses={(200, "application/pdf"): OpenApiTypes.BINARY}, operation_id="bookings_receipt")
    def get(self, request: SignedInCall, booking_id: UUID) -> HttpResponse:
        """What was paid, with its tax, as a PDF. 409 `nothing-received` while no money has come in."""
        limit(request, "pdf")
        booking = _mine(request, booking_id)
        response = HttpResponse(receipt_pdf(booking, timezone.now()), content_type="application/pdf")
        response["Content-Disposition"] = f'attachment; filename="receipt-{booking.reference}.pdf"'
        response["Cache-Control"] = "private, no-store"
        return response


def _mine(request: SignedInCall, booking_id: UUID) -> Booking:
    return get_object_or_404(Booking.objects.of(request.user).with_all(), pk=booking_id)
