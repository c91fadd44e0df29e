"""The organiser's page of a line: who stands in it, and what can be done out of order."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.requests import SignedInRequest
from core.errors import DomainError, Invalid
from events.models import Event
from events.organiser_views import editable
from waitlist import operations
from waitlist.models import Entry
from waitlist.organiser_forms import ReasonForm
from waitlist.organising import Shelf, acted_upon, shelf_counts, shelf_page

SHOWN_TRACES = 10


@dataclass(frozen=True)
class Act:
    """Something that somebody of the team does to a place in line. `goal` is what it is afterwards."""

    operation: Callable[..., Entry]
    goal: Entry.Status
    template: str
    done: str


INVITE = Act(operations.invite, Entry.Status.OFFERED, "organise/line_invite.html", "Seats are reserved for {}.")
REMOVE = Act(operations.remove, Entry.Status.REMOVED, "organise/line_remove.html", "{} is out of the line.")


@never_cache
@login_required
@require_safe
def line(request: SignedInRequest, slug: str) -> HttpResponse:
    """Who waits, who has an offer, and what became of the others."""
    event = editable(request, slug)
    counts = shelf_counts(event)
    shelf = _shelf(request.GET.get("show", ""), counts)
    context = {
        "event": event,
        "now": timezone.now(),
        "line": counts,
        "shelves": [(one.value, one.label, counts[one]) for one in Shelf],
        "shelf": shelf.value,
        "page": shelf_page(event, shelf, request.GET.get("cursor")),
        "traces": acted_upon(event, SHOWN_TRACES),
    }
    return render(request, "organise/line.html", context)


def _shelf(wanted: str, counts: dict[str, int]) -> Shelf:
    """The shelf asked for; else who waits, or who has an offer while nobody waits."""
    if wanted in list(Shelf):
        return Shelf(wanted)
    return Shelf.OFFERED if counts[Shelf.OFFERED] and not counts[Shelf.WAITING] else Shelf.WAITING


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def invite(request: SignedInRequest, slug: str, pk: UUID) -> HttpResponse:
    """Offer seats to somebody who is not next; asks why."""
    return _act(request, slug, pk, INVITE)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def remove(request: SignedInRequest, slug: str, pk: UUID) -> HttpResponse:
    """Take somebody out of the line; asks why."""
    return _act(request, slug, pk, REMOVE)


def _act(request: SignedInRequest, slug: str, pk: UUID, act: Act) -> HttpResponse:
    """Ask why, then do it. Sent twice, it is done once."""
    event = editable(request, slug)
    entry = _find(event, pk)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    refusal: DomainError | None = None
    if form.is_valid():
        try:
            act.operation(entry=entry, by=request.user, reason=form.cleaned_data["reason"], now=timezone.now())
        except Invalid as wrong:
            form.add_error("reason", wrong.errors.get("reason", [str(wrong)]))
        except DomainError as no:
            entry = _find(event, pk)
            if entry.status == act.goal:
                messages.info(request, f"{entry.label}: {entry.get_status_display().lower()} already.")
                return redirect("line:line", slug)
            refusal = no
        else:
            messages.success(request, act.done.format(entry.label))
            return redirect("line:line", slug)
    context = {"event": event, "entry": entry, "form": form, "refusal": refusal, "now": timezone.now()}
    return render(request, act.template, context, status=refusal.status if refusal else 422 if form.errors else 200)


def _find(event: Event, pk: UUID) -> Entry:
    """A place in this event's line."""
    entries = Entry.objects.filter(event=event).select_related("ticket_type", "offered_type", "customer")
    entry = get_object_or_404(entries.with_position(), pk=pk)
    entry.event = event
    return entry
