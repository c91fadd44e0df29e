"""Pages of figures: of an event, of a team, of the platform; and each chart as a file."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_safe

from accounts.models import Team
from accounts.permissions import Permission, has_staff_powers, teams_where
from accounts.requests import SignedInRequest
from analytics.figures import wording
from analytics.figures.asking import RANGES, PeriodForm
from analytics.figures.charts import Chart, charts_of
from analytics.figures.present import present
from analytics.figures.reading import Figures, read
from analytics.figures.scope import Scope
from core.errors import Invalid
from core.limits import limit
from core.spreadsheets import csv_answer
from events.organiser_views import editable

MOST_TABS = 12  # platform staff may look at any team: by its address


@never_cache
@login_required
@require_safe
def event(request: SignedInRequest, slug: str) -> HttpResponse:
    """Everything that is counted of one event."""
    scope = Scope.of_event(editable(request, slug))
    return _page(request, scope, "organise/figures/event.html", {"event": scope.event})


@never_cache
@login_required
@require_safe
def team(request: SignedInRequest) -> HttpResponse:
    """The same of all events of a team."""
    teams = list(teams_where(request.user, Permission.EDIT_EVENTS).order_by("name", "pk")[:100])
    chosen = _team(request, teams)
    if chosen is None:
        return render(request, "organise/figures/no_team.html")
    return _page(
        request, Scope.of_team(chosen), "organise/figures/team.html", {"team": chosen, "teams": teams[:MOST_TABS]}
    )


@never_cache
@login_required
@require_safe
def platform(request: SignedInRequest) -> HttpResponse:
    """The same of all events there are: for platform staff."""
    _for_staff(request)
    return _page(request, Scope.of_platform(), "organise/figures/platform.html", {})


@never_cache
@login_required
@require_GET
def event_csv(request: SignedInRequest, slug: str, chart: str) -> HttpResponseBase:
    """One chart of an event, as a file."""
    return _file(request, Scope.of_event(editable(request, slug)), chart, slug)


@never_cache
@login_required
@require_GET
def team_csv(request: SignedInRequest, chart: str) -> HttpResponseBase:
    teams = list(teams_where(request.user, Permission.EDIT_EVENTS).order_by("name", "pk")[:100])
    chosen = _team(request, teams)
    if chosen is None:
        raise Http404
    return _file(request, Scope.of_team(chosen), chart, "team")


@never_cache
@login_required
@require_GET
def platform_csv(request: SignedInRequest, chart: str) -> HttpResponseBase:
    _for_staff(request)
    return _file(request, Scope.of_platform(), chart, "platform")


def _page(request: SignedInRequest, scope: Scope, template: str, more: dict) -> HttpResponse:
    form, figures, charts = _made(request, scope)
    query = f"?{request.GET.urlencode()}" if request.GET and form.is_valid() else ""
    total, days = figures.total, figures.period.days
    context = {
        "form": form,
        "ranges": _ranges(request, form),
        "fields": form.row(figures.period),
        "figures": figures,
        "span": wording.span(figures.period),
        "zone_name": figures.period.zone.key,
        "charts": charts,
        "query": query,
        "headline": [
            (label, f"{total[name]:,}", wording.change(total[name], figures.earlier(name), days))
            for label, name in (
                ("Tickets sold", "tickets"),
                ("Bookings", "bookings"),
                ("Page views", "views"),
                ("Seats cancelled", "cancelled"),
            )
        ],  # fmt: skip
        **more,
    }
    return render(request, template, context, status=400 if form.errors else 200)


def _file(request: SignedInRequest, scope: Scope, name: str, stem: str) -> HttpResponseBase:
    limit(request, "export")
    form, figures, charts = _made(request, scope)
    if form.errors:
        raise Invalid({name: [str(one) for one in errors] for name, errors in form.errors.items()})
    chart = next((one for one in charts if one.name == name), None)
    if chart is None:
        raise Http404
    days = f"{figures.period.first:%Y%m%d}-{figures.period.last:%Y%m%d}"
    return csv_answer(f"{stem}-{chart.name}-{days}", chart.head, chart.rows)


def _made(request: SignedInRequest, scope: Scope) -> tuple[PeriodForm, Figures, list[Chart]]:
    now = timezone.now()
    form = PeriodForm(request.GET, scope=scope, now=now)
    form.is_valid()
    period = form.period()
    began = form.days[0] if form.days else None
    figures = read(scope, period, now=now, began=began, compared=form.compares)
    today = now.astimezone(period.zone).date()
    return form, figures, charts_of(figures, present(scope, period, now), today)


def _ranges(request: SignedInRequest, form: PeriodForm) -> list[tuple[str, str, bool]]:
    """Links to ranges: address, words, whether it is the one shown."""
    kept = request.GET.copy()
    for name in ("range", "since", "until"):
        kept.pop(name, None)
    found = []
    for value, words in RANGES:
        if value != "custom":
            kept["range"] = value
            found.append((f"?{kept.urlencode()}", words, value == form.chosen))
    return found


def _team(request: SignedInRequest, teams: list[Team]) -> Team | None:
    """The team asked for, else the first of one's own. 404 for others, and for what is no id."""
    wanted = request.GET.get("team", "")
    if not wanted:
        return Team.objects.of(request.user).filter(pk__in=teams_where(request.user, Permission.EDIT_EVENTS)).order_by(
            "name", "pk"
        ).first() or next(iter(teams), None)
    try:
        pk = UUID(wanted)
    except ValueError as error:
        raise Http404 from error
    found = teams_where(request.user, Permission.EDIT_EVENTS).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def _for_staff(request: SignedInRequest) -> None:
    """Others need not know that there is such a page."""
    if not has_staff_powers(request.user):
        raise Http404
