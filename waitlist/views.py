"""The pages of those who wait."""

from datetime import datetime, timedelta
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.requests import SignedInRequest
from core.errors import DomainError, Invalid
from core.limits import limit
from events.availability import availability_of
from events.models import Event
from waitlist import operations
from waitlist.errors import AlreadyInLine, NotSoldOut
from waitlist.forms import JoinForm
from waitlist.models import Entry


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def join(request: SignedInRequest, slug: str) -> HttpResponse:
    """Who waits for what, and how the line works. Whoever stands in it already is shown their place."""
    event = get_object_or_404(Event.objects.public().with_all(), slug=slug)
    if mine := Entry.objects.of(request.user).live().filter(event=event).first():
        return redirect(mine)
    now = timezone.now()
    types = [one for one in event.types_on_card if one.on_sale(now)]
    asked = request.POST if request.method == "POST" else None
    form = JoinForm(asked, event=event, types=types, initial={"ticket_type": request.GET.get("type", "")})
    refusal: DomainError | None = None
    if form.is_valid():
        limit(request, "wait")
        try:
            return redirect(_join(request, event, form, now))
        except AlreadyInLine as there:
            return redirect("waitlist:place", pk=str(there.extra["entry"]))
        except Invalid as wrong:
            _put_back(form, wrong)
        except DomainError as no:
            refusal = no
    status = refusal.status if refusal else 422 if form.errors else 200
    return render(request, "waitlist/join.html", _about(event, now, form=form, refusal=refusal), status=status)


@never_cache
@login_required
@require_safe
def place(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """One's place: how many are ahead, what happens next, the offer. For htmx its moving part alone."""
    entry = _mine(request, pk)
    now = timezone.now()
    template = "waitlist/place.html#place" if request.htmx else "waitlist/place.html"
    return render(request, template, {"entry": entry, "now": now, "offered": entry.has_offer(now)})


@never_cache
@login_required
@require_POST
def leave(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Give up one's place. Doing so twice is harmless."""
    entry = _mine(request, pk)
    if entry.is_live():
        return _do(request, entry, operations.leave, "You have left the line.")
    return redirect(entry)


@never_cache
@login_required
@require_POST
def pass_up(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """No, thank you: the next in line has a chance."""
    return _do(request, _mine(request, pk), operations.pass_up, "Thank you. The next in line is asked now.")


def _do(request: SignedInRequest, entry: Entry, operation, done: str) -> HttpResponse:
    limit(request, "wait")
    try:
        operation(entry=entry, now=timezone.now())
    except DomainError as refusal:
        messages.info(request, str(refusal))
    else:
        messages.success(request, done)
    return redirect(entry)


def _join(request: SignedInRequest, event: Event, form: JoinForm, now: datetime) -> Entry:
    data = form.cleaned_data
    return operations.join(
        event_id=event.pk,
        customer_id=request.user.pk,
        quantity=data["quantity"],
        ticket_type_id=data["ticket_type"],
        lead_hours=data["lead_hours"],
        now=now,
    )


def _put_back(form: JoinForm, wrong: Invalid) -> None:
    for name, sentences in wrong.errors.items():
        form.add_error("lead_hours" if name == "lead_time_hours" else name, sentences)


def _about(event: Event, now: datetime, **more: object) -> dict[str, object]:
    """What the page says of the line itself."""
    return {
        "event": event,
        "availability": availability_of(event, now),
        "offer_time": timedelta(minutes=event.offer_minutes),
        "bookable": isinstance(more.get("refusal"), NotSoldOut),
        **more,
    }


def _mine(request: SignedInRequest, pk: UUID) -> Entry:
    return get_object_or_404(Entry.objects.of(request.user).with_all(), pk=pk)
