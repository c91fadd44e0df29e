"""The API's doors to bookings: book, look at one's own, cancel."""

import re
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import F
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.permissions import IsAuthenticated
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.requests import SignedInCall
from bookings import operations, serializers
from bookings.documents import booking_document
from bookings.models import Booking
from core import money
from core.errors import Invalid
from core.limits import limit
from core.paging import page_of
from core.rest.fields import asked, cleaned
from core.rest.freshness import page_link, private
from waitlist.models import Entry

IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    {"type": "string", "pattern": r"^[\x20-\x7e]{1,128}$"},
    OpenApiParameter.HEADER,
    description="Any text of your own. Sent again with the same body, it gets the first answer once more.",
)


class Bookings(APIView):
    throttle_classes: list[Any] = []  # counted as bookings alone, as in the event loop
    permission_classes = [IsAuthenticated]

    @extend_schema(
        request=serializers.BookingIn,
        responses={201: serializers.BookingOut},
        parameters=[IDEMPOTENCY_KEY],
        operation_id="bookings_create",
    )
    def post(self, request: SignedInCall) -> Response:
        """Book seats: all of them, or none.

        Free tickets and those paid at the door are confirmed at once; what has to be paid first is `pending`, and its
        seats are held until `hold_expires_at`. 409 `sold-out` says how many are `available`. A promo `code` is used
        whole or not at all: 422 `promo-code-refused` says why it is no good, 409 `promo-code-used-up` for how many
        tickets it still is. With an `Idempotency-Key`, a repeated request gets the first answer again (and the
        header `Idempotency-Replayed: true`); the same key with another body is 422.
        """
        limit(request, "book")
        key = _idempotency_key(request)
        wanted = _wanted(request)
        now = timezone.now()
        booking = operations.book(request=wanted, customer_id=request.user.pk, now=now, key=key)
        response = Response(_document(_mine(request, booking.pk)), status=201)
        response["Location"] = f"/api/bookings/{booking.pk}"
        if booking.created_at != now:
            response["Idempotency-Replayed"] = "true"
        return response


class MyBookings(APIView):
    permission_classes = [IsAuthenticated]

    @extend_schema(parameters=[serializers.BookingQuery], responses=serializers.BookingPage, operation_id="bookings_my")
    def get(self, request: SignedInCall) -> Response:
        """Your bookings, newest first."""
        query = asked(serializers.BookingQuery, request)
        mine = Booking.objects.of(request.user).with_all().filter(**_conditions(query))
        mine = mine.annotate(by_booked=F("created_at")).order_by("-by_booked", "-id")
        page = page_of(mine, query.get("cursor"), query["limit"])
        data = {
            "results": [_document(booking) for booking in page.results],
            "next": page_link(request, page.next_cursor),
            "previous": page_link(request, page.previous_cursor),
        }
        return private(Response(data))


class BookingDoor(APIView):
    permission_classes = [IsAuthenticated]

    @extend_schema(responses=serializers.BookingOut, operation_id="bookings_read")
    def get(self, request: SignedInCall, booking_id: UUID) -> Response:
        """One of your bookings. A basket whose time is up is `expired` at once."""
        booking = _mine(request, booking_id)
        now = timezone.now()
        if booking.has_lapsed(now) and operations.expire(booking=booking, now=now):
            booking = _mine(request, booking_id)
        return private(Response(_document(booking)))

    @extend_schema(
        parameters=[serializers.CancelQuery],
        responses={200: serializers.BookingOut},
        operation_id="bookings_cancel",
    )
    def delete(self, request: SignedInCall, booking_id: UUID) -> Response:
        """Cancel a booking; its seats go back on sale. Until `cancellable_until`, then it is 409. What was paid comes
        back by its `refund_policy`."""
        booking = _mine(request, booking_id)
        expected = _in_minor_units(asked(serializers.CancelQuery, request).get("expected_refund"), booking)
        operations.cancel(booking=booking, now=timezone.now(), expected_refund=expected)
        return Response(_document(_mine(request, booking_id)))


class MoreTime(APIView):
    permission_classes = [IsAuthenticated]

    @extend_schema(request=None, responses={200: serializers.BookingOut}, operation_id="bookings_extend")
    def post(self, request: SignedInCall, booking_id: UUID) -> Response:
        """Hold the seats of a basket longer: `hold_expires_at` says until when.

        409 `no-more-time` when that was done as often as it may be, 410 `hold-lapsed` when the time is up.
        """
        limit(request, "book")
        operations.extend(booking=_mine(request, booking_id), now=timezone.now())
        return Response(_document(_mine(request, booking_id)))


