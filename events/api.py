"""The API's doors to events: find, read, create, change, publish, cancel."""

import dataclasses
import re
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import Http404
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import Team
from accounts.permissions import Permission, may, roles_with, teams_where
from accounts.requests import SignedInCall
from core.errors import Invalid, NotAllowed
from core.paging import page_of
from core.rest.fields import asked, cleaned
from core.rest.freshness import answer, page_link
from core.rest.throttle import SignedInAlone
from events import operations, serializers
from events.availability import availability_of
from events.errors import VersionRequired
from events.freshness import shown
from events.models import Event, TicketType
from events.models.event import FOR_SEARCH_ALONE
from events.search import Filters, search_events

Status = Event.Status
# What a change of `status` means.
MOVES = {
    Status.PUBLISHED: operations.publish_event,
    Status.POSTPONED: operations.postpone_event,
    Status.CANCELLED: operations.cancel_event,
}
IF_MATCH = OpenApiParameter(
    "If-Match", str, OpenApiParameter.HEADER, description="The ETag the event was read with, instead of `version`."
)


class Events(APIView):
    throttle_classes = [SignedInAlone]

    @extend_schema(parameters=[serializers.EventQuery], responses=serializers.EventPage, operation_id="events_list")
    def get(self, request: Request) -> HttpResponseBase:
        """Find events: published ones that are not over, soonest first unless asked otherwise.

        `next` and `previous` lead to the neighbouring pages, which stay put while events come and go.
        """
        query, now = asked(serializers.EventQuery, request), timezone.now()
        found = search_events(Event.objects.public().with_all(), _filters(query), now=now)
        page = page_of(found, query.get("cursor"), query["limit"])
        for event in page.results:
            event.seats = availability_of(event, now)
        data = {
            "results": page.results,
            "next": page_link(request, page.next_cursor),
            "previous": page_link(request, page.previous_cursor),
        }
        listed = [shown(event, event.seats) for event in page.results]
        return answer(request, (listed, data["next"], data["previous"]), lambda: serializers.EventPage(data).data)

    @extend_schema(request=serializers.EventIn, responses={201: serializers.EventOut}, operation_id="events_create")
    def post(self, request: SignedInCall) -> Response:
        """Create an event for one of your teams: a draft, or with `"status": "published"` on sale at once."""
        data, now = cleaned(serializers.EventIn, request), timezone.now()
        status = data.pop("status", Status.DRAFT)
        if status not in (Status.DRAFT, Status.PUBLISHED):
            raise Invalid({"status": ["A new event is draft or published."]})
        team = _team(request, data.pop("organizer", None))
        event_input = operations.EventInput(**_input(data, known={}))
        with transaction.atomic():  # an event that can't be published is not created either
            event = operations.create_event(team=team, data=event_input, by=request.user, now=now)
            if status == Status.PUBLISHED:
                event = operations.publish_event(event=event, version=event.version, by=request.user, now=now)
        response = Response(_json(event.pk, now), status=201)
        response["Location"] = f"/api/events/{event.pk}"
        return response


class EventDoor(APIView):
    throttle_classes = [SignedInAlone]

    @extend_schema(responses=serializers.EventOut, operation_id="events_read")
    def get(self, request: Request, event_id: UUID) -> HttpResponseBase:
        """One event with all its ticket types and what is left of them."""
        event = get_object_or_404(Event.objects.visible_to(request.user).with_all(), pk=event_id)
        shows_link = may(request.user, Permission.SEE_GUESTS, event.organizer_id)
        _show(event, timezone.now(), shows_link)
        known = shown(event, event.seats), shows_link  # type: ignore[attr-defined]
        return answer(request, known, lambda: serializers.EventOut(event).data, version=event.version)

    @extend_schema(
        request=serializers.EventChange,
        responses=serializers.EventOut,
        parameters=[IF_MATCH],
        operation_id="events_update",
    )
    def patch(self, request: SignedInCall, event_id: UUID) -> Response:
        """Change an event of your team. What is left out stays; `ticket_types`, if sent, is the whole list.

        Send the `version` you read. 409 `edit-conflict` with the `current` one when somebody else was
        faster, 428 `version-required` without. `status` publishes, postpones or cancels.
        """
        event = _editable(request, event_id)
        changes = cleaned(serializers.EventChange, request)
        version, status = _version(request, changes), changes.pop("status", event.status)
        if status != event.status and status not in MOVES:
            raise Invalid({"status": [f"One of {', '.join(MOVES)}."]})
        now = timezone.now()
        with transaction.atomic():  # all of a change or nothing
            if changes or status == event.status:
                data = _changed(operations.input_of(event), changes)
                event = operations.edit_event(event=event, data=data, version=version, by=request.user, now=now)
                version = event.version
            if status != event.status:
                MOVES[status](event=event, version=version, by=request.user, now=now)
        return Response(_json(event_id, now))

    @extend_schema(
        responses={200: serializers.EventOut, 204: None}, parameters=[IF_MATCH], operation_id="events_delete"
    )
    def delete(self, request: SignedInCall, event_id: UUID) -> Response:
        """Delete a draft (204), or cancel what was published (200 with the event)."""
        event, now = _editable(request, event_id), timezone.now()
        if event.status == Status.DRAFT:
            operations.delete_draft(event=event, by=request.user)
            return Response(status=204)
        version = _matched(request) or event.version
        operations.cancel_event(event=event, version=version, by=request.user, now=now)
        return Response(_json(event_id, now))


