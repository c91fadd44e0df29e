"""The door's pages: scan, look for a guest, see what was scanned. For those who check guests in."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.permissions import Permission, may
from accounts.requests import SignedInRequest
from core.errors import DomainError
from core.headers import PERMISSIONS
from core.limits import limit
from core.paging import page_of
from events.models import Event
from tickets import operations
from tickets.counting import at_door
from tickets.errors import ScanReused
from tickets.frames import code_in
from tickets.live import door_subject
from tickets.models import LONGEST_GATE, Scan, Ticket
from tickets.operations import Admission
from tickets.searching import LONGEST, SHOWN, guests_named
from tickets.verdicts import Verdict, shown

OPEN_AFTER = timedelta(hours=6)  # so long after its end an event still stands in the list of doors
MOST_EVENTS = 30
PAGE_SIZE = 50


@never_cache
@login_required
@require_safe
def home(request: SignedInRequest) -> HttpResponse:
    """The doors that somebody may stand at, the next one first."""
    now = timezone.now()
    events = Event.objects.with_door_for(request.user).exclude(status=Event.Status.CANCELLED)
    coming = events.filter(ends_at__gt=now - OPEN_AFTER).with_place().order_by("starts_at", "pk")[:MOST_EVENTS]
    return render(request, "door/home.html", {"events": coming, "now": now})


@never_cache
@login_required
@require_safe
def door(request: SignedInRequest, slug: str) -> HttpResponse:
    """Where codes are scanned or typed."""
    return _door(request, _find(request, slug))


@never_cache
@login_required
@require_POST
def scan(request: SignedInRequest, slug: str) -> HttpResponse:
    """Decide on what was scanned or typed: a part of the page for scripts, else the whole page."""
    limit(request, "scan")
    event = _find(request, slug)
    text = request.POST.get("code", "").strip()
    if not text:
        return _door(request, event, problem="Scan a ticket, or type the code under it.", status=422)
    now, key = timezone.now(), _id(request.POST.get("scan", ""))
    how: dict[str, Any] = {"text": text, "event": event, "by": request.user, "gate": _gate(request), "now": now}
    try:
        admission = operations.check_in(**how, key=key)
    except ScanReused:  # somebody went back to the page and typed another code there
        admission = operations.check_in(**how)
    return _answered(request, event, admission)


@never_cache
@login_required
@require_POST
def frame(request: SignedInRequest, slug: str) -> HttpResponse:
    """What the code in a picture says. The body is the picture: a JPEG of at most 300 kB."""
    limit(request, "frame")
    _find(request, slug)
    return JsonResponse({"text": code_in(request.body)})


@never_cache
@login_required
@require_safe
def count(request: SignedInRequest, slug: str) -> HttpResponse:
    """How many are in, for pages that follow."""
    return render(request, "door/_count.html", _common(request, _find(request, slug)))


@never_cache
@login_required
@require_safe
def guests(request: SignedInRequest, slug: str) -> HttpResponse:
    """Who is looked for by name, reference, code or e-mail address."""
    limit(request, "scan")
    event = _find(request, slug)
    asked = request.GET.get("q", "")[:LONGEST].replace("\x00", "")
    found = guests_named(event, asked)
    context = {"tab": "guests", "asked": asked, "found": found[:SHOWN], "more": len(found) > SHOWN}
    return render(request, "door/guests.html", _common(request, event) | context)


@never_cache
@login_required
@require_POST
def let_in(request: SignedInRequest, slug: str, pk: UUID) -> HttpResponse:
    """Check a guest in who was found by name."""
    limit(request, "scan")
    event = _find(request, slug)
    ticket = _ticket(event, pk)
    admission = operations.check_in_ticket(ticket=ticket, by=request.user, gate=_gate(request), now=timezone.now())
    return _answered(request, event, admission)


@never_cache
@login_required
@require_POST
def undo(request: SignedInRequest, slug: str, pk: UUID) -> HttpResponse:
    """Take a check-in back: for managers."""
    event = _find(request, slug)
    ticket = _ticket(event, pk)
    try:
        operations.undo_check_in(ticket=ticket, by=request.user, now=timezone.now(), gate=_gate(request))
    except DomainError as refusal:
        if refusal.status == 403:
            raise
        messages.info(request, refusal.detail)
    else:
        messages.success(request, f"{ticket.holder_name} is not in any more. The ticket is good again.")
    return redirect("door:scans", slug)


@never_cache
@login_required
@require_safe
def scans(request: SignedInRequest, slug: str) -> HttpResponse:
    """What was scanned, the latest first."""
    event = _find(request, slug)
    found = Scan.objects.filter(event=event).with_all()
    page = page_of(found, request.GET.get("cursor"), PAGE_SIZE)
    context = {"tab": "scans", "page": page, "rows": [shown(one, event) for one in page.results]}
    return render(request, "door/scans.html", _common(request, event) | context)


def _answered(request: SignedInRequest, event: Event, admission: Admission) -> HttpResponse:
    verdict = Verdict(admission, timezone.now())
    if request.htmx:
        return render(request, "door/_verdict.html", _common(request, event, counted=False) | {"verdict": verdict})
    return _door(request, event, verdict=verdict)


def _door(request: SignedInRequest, event: Event, *, status: int = 200, **more: Any) -> HttpResponse:
    context = _common(request, event) | {"tab": "scan", "gate": _gate(request), "scan_id": uuid4(), **more}
    response = render(request, "door/scan.html", context, status=status)
    response["Permissions-Policy"] = PERMISSIONS.replace("camera=()", "camera=(self)")
    return response


def _common(request: SignedInRequest, event: Event, *, counted: bool = True) -> dict[str, Any]:
    context = {
        "event": event,
        "manages": may(request.user, Permission.EDIT_EVENTS, event.organizer_id),
        "subject": door_subject(event.pk),
    }
    return context | {"at_door": at_door(event)} if counted else context


def _find(request: SignedInRequest, slug: str) -> Event:
    """An event at whose door one may stand; 404 for all others."""
    events = Event.objects.with_door_for(request.user).select_related("venue", "organizer")
    return get_object_or_404(events, slug=slug)


def _ticket(event: Event, pk: UUID) -> Ticket:
    return get_object_or_404(Ticket.objects.filter(booking__event=event).for_door(), pk=pk)


def _gate(request: SignedInRequest) -> str:
    """Where somebody says that they stand, in one harmless line."""
    said = request.POST.get("gate", "") or request.GET.get("gate", "")
    return "".join(sign for sign in said if sign.isprintable()).strip()[:LONGEST_GATE]


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
