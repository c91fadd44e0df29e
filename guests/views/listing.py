"""The list of an event's guests."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_safe

from accounts.requests import SignedInRequest
from core.errors import Invalid
from core.limits import limit
from core.spreadsheets import csv_answer
from core.workbook import workbook_answer
from events.models import Event
from events.organiser_views import editable
from guests import export, operations
from guests.forms import GuestsForm
from guests.listing import Asked, Shelf, Sort, guests_of, words_of


@never_cache
@login_required
@require_safe
def guests(request: SignedInRequest, slug: str) -> HttpResponse:
    """A row for each booking, by state; searched, sorted, by ticket type."""
    event = editable(request, slug)
    form = checked(event, request.GET)
    asked = form.asked
    if asked.search:
        limit(request, "look-up")
    page = guests_of(event, asked, request.GET.get("cursor"))
    context: dict[str, Any] = {
        "event": event,
        "form": form,
        "asked": asked,
        "page": page,
        "matching": page.counts[asked.shelf],
        "shelves": [(one.value, one.label, page.counts[one], query_of(asked, show=one.value)) for one in Shelf],
        "sorts": {one.value: query_of(asked, sort=one.value) for one in Sort},
        "query": query_of(asked),
    }
    part = "#results" if request.htmx and not request.htmx.history_restore_request else ""
    return render(request, f"organise/guests/list.html{part}", context)


@never_cache
@login_required
@require_GET  # a HEAD would write the whole file for nobody
def guests_csv(request: SignedInRequest, slug: str) -> HttpResponseBase:
    """The guests that the page's address asks for, a row for each ticket, as a CSV file."""
    event, asked = _exported(request, slug)
    return csv_answer(f"{event.slug}-guests", export.HEAD, export.rows(event, asked))


@never_cache
@login_required
@require_GET
def guests_xlsx(request: SignedInRequest, slug: str) -> HttpResponseBase:
    """The same as a workbook."""
    event, asked = _exported(request, slug)
    return workbook_answer(f"{event.slug}-guests", "Guests", export.HEAD, export.rows(event, asked))


def _exported(request: SignedInRequest, slug: str) -> tuple[Event, Asked]:
    """Whose guests, and which; that they were taken along is written down."""
    event = editable(request, slug)
    asked = checked(event, request.GET).asked
    if request.path.endswith(".xlsx"):
        export.check_fits(event, asked)
    limit(request, "export")
    operations.note_export(event=event, which=words_of(asked, event), by=request.user)
    return event, asked


def checked(event: Event, data: QueryDict) -> GuestsForm:
    """What an address asks for. Raises Invalid for what makes no sense: a list that silently shows somebody else is
    worse than none."""
    form = GuestsForm(data, event=event)
    if not form.is_valid():
        raise Invalid({name: [str(one) for one in found] for name, found in form.errors.items()})
    return form


def query_of(asked: Asked, **other: str) -> str:
    """What asks for the same; what is as usual is left out."""
    said = {
        "show": asked.shelf.value,
        "q": asked.search,
        "type": str(asked.ticket_type or ""),
        "sort": asked.sort.value,
    }
    query = QueryDict(mutable=True)
    usual = {"show": Shelf.ALL.value, "sort": Sort.NEWEST.value}
    query.update({name: value for name, value in (said | other).items() if value and value != usual.get(name)})
    return query.urlencode()
