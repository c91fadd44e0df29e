"""The API's doors to the line: join it, look at one's places, pass, leave. Accepting is booking: bookings.api."""

from uuid import UUID

from django.db.models import F
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.permissions import IsAuthenticated
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.permissions import has_staff_powers
from accounts.requests import SignedInCall
from core.errors import NotAllowed
from core.limits import limit
from core.paging import page_of
from core.rest.fields import asked, cleaned
from core.rest.freshness import page_link, private
from events.models import Event
from waitlist import operations, serializers
from waitlist.models import Entry


class Join(APIView):
    permission_classes = [IsAuthenticated]

    @extend_schema(request=serializers.JoinIn, responses={201: serializers.EntryOut}, operation_id="waitlist_join")
    def post(self, request: SignedInCall, event_id: UUID) -> Response:
        """Stand in line for seats of an event that has too few left for your party.

        409 `not-sold-out` says how many are `available`, `already-in-line` which `entry` is yours, `already-booked`
        which `booking`. Where seats are filled from behind, the answer may hold an offer already.
        """
        limit(request, "wait")
        data = cleaned(serializers.JoinIn, request)
        if not Event.objects.public().filter(pk=event_id).exists():
            raise Http404
        entry = operations.join(
            event_id=event_id,
            customer_id=request.user.pk,
            quantity=data["quantity"],
            ticket_type_id=data.get("ticket_type"),
            lead_hours=data.get("lead_time_hours", 0),
            now=timezone.now(),
        )
        response = _shown(request, entry.pk, status=201)
        response["Location"] = f"/api/waitlist/{entry.pk}"
        return response


class Places(APIView):
    permission_classes = [IsAuthenticated]

    @extend_schema(parameters=[serializers.PlaceQuery], responses=serializers.EntryPage, operation_id="waitlist_user")
    def get(self, request: SignedInCall, user_id: UUID) -> Response:
        """Somebody's places in line, newest first: your own, or anybody's for platform staff."""
        query = asked(serializers.PlaceQuery, request)
        if user_id != request.user.pk and not has_staff_powers(request.user):
            raise NotAllowed("You can look at your own places alone.")
        places = Entry.objects.filter(customer=user_id, **{key: query[key] for key in ["status"] if key in query})
        places = places.with_all().annotate(by_joined=F("joined_at")).order_by("-by_joined", "-id")
        page = page_of(places, query.get("cursor"), query["limit"])
        data = {
            "results": page.results,
            "next": page_link(request, page.next_cursor),
            "previous": page_link(request, page.previous_cursor),
        }
        return private(Response(serializers.EntryPage(data).data))


class Place(APIView):
    permission_classes = [IsAuthenticated]

    @extend_schema(responses=serializers.EntryOut, operation_id="waitlist_read")
    def get(self, request: SignedInCall, entry_id: UUID) -> Response:
        """One of your places in line."""
        return _shown(request, entry_id)

    @extend_schema(responses={200: serializers.EntryOut}, operation_id="waitlist_leave")
    def delete(self, request: SignedInCall, entry_id: UUID) -> Response:
        """Leave the line; seats that are reserved for you go to the next."""
        operations.leave(entry=_mine(request, entry_id), now=timezone.now())
        return _shown(request, entry_id)


class PassOffer(APIView):
    permission_classes = [IsAuthenticated]

    @extend_schema(request=None, responses={200: serializers.EntryOut}, operation_id="waitlist_pass")
    def post(self, request: SignedInCall, entry_id: UUID) -> Response:
        """Let the next in line have the seats that are reserved for you. Your own place is over then."""
        limit(request, "wait")
        operations.pass_up(entry=_mine(request, entry_id), now=timezone.now())
        return _shown(request, entry_id)


def _mine(request: SignedInCall, entry_id: UUID) -> Entry:
    return get_object_or_404(Entry.objects.of(request.user).with_all(), pk=entry_id)


def _shown(request: SignedInCall, entry_id: UUID, status: int = 200) -> Response:
    return private(Response(serializers.EntryOut(_mine(request, entry_id)).data, status=status))
