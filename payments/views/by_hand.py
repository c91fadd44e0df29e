"""What people of a team do about one booking's money; each act has a page that says beforehand what it does."""

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.requests import SignedInRequest
from bookings.errors import RefundChanged
from bookings.models import Booking
from core import money
from core.errors import DomainError, Invalid
from events.models import Event, PaymentMethod
from payments import operations
from payments.case_file import CaseFile, case_of, refund_of_tickets
from payments.errors import BookedInBefore
from payments.models import Refund
from payments.operations.by_hand import is_due_by_hand, may_be_sent_anew, payment_by_hand
from payments.organiser_forms import BookInForm, NoteForm, RefundForm, TicketsForm
from payments.providers.protocol import ProviderDown
from payments.views.organise import booking_of, with_money_of


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def book_in(request: SignedInRequest, slug: str, pk: UUID) -> HttpResponse:
    """Write down money that was seen coming in. What is not the amount that is missing is asked about once more."""
    event = with_money_of(request, slug)
    booking = booking_of(event, pk)
    statement = case_of(booking)
    payment = payment_by_hand(statement.row.payments)
    by_bank = payment is not None and payment.method == PaymentMethod.TRANSFER
    missing = statement.row.missing
    first = {"amount": money.to_major(missing, booking.currency) if missing else None, "key": uuid4()}
    data = request.POST if request.method == "POST" else None
    form = BookInForm(data, booking=booking, needs_reference=by_bank, initial=first)
    context: dict[str, Any] = {"missing": missing, "by_bank": by_bank, "may": statement.may_book_in}
    if form.is_valid():
        amount = form.cleaned_data["amount"]
        if amount != missing and form.cleaned_data["sure"] != amount:
            asked: dict[str, Any] = {"unusual": _unusual(amount, missing, booking), "sure": amount}
            return _page(request, "book_in", event, statement, form, **context, **asked)
        try:
            operations.take_in(
                booking_id=booking.pk,
                amount=amount,
                reference=form.reference_or_key,
                note=form.cleaned_data["note"],
                dated=form.cleaned_data["dated"],
                by=request.user,
                now=timezone.now(),
            )
        except BookedInBefore as before:
            messages.info(request, str(before))
            return _back(event, booking)
        except DomainError as refusal:
            return _page(request, "book_in", event, statement, form, refusal, **context)
        messages.success(request, _booked_in(amount, booking_of(event, pk)))
        return _back(event, booking)
    return _page(request, "book_in", event, statement, form, **context)


def _unusual(amount: int, missing: int, booking: Booking) -> str:
    """What is unlike what was to come."""
    if amount < missing:
        rest = money.words(missing - amount, booking.currency)
        return f"That is {rest} less than what is missing. It is kept, and the rest stays to be paid."
    if missing:
        return f"That is {money.words(amount - missing, booking.currency)} more than what is missing; that goes back."
    return "Nothing is missing: if its seats are not to be had any more, it goes back."


def _booked_in(amount: int, booking: Booking) -> str:
    row = case_of(booking).row
    words = f"{money.words(amount, booking.currency)} booked in."
    if row.missing:
        return f"{words} {row.missing_label} of {row.total_label} is still to come."
    if row.refunded:
        return f"{words} {row.refunded_label} goes back."
    return f"{words} The booking is paid."


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def refund(request: SignedInRequest, slug: str, pk: UUID) -> HttpResponse:
    """Give a part of what was paid back, with a reason; the booking stays."""
    event = with_money_of(request, slug)
    booking = booking_of(event, pk)
    statement = case_of(booking)
    form = RefundForm(request.POST if request.method == "POST" else None, currency=booking.currency)
    if form.is_valid():
        try:
            operations.refund_by_hand(booking_id=booking.pk, by=request.user, now=timezone.now(), **form.cleaned_data)
        except DomainError as refusal:
            return _page(request, "refund", event, case_of(booking_of(event, pk)), form, refusal)
        messages.success(request, f"{money.words(form.cleaned_data['amount'], booking.currency)} goes back.")
        return _back(event, booking)
    return _page(request, "refund", event, statement, form)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def tickets(request: SignedInRequest, slug: str, pk: UUID) -> HttpResponse:
    """Cancel some tickets, or all. Shows what goes back before it is done."""
    event = with_money_of(request, slug)
    booking = booking_of(event, pk)
    form = TicketsForm(request.POST if request.method == "POST" else None, booking=booking)
    if not form.is_valid():
        return _page(request, "tickets", event, case_of(booking), form)
    back = refund_of_tickets(booking, form.chosen_prices)
    count = len(form.chosen_prices)
    shown: dict[str, Any] = {"back": money.amount_words(back, booking.currency), "count": count, "expected": back}
    if form.cleaned_data["expected"] is None:
        return _page(request, "tickets", event, case_of(booking), form, **shown)
    try:
        operations.cancel_tickets(
            booking_id=booking.pk,
            numbers=form.numbers,
            reason=form.cleaned_data["reason"],
            by=request.user,
            now=timezone.now(),
            expected_refund=form.cleaned_data["expected"],
        )
    except RefundChanged as changed:
        return _page(request, "tickets", event, case_of(booking_of(event, pk)), form, changed, **shown)
    except DomainError as refusal:
        return _page(request, "tickets", event, case_of(booking_of(event, pk)), form, refusal)
    messages.success(request, f"{count} ticket{'' if count == 1 else 's'} cancelled, {shown['back']} goes back.")
    return _back(event, booking)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def paid_back(request: SignedInRequest, slug: str, pk: UUID, refund_pk: UUID) -> HttpResponse:
    """Say that a refund was paid back by hand."""
    return _on_refund(request, slug, pk, refund_pk, "paid_back", is_due_by_hand, operations.mark_paid_back)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def send_anew(request: SignedInRequest, slug: str, pk: UUID, refund_pk: UUID) -> HttpResponse:
    """Have the provider try a failed refund once more."""
    return _on_refund(request, slug, pk, refund_pk, "send_anew", may_be_sent_anew, operations.send_anew)


