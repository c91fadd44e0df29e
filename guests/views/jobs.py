"""What is done to many guests at once: asked about first, then done, then told."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.requests import SignedInRequest
from bookings.models import Booking
from core import money
from core.errors import DomainError
from core.limits import limit
from events.models import Event
from events.organiser_views import editable
from guests import operations
from guests.errors import GuestsChanged
from guests.forms import ActForm
from guests.listing import found, words_of
from guests.models import Job
from guests.refunds import goes_back
from guests.views.booking import booking_of
from guests.views.listing import checked, query_of

FAILED_ON_A_PAGE = 100
DONE = {
    Job.Kind.CANCEL: "{} cancelled.",
    Job.Kind.RESEND: "The tickets of {} are on their way.",
    Job.Kind.CHECK_IN: "{} checked in.",
}


@never_cache
@login_required
@require_POST
def act(request: SignedInRequest, slug: str) -> HttpResponse:
    """Say what would be done to how many, and what goes back; `confirmed` does it."""
    event = editable(request, slug)
    form = ActForm(request.POST)
    if not form.is_valid():
        messages.error(request, " ".join(str(one) for errors in form.errors.values() for one in errors))
        return redirect(_list(event, ""))
    asked = checked(event, request.POST).asked
    query = query_of(asked)
    if form.everybody:
        bookings, which = found(event, asked), words_of(asked, event)
    else:
        bookings = Booking.objects.filter(event=event, pk__in=form.chosen).of_guests()
        which = ", ".join(bookings.order_by("reference").values_list("reference", flat=True))
    count = bookings.count()
    if not count:
        messages.info(request, "Tick at least one guest.")
        return redirect(_list(event, query))
    if not form.cleaned_data["confirmed"]:
        return _ask(request, event, form, bookings, count, query)
    limit(request, "sell")
    try:
        job = operations.begin(
            event=event,
            act=form.act_on,
            bookings=bookings,
            which=which,
            by=request.user,
            now=timezone.now(),
            expected=form.cleaned_data["expected"],
        )
    except GuestsChanged as changed:
        return _ask(request, event, form, bookings, count, query, changed)
    return _told(request, event, job, form, query)


@never_cache
@login_required
@require_safe
def job(request: SignedInRequest, slug: str, pk: UUID) -> HttpResponse:
    """How far it is, and each that could not be done, with why. Follows by itself while it moves."""
    event = editable(request, slug)
    found = _job(event, pk)
    failed = found.items.failed().select_related("booking__customer").order_by("booking")
    context = {
        "event": event,
        "job": found,
        "progress": found.items.progress(),
        "page": Paginator(failed, FAILED_ON_A_PAGE).get_page(request.GET.get("page")),
    }
    part = "#progress" if request.htmx and not request.htmx.history_restore_request else ""
    return render(request, f"organise/guests/job.html{part}", context)


@never_cache
@login_required
@require_safe
def jobs(request: SignedInRequest, slug: str) -> HttpResponse:
    """All that was done to many at once, the latest first."""
    event = editable(request, slug)
    done = Job.objects.filter(event=event).select_related("by").order_by("-created_at", "-id")
    page = Paginator(done, FAILED_ON_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "organise/guests/jobs.html", {"event": event, "page": page})


@never_cache
@login_required
@require_POST
def stop(request: SignedInRequest, slug: str, pk: UUID) -> HttpResponse:
    """Leave what is not done yet."""
    event = editable(request, slug)
    found = _job(event, pk)
    try:
        operations.stop(job=found, by=request.user, now=timezone.now())
    except DomainError as refusal:
        messages.info(request, str(refusal))
    else:
        messages.success(request, "Stopped. What was done stays done.")
    return redirect("guests:job", slug, pk)


def _ask(
    request: SignedInRequest,
    event: Event,
    form: ActForm,
    bookings: QuerySet[Booking],
    count: int,
    query: str,
    refusal: DomainError | None = None,
) -> HttpResponse:
    context: dict[str, Any] = {"event": event, "form": form, "count": count, "refusal": refusal}
    context |= {"act": form.cleaned_data["act"], "everybody": form.everybody, "back": _list(event, query)}
    context["kept"] = [(name, request.POST[name]) for name in ("show", "q", "type", "sort") if name in request.POST]
    if form.cleaned_data["act"] == Job.Kind.CANCEL:
        back = goes_back(event, bookings, timezone.now())
        context["all_back"] = money.amount_words(back.everything, event.currency)
        context["policy_back"] = money.amount_words(back.by_policy, event.currency)
        context["paid"] = back.everything > 0
    if count == 1:
        context["only"] = bookings.select_related("customer").first()
    return render(request, "organise/guests/act.html", context, status=refusal.status if refusal else 200)


def _told(request: SignedInRequest, event: Event, job: Job, form: ActForm, query: str) -> HttpResponse:
    """Large ones have a page to watch; of a few, all is said at once."""
    if job.is_moving:
        return redirect(job)
    progress = job.items.progress()
    if progress["failed"]:
        if job.size > 1:
            messages.warning(request, f"{progress['failed']} of {job.size} could not be done: here is why.")
            return redirect(job)
        messages.warning(request, job.items.get().why)
    else:
        bookings = "1 booking" if job.size == 1 else f"{job.size} bookings"
        messages.success(request, DONE[Job.Kind(job.kind)].format(bookings))
    if form.cleaned_data["from_booking"] and len(form.chosen) == 1:
        return redirect("guests:booking", event.slug, booking_of(event, form.chosen[0]).pk)
    return redirect(_list(event, query))


def _job(event: Event, pk: UUID) -> Job:
    found = get_object_or_404(Job.objects.filter(event=event).select_related("by"), pk=pk)
    found.event = event
    return found


def _list(event: Event, query: str) -> str:
    address = reverse("guests:list", args=[event.slug])
    return f"{address}?{query}" if query else address
