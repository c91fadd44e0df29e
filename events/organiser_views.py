"""The organiser's pages of one event. The editor is in editor_views, the home in analytics."""

from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.permissions import Permission, may, require
from accounts.requests import SignedInRequest
from core.errors import DomainError
from events import operations
from events.models import Event
from events.organising import Row, Status, guests, types_with_sales


@never_cache
@login_required
@require_safe
def overview(request: SignedInRequest, slug: str) -> HttpResponse:
    """One event: its state, its numbers, and what can be done. Door staff are led to its door."""
    event = find(request, slug)
    editable = may(request.user, Permission.EDIT_EVENTS, event.organizer_id)
    if not editable and event.status != Status.DRAFT:
        return redirect("door:door", slug)
    return _overview(request, event, editable=editable)


def _overview(
    request: SignedInRequest, event: Event, refusal: DomainError | None = None, *, editable: bool = True
) -> HttpResponse:
    context = {
        "event": event,
        "row": Row(event, timezone.now(), editable),
        "types": types_with_sales(event),
        "refusal": refusal,
    }
    return render(request, "organise/event.html", context, status=refusal.status if refusal else 200)


@never_cache
@login_required
@require_POST
def publish(request: SignedInRequest, slug: str) -> HttpResponse:
    """Put it on sale, or say what is missing."""
    done = "Published: people can find it now."
    return _change(request, slug, operations.publish_event, Status.PUBLISHED, done)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def postpone(request: SignedInRequest, slug: str) -> HttpResponse:
    """Stop sales until there are new dates; asks first."""
    if not request.POST.get("confirmed"):
        return _ask(request, slug, "organise/postpone.html")
    done = "Postponed: sales have stopped, bookings stay. Your guests hear of it in a few minutes."
    return _change(request, slug, operations.postpone_event, Status.POSTPONED, done)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def cancel(request: SignedInRequest, slug: str) -> HttpResponse:
    """Call it off; asks first, with the number of bookings that go with it."""
    if not request.POST.get("confirmed"):
        return _ask(request, slug, "organise/cancel.html")
    done = "Cancelled. Its bookings are being cancelled now, and your guests hear of it."
    return _change(request, slug, operations.cancel_event, Status.CANCELLED, done)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: SignedInRequest, slug: str) -> HttpResponse:
    """Delete a draft; asks first."""
    if not request.POST.get("confirmed"):
        return _ask(request, slug, "organise/delete.html")
    event = editable(request, slug)
    try:
        operations.delete_draft(event=event, by=request.user)
    except DomainError as refusal:
        return _overview(request, find(request, slug), refusal)
    messages.success(request, f"The draft “{event.title}” is deleted.")
    return redirect("organise:home")


@never_cache
@login_required
@require_POST
def duplicate(request: SignedInRequest, slug: str) -> HttpResponse:
    """A draft with everything of this event, to be edited at once."""
    event = editable(request, slug)
    try:
        copy = operations.duplicate_event(event=event, by=request.user, now=timezone.now())
    except DomainError as refusal:
        return _overview(request, event, refusal)
    messages.success(request, "Copied. Check the dates, then publish.")
    return redirect("organise:edit", copy.slug)


def find(request: SignedInRequest, slug: str) -> Event:
    """An event of one's own teams; 404 for all others."""
    return get_object_or_404(Event.objects.run_by(request.user).with_all(), slug=slug)


def editable(request: SignedInRequest, slug: str) -> Event:
    """An event of one's own teams that one may change. Raises NotAllowed for door staff."""
    event = find(request, slug)
    require(request.user, Permission.EDIT_EVENTS, event.organizer_id)
    return event


def _ask(request: SignedInRequest, slug: str, template: str) -> HttpResponse:
    event = editable(request, slug)
    live = event.bookings.live()
    context = {"event": event, "bookings": live.count(), "seats": live.seats(), "told": guests(event)}
    return render(request, template, context)


def _change(
    request: SignedInRequest, slug: str, operation: Callable[..., Event], goal: Status, done: str
) -> HttpResponse:
    """Carry out one change of state at the version that the page showed. Pressed twice, it is done once."""
    event = editable(request, slug)
    version = request.POST.get("version", "")
    known = int(version) if version.isascii() and version.isdecimal() and len(version) < 10 else 0
    try:
        operation(event=event, version=known, by=request.user, now=timezone.now())
    except DomainError as refusal:
        event = find(request, slug)
        if event.status != goal:
            return _overview(request, event, refusal)
        messages.info(request, f"This event is {event.get_status_display().lower()} already.")
    else:
        messages.success(request, done)
    return redirect("organise:event", slug)
