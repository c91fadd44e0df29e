"""Why an event's seats are where they are."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_safe

from accounts.permissions import Permission, require
from accounts.requests import SignedInRequest
from analytics.export import HEAD, rows
from analytics.forms import LedgerForm
from analytics.ledger import Timeline, timeline
from analytics.standing import standings_of
from analytics.telling import tell
from core.errors import Invalid
from core.limits import limit
from core.spreadsheets import csv_answer
from events.availability import availability_of
from events.models import Event
from events.organiser_views import editable
from waitlist.organising import acted_upon

SHOWN_TRACES = 5


@never_cache
@login_required
@require_safe
def why(request: SignedInRequest, slug: str) -> HttpResponse:
    """Where the seats are, and how they got there."""
    event = _event(request, slug)
    standings = standings_of(event)
    form = LedgerForm(request.GET, event=event, standings=standings)
    page = _timeline(form)
    now = timezone.now()
    context = {
        "event": event,
        "now": now,
        "sold_out": availability_of(event, now).sold_out,
        "standings": standings,
        "form": form,
        "lines": tell(page.lines, event.zone),
        "older_url": page.older and _address(request, before=page.older),
        "newer_url": page.newer and _address(request, after=page.newer),
        "latest_url": _address(request) if form.data.get("before") or form.data.get("after") else "",
        "csv_query": _address(request),
        "traces": acted_upon(event, SHOWN_TRACES),
    }
    return render(request, "organise/why.html", context, status=400 if form.errors else 200)


@never_cache
@login_required
@require_GET  # a HEAD would write the whole file for nobody
def why_csv(request: SignedInRequest, slug: str) -> HttpResponseBase:
    """The movements that the page's address asks for, all of them, as a file. Raises Invalid for filters that make no
    sense: a file that silently holds something else is worse than none."""
    event = _event(request, slug)
    form = LedgerForm(request.GET, event=event, standings=standings_of(event))
    if not form.is_valid():
        raise Invalid({name: [f"{form[name].label}: {one}" for one in found] for name, found in form.errors.items()})
    limit(request, "export")
    return csv_answer(f"{event.slug}-seats", HEAD, rows(form.asked, form.standing.name, event.zone, timezone.now()))


def _event(request: SignedInRequest, slug: str) -> Event:
    """An event of one's own teams; 404 for all others."""
    event = editable(request, slug)
    require(request.user, Permission.SEE_GUESTS, event.organizer_id)
    return event


def _timeline(form: LedgerForm) -> Timeline:
    """The page asked for; an empty one, and an error on the form, for what makes no sense."""
    if form.is_valid():
        try:
            return timeline(form.asked)
        except Invalid as wrong:
            form.add_error(None, str(wrong))
    return Timeline([], None, None)


def _address(request: HttpRequest, **place: object) -> str:
    """The query that asks the same, of another page."""
    asked = QueryDict(mutable=True)
    for name in ("limit", "kind", "since", "until", "each"):
        if request.GET.get(name):
            asked[name] = request.GET[name]
    for name, value in place.items():
        asked[name] = str(value)
    return f"?{asked.urlencode()}"