class EventSeats(APIView):
    throttle_classes = [SignedInAlone]

    @extend_schema(responses=serializers.Seats, operation_id="events_availability")
    def get(self, request: Request, event_id: UUID) -> HttpResponseBase:
        """What is left, of the event and of each ticket type. Cheap to ask, cheaper still with If-None-Match."""
        event = _with_seats(event_id)
        if event is None or (
            event.status == Status.DRAFT and not Event.objects.visible_to(request.user).filter(pk=event_id).exists()
        ):
            raise Http404
        seats = event.seats = availability_of(event, timezone.now())  # type: ignore[attr-defined]
        return answer(request, shown(event, seats), lambda: serializers.Seats(event).data)


def _filters(query: dict[str, Any]) -> Filters:
    names = {"category": "categories", "tag": "tags"}
    wanted = {names.get(name, name): value for name, value in query.items() if name not in ("limit", "cursor")}
    return Filters(**wanted)


def _json(event_id: UUID, now: datetime, shows_link: bool = True) -> dict[str, Any]:
    event = Event.objects.with_all().get(pk=event_id)
    _show(event, now, shows_link)
    return serializers.EventOut(event).data


def _show(event: Event, now: datetime, shows_link: bool) -> None:
    """Give an event what EventOut asks of it. Its team sees hidden ticket types too, or it would drop them when it
    sends the list back; whether there are seats is what everybody is told."""
    event.shows_link = shows_link  # type: ignore[attr-defined]
    seats = availability_of(event, now)
    if shows_link:
        event.types_on_card = list(event.types_for_sale())
        seats = dataclasses.replace(seats, types=availability_of(event, now).types)
    event.seats = seats  # type: ignore[attr-defined]


def _with_seats(event_id: UUID) -> Event | None:
    """An event as `availability_of` needs it: one read, unless it has no ticket types at all."""
    found = TicketType.objects.on_show().filter(event_id=event_id).select_related("event__inventory", "inventory")
    types = list(found.defer("event__description", *(f"event__{name}" for name in FOR_SEARCH_ALONE)))
    event = types[0].event if types else Event.objects.select_related("inventory").filter(pk=event_id).first()
    if event is not None:
        event.types_on_card = types
    return event


def _team(request: SignedInCall, wanted: UUID | None) -> Team:
    """The team a new event is for: the one that was named, or the only one there is."""
    teams = teams_where(request.user, Permission.EDIT_EVENTS)
    if wanted:
        team = teams.filter(pk=wanted).first()
        if team is None:
            raise Invalid({"organizer": ["You have no such team, or may not edit its events."]})
        return team
    own = list(Team.objects.with_role(request.user, roles_with(Permission.EDIT_EVENTS))[:2])
    if len(own) == 1:
        return own[0]
    if own or teams.exists():
        raise Invalid({"organizer": ["You act for several teams: say which one by its id."]})
    raise NotAllowed("Only organisers create events: found a team, or ask to be taken into one.")


def _editable(request: Request, event_id: UUID) -> Event:
    """An event this person sees, with what a change starts from. Whether they may is the operation's to say."""
    visible = Event.objects.visible_to(request.user).select_related("inventory", "venue", "organizer")
    return get_object_or_404(visible, pk=event_id)


def _version(request: Request, changes: dict[str, Any]) -> int:
    version = changes.pop("version", None) or _matched(request)
    if version is None:
        raise VersionRequired('Send the "version" you read, or its ETag as If-Match.')
    return version


def _matched(request: Request) -> int | None:
    """The version in an If-Match header, whose ETags are `"<version>-<digest>"`."""
    found = re.fullmatch(r'(?:W/)?"(\d{1,9})(?:-[0-9a-f]+)?"', request.headers.get("If-Match", "").strip())
    return int(found[1]) if found else None


def _changed(current: operations.EventInput, changes: dict[str, Any]) -> operations.EventInput:
    known = {ticket_type.id: ticket_type for ticket_type in current.ticket_types if ticket_type.id}
    wanted = _input(changes, known=known)
    # A venue takes the place of a link, and the other way round.
    if wanted.get("venue"):
        wanted.setdefault("online_url", "")
    elif wanted.get("online_url"):
        wanted.setdefault("venue", None)
    return dataclasses.replace(current, **wanted)


def _input(data: dict[str, Any], *, known: dict[UUID, operations.TicketTypeInput]) -> dict[str, Any]:
    """Checked JSON as arguments of EventInput. `known` are the ticket types that exist."""
    data = dict(data)
    if data.get("venue"):
        data["venue"] = operations.VenueInput(**data["venue"])
    if "refund_steps" in data:
        data["refund_steps"] = [[step["hours"], step["percent"]] for step in data["refund_steps"]]
    if "ticket_types" in data:
        items = [dict(item) for item in data["ticket_types"]]
        currencies = {item.pop("currency") for item in items if "currency" in item}
        if len({data.get("currency"), *currencies} - {None}) > 1:
            raise Invalid({"ticket_types": ["All tickets of an event are sold in one currency."]})
        if currencies:
            data["currency"] = currencies.pop()
        data["ticket_types"] = [_ticket_type(item, known, index) for index, item in enumerate(items)]
    return data


def _ticket_type(
    item: dict[str, Any], known: dict[UUID, operations.TicketTypeInput], index: int
) -> operations.TicketTypeInput:
    if "id" in item:
        if item["id"] not in known:
            raise Invalid({f"ticket_types.{index}.id": ["This event has no such ticket type."]})
        return dataclasses.replace(known[item["id"]], **item)
    if "name" not in item:
        raise Invalid({f"ticket_types.{index}.name": ["Name the ticket type."]})
    return operations.TicketTypeInput(**item)