TITLES = {
    "book_in": "Book money in",
    "refund": "Refund an amount",
    "tickets": "Cancel tickets",
    "give_back": "Give a late payment back",
    "paid_back": "Mark as paid back",
    "send_anew": "Send a refund anew",
}
DONE = {"paid_back": "Marked as paid back.", "send_anew": "The provider is asked once more."}
WHY = {"paid_back": "", "send_anew": "Why should it work now?"}


def _on_refund(
    request: SignedInRequest,
    slug: str,
    pk: UUID,
    refund_pk: UUID,
    act: str,
    possible: Callable[[Refund], bool],
    operation: Callable[..., Refund],
) -> HttpResponse:
    """Ask how or why, then do it. Sent twice, it is done once."""
    event = with_money_of(request, slug)
    booking = booking_of(event, pk)
    found = get_object_or_404(Refund.objects.select_related("payment"), pk=refund_pk, payment__booking=booking)
    form = NoteForm(request.POST if request.method == "POST" else None, label=WHY[act])
    refusal: DomainError | None = None
    if form.is_valid():
        try:
            operation(refund_id=found.pk, note=form.cleaned_data["note"], by=request.user, now=timezone.now())
        except DomainError as no:
            refusal = no
            found.refresh_from_db()
        else:
            messages.success(request, DONE[act])
            return _back(event, booking)
    more: dict[str, Any] = {"refund": found, "possible": possible(found), "act": act}
    return _page(request, "refund_act", event, case_of(booking), form, refusal, **more)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def give_back(request: SignedInRequest, slug: str, pk: UUID) -> HttpResponse:
    """Choose the refund for a guest whose money came when the seats were gone."""
    event = with_money_of(request, slug)
    booking = booking_of(event, pk)
    form = NoteForm(request.POST if request.method == "POST" else None, label="Why?")
    if form.is_valid():
        reason = form.cleaned_data["note"]
        try:
            operations.give_late_money_back(booking_id=booking.pk, reason=reason, by=request.user, now=timezone.now())
        except DomainError as refusal:
            return _page(request, "give_back", event, case_of(booking), form, refusal)
        messages.success(request, "The money goes back.")
        return _back(event, booking)
    return _page(request, "give_back", event, case_of(booking), form)


@never_cache
@login_required
@require_POST
def ask(request: SignedInRequest, slug: str, pk: UUID) -> HttpResponse:
    """Ask the provider now what is true of payments under way."""
    event = with_money_of(request, slug)
    booking = booking_of(event, pk)
    try:
        for payment in case_of(booking).under_way:
            operations.check(payment_id=payment.pk, now=timezone.now())
    except ProviderDown:
        messages.error(request, "The provider can't be reached just now. It is asked again by itself.")
    else:
        messages.success(request, "Asked: this is what the provider says now.")
    return _back(event, booking)


def _page(
    request: SignedInRequest,
    name: str,
    event: Event,
    statement: CaseFile,
    form: forms.Form,
    refusal: DomainError | None = None,
    **more: Any,
) -> HttpResponse:
    """A page that asks before it acts; with what was refused, if anything was."""
    if isinstance(refusal, Invalid):
        for field, sentences in refusal.errors.items():
            form.add_error(field if field in form.fields else None, list(sentences))
    context = {
        "event": event,
        "booking": statement.booking,
        "statement": statement,
        "title": TITLES[more.get("act", name)],
        "form": form,
        "refusal": refusal,
    }
    status = refusal.status if refusal else 422 if form.errors else 200
    return render(request, f"organise/money/{name}.html", context | more, status=status)


def _back(event: Event, booking: Booking) -> HttpResponse:
    return redirect("money:booking", event.slug, booking.pk)
