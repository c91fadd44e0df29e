"""The API's doors to promo codes, for those who edit the event."""

import dataclasses
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.permissions import IsAuthenticated
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.permissions import Permission, require
from accounts.requests import SignedInCall
from core.paging import page_of
from core.rest.fields import asked, cleaned
from core.rest.freshness import page_link, private
from events import code_serializers as serializers
from events import operations
from events.models import Event, PromoCode


class Codes(APIView):
    permission_classes = [IsAuthenticated]

    @extend_schema(
        parameters=[serializers.PromoCodeQuery], responses=serializers.PromoCodePage, operation_id="events_codes_list"
    )
    def get(self, request: SignedInCall, event_id: UUID) -> Response:
        """The promo codes of an event of your team, the newest first, and how often each is used."""
        event = _editable(request, event_id)
        query = asked(serializers.PromoCodeQuery, request)
        codes = event.promo_codes.select_related("inventory", "event").annotate(by_made=F("created_at"))
        if "active" in query:
            codes = codes.filter(is_active=query["active"])
        page = page_of(codes.order_by("-by_made", "-id"), query.get("cursor"), query["limit"])
        data = {
            "results": page.results,
            "next": page_link(request, page.next_cursor),
            "previous": page_link(request, page.previous_cursor),
        }
        return private(Response(serializers.PromoCodePage(data).data))

    @extend_schema(
        request=serializers.PromoCodeIn, responses={201: serializers.PromoCodeOut}, operation_id="events_codes_create"
    )
    def post(self, request: SignedInCall, event_id: UUID) -> Response:
        """Make a promo code, good at once."""
        event = _editable(request, event_id)
        data = operations.PromoCodeInput(**cleaned(serializers.PromoCodeIn, request))
        code = operations.create_code(event=event, data=data, by=request.user, now=timezone.now())
        response = Response(serializers.PromoCodeOut(code).data, status=201)
        response["Location"] = f"/api/events/{event_id}/codes/{code.pk}"
        return response


class CodeDoor(APIView):
    permission_classes = [IsAuthenticated]

    @extend_schema(responses=serializers.PromoCodeOut, operation_id="events_codes_read")
    def get(self, request: SignedInCall, event_id: UUID, code_id: UUID) -> Response:
        """One promo code."""
        return private(Response(serializers.PromoCodeOut(_code(request, event_id, code_id)).data))

    @extend_schema(
        request=serializers.PromoCodeChange, responses=serializers.PromoCodeOut, operation_id="events_codes_update"
    )
    def patch(self, request: SignedInCall, event_id: UUID, code_id: UUID) -> Response:
        """Change a promo code, or switch it off with `"active": false`. Bookings made with it stay as they are."""
        code = _code(request, event_id, code_id)
        changes = cleaned(serializers.PromoCodeChange, request)
        active = changes.pop("active", None)
        act: dict[str, Any] = {"by": request.user, "now": timezone.now()}
        with transaction.atomic():  # all of a change or nothing
            if changes:
                data = dataclasses.replace(operations.code_input(code, code.event.currency), **changes)
                code = operations.edit_code(code=code, data=data, **act)
            if active is not None:
                code = operations.switch_code(code=code, active=active, **act)
        return Response(serializers.PromoCodeOut(code).data)


def _editable(request: SignedInCall, event_id: UUID) -> Event:
    """An event of one's own teams. Raises NotAllowed for those who only look after its door."""
    event = get_object_or_404(Event.objects.run_by(request.user), pk=event_id)
    require(request.user, Permission.EDIT_EVENTS, event.organizer_id)
    return event


def _code(request: SignedInCall, event_id: UUID, code_id: UUID) -> PromoCode:
    codes = _editable(request, event_id).promo_codes.select_related("inventory", "event")
    return get_object_or_404(codes, pk=code_id)
