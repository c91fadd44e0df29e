"""The organiser's pages of an event's money: who has paid, one booking's money, files."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_safe

from accounts.permissions import Permission, require
from accounts.requests import SignedInRequest
from bookings.models import Booking
from core.errors import Invalid
from core.limits import limit
from core.spreadsheets import csv_answer
from events.models import Event
from events.organiser_views import find
from payments import export
from payments.case_file import case_of
from payments.organiser_forms import SearchForm
from payments.organising import Shelf, shelf_counts, shelf_page
from payments.totals import progress_of, totals_of


@never_cache
@login_required
@require_safe
def payments(request: SignedInRequest, slug: str) -> HttpResponse:
    """Who has paid, who has still to, and what goes back; by state, or by what is searched for."""
    event = with_money_of(request, slug)
    form = SearchForm(request.GET)
    if not form.is_valid():
        raise Invalid({"q": ["Search for a reference, a name or an e-mail address."]})
    search = form.cleaned_data["q"].strip()
    counts = shelf_counts(event)
    shelf = None if search else _shelf(request.GET.get("show", ""), counts)
    context = {
        "event": event,
        "totals": totals_of(event),
        "shelves": [(one.value, one.label, counts[one]) for one in Shelf],
        "shelf": shelf.value if shelf else "",
        "search": search,
        "page": shelf_page(event, shelf, search, request.GET.get("cursor")),
        "query": _query(shelf, search),
    }
    return render(request, "organise/payments.html", context)


@never_cache
@login_required
@require_safe
def booking(request: SignedInRequest, slug: str, pk: UUID) -> HttpResponse:
    """One booking's money: what came in, what went back, what can be done, and all that happened."""
    event = with_money_of(request, slug)
    found = booking_of(event, pk)
    context = {"event": event, "booking": found, "statement": case_of(found), "now": timezone.now()}
    return render(request, "organise/payment.html", context)


@never_cache
@login_required
@require_safe
def report(request: SignedInRequest, slug: str) -> HttpResponse:
    """How far the refunds of an event are; asks anew by itself while something moves."""
    event = with_money_of(request, slug)
    template = "organise/refunds.html#progress" if request.htmx else "organise/refunds.html"
    return render(request, template, {"event": event, "progress": progress_of(event), "now": timezone.now()})


@never_cache
@login_required
@require_GET  # a HEAD would write the whole file for nobody
def payments_csv(request: SignedInRequest, slug: str) -> HttpResponseBase:
    """All payments, as a file."""
    event = with_money_of(request, slug)
    limit(request, "export")
    return csv_answer(f"{event.slug}-payments", export.PAYMENTS_HEAD, export.payments(event))


@never_cache
@login_required
@require_GET
def refunds_csv(request: SignedInRequest, slug: str) -> HttpResponseBase:
    """All refunds, as a file."""
    event = with_money_of(request, slug)
    limit(request, "export")
    return csv_answer(f"{event.slug}-refunds", export.REFUNDS_HEAD, export.refunds(event))


def with_money_of(request: SignedInRequest, slug: str) -> Event:
    """An event of one's own teams whose money one may handle; 404 for others. Raises NotAllowed for door staff."""
    event = find(request, slug)
    require(request.user, Permission.HANDLE_MONEY, event.organizer_id)
    return event


def booking_of(event: Event, pk: UUID) -> Booking:
    """A booking of this event, with its lines."""
    found = get_object_or_404(Booking.objects.filter(event=event).with_all(), pk=pk)
    found.event = event
    return found


def _shelf(wanted: str, counts: dict[str, int]) -> Shelf:
    """The shelf asked for; else the first that has something to be done or looked at."""
    if wanted in list(Shelf):
        return Shelf(wanted)
    urgent = (Shelf.DUE, Shelf.ODD, Shelf.WAITING, Shelf.PAID, Shelf.DOOR)
    return next((one for one in urgent if counts[one]), Shelf.WAITING)


def _query(shelf: Shelf | None, search: str) -> str:
    """What asks for the same, of another page."""
    query = QueryDict(mutable=True)
    query.update({"q": search} if search else {"show": shelf.value if shelf else ""})
    return query.urlencode()
