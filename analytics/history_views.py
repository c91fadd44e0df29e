"""Pages of who changed what: of a team, and of one event."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_safe

from accounts.models import Team
from accounts.permissions import Permission, require, teams_where
from accounts.requests import SignedInRequest
from analytics import history
from analytics.history_forms import HistoryForm, write_place
from analytics.history_words import HEAD, tell
from core.errors import Invalid
from core.limits import limit
from core.spreadsheets import csv_answer
from events.models import Event
from events.organiser_views import editable
from events.views import visitor_zone


@never_cache
@login_required
@require_safe
def team_history(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """What a team's members did, the latest first."""
    return _page(request, _team(request, pk), None)


@never_cache
@login_required
@require_safe
def event_history(request: SignedInRequest, slug: str) -> HttpResponse:
    """What was done to one event, the latest first, by its own clock."""
    event = editable(request, slug)
    return _page(request, event.organizer, event)


@never_cache
@login_required
@require_GET
def team_csv(request: SignedInRequest, pk: UUID) -> HttpResponseBase:
    """The same as a file: all that the filters of the page ask for. Raises Invalid for filters that make no sense."""
    return _file(request, _team(request, pk), None)


@never_cache
@login_required
@require_GET
def event_csv(request: SignedInRequest, slug: str) -> HttpResponseBase:
    """An event's as a file."""
    event = editable(request, slug)
    return _file(request, event.organizer, event)


def _team(request: SignedInRequest, pk: UUID) -> Team:
    """One of one's own teams. Raises NotAllowed for door staff."""
    team = get_object_or_404(teams_where(request.user, Permission.SEE_GUESTS), pk=pk)
    require(request.user, Permission.EDIT_EVENTS, team.pk)
    return team


def _page(request: SignedInRequest, team: Team, event: Event | None) -> HttpResponse:
    form = HistoryForm(request.GET, team=team, event=event)
    zone = event.zone if event else visitor_zone(request)
    found = history.page(form.asked(timezone.now())) if form.is_valid() else history.Page([], None)
    address = _own(team, event)
    context = {
        "team": team,
        "event": event,
        "form": form,
        "zone": zone,
        "lines": tell(found.entries, zone),
        "url": address,
        "csv_url": f"{address}.csv{_query(request)}",
        "older_url": found.older and _query(request, before=write_place(found.older)),
        "latest_url": _query(request) or address if request.GET.get("before") else "",
    }
    return render(request, "organise/history.html", context, status=400 if form.errors else 200)


def _file(request: SignedInRequest, team: Team, event: Event | None) -> HttpResponseBase:
    form = HistoryForm(request.GET, team=team, event=event)
    if not form.is_valid():
        raise Invalid({name: [str(one) for one in found] for name, found in form.errors.items()})
    limit(request, "export")
    zone = event.zone if event else visitor_zone(request)
    parts = history.pages(form.asked(timezone.now()))
    rows = (line.cells for entries in parts for line in tell(entries, zone))
    return csv_answer(f"{event.slug if event else 'team'}-history", HEAD, rows)


def _own(team: Team, event: Event | None) -> str:
    return reverse("history:event", args=[event.slug]) if event else reverse("history:team", args=[team.pk])


def _query(request: HttpRequest, **place: str) -> str:
    """The query that asks the same, of another page."""
    asked = QueryDict(mutable=True)
    for name in ("by", "what", "event"):
        if request.GET.get(name):
            asked[name] = request.GET[name]
    for name, value in place.items():
        asked[name] = value
    return f"?{asked.urlencode()}" if asked else ""