class CancelTickets(APIView):
    permission_classes = [IsAuthenticated]

    @extend_schema(
        request=serializers.CancelTicketsIn,
        responses={200: serializers.BookingOut},
        operation_id="bookings_cancel_tickets",
    )
    def post(self, request: SignedInCall, booking_id: UUID) -> Response:
        """Cancel some tickets of a confirmed booking and keep the others; all of them is to cancel it.

        `items` of the booking say which `numbers` there are. What was paid for them comes back by its `refund_policy`;
        otherwise as `DELETE /api/bookings/{id}`.
        """
        limit(request, "book")
        booking = _mine(request, booking_id)
        data = cleaned(serializers.CancelTicketsIn, request)
        operations.cancel_seats(
            booking=booking,
            numbers=_numbers(booking, data["tickets"]),
            now=timezone.now(),
            expected_refund=_in_minor_units(data.get("expected_refund"), booking),
        )
        return Response(_document(_mine(request, booking_id)))


class AcceptOffer(APIView):
    permission_classes = [IsAuthenticated]

    @extend_schema(
        request=None,
        responses={200: serializers.BookingOut, 201: serializers.BookingOut},
        operation_id="waitlist_accept",
    )
    def post(self, request: SignedInCall, entry_id: UUID) -> Response:
        """Accept the seats that are reserved for you: 201 with the booking, 200 when you had accepted before.

        What has to be paid first is `pending`, and its seats are held until `hold_expires_at`. 410 `offer-lapsed` when
        the time is up, 409 `no-offer` when nothing is reserved.
        """
        limit(request, "wait")
        entry = get_object_or_404(Entry.objects.of(request.user), pk=entry_id)
        now = timezone.now()
        booking = operations.accept(entry=entry, now=now)
        response = Response(_document(_mine(request, booking.pk)), status=201 if booking.created_at == now else 200)
        response["Location"] = f"/api/bookings/{booking.pk}"
        return response


def _numbers(booking: Booking, wanted: list[dict[str, Any]]) -> dict[int, list[int]]:
    """The tickets that are named, by line. Raises Invalid for types that the booking does not have."""
    lines = {line.ticket_type_id: line.pk for line in booking.lines.all()}
    found: dict[int, list[int]] = {}
    for one in wanted:
        if one["ticket_type"] not in lines:
            raise Invalid({"tickets": ["This booking has no tickets of that type."]})
        found.setdefault(lines[one["ticket_type"]], []).extend(one["numbers"])
    return found


def _in_minor_units(amount: Decimal | None, booking: Booking) -> int | None:
    """What the customer was told would come back."""
    try:
        return None if amount is None else money.to_minor(amount, booking.currency)
    except ValueError as error:
        raise Invalid({"expected_refund": [str(error)]}) from error


def _conditions(query: dict[str, Any]) -> dict[str, Any]:
    """The WHERE of a question about one's bookings."""
    conditions = {"status": query["status"]} if "status" in query else {}
    if "when" in query:
        conditions["event__ends_at__gt" if query["when"] == "upcoming" else "event__ends_at__lte"] = timezone.now()
    return conditions


def _document(booking: Booking) -> dict[str, Any]:
    return booking_document(booking, timezone.now())


def _mine(request: SignedInCall, booking_id: UUID) -> Booking:
    return get_object_or_404(Booking.objects.of(request.user).with_all(), pk=booking_id)


def _wanted(request: SignedInCall) -> operations.Request:
    data = cleaned(serializers.BookingIn, request)
    return operations.Request(
        event_id=data["event"],
        items=[(item["ticket_type"], item["quantity"]) for item in data.get("items", [])],
        quantity=data.get("quantity"),
        name=data.get("name", ""),
        email=data.get("email", ""),
        code=data.get("code", ""),
    )


def _idempotency_key(request: SignedInCall) -> str | None:
    key = request.headers.get("Idempotency-Key")
    if key is not None and not re.fullmatch(r"[\x20-\x7e]{1,128}", key):
        raise Invalid({"Idempotency-Key": ["From 1 to 128 printable ASCII characters."]})
    return key
