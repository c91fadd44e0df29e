"""What is said about money: to who paid, and to the teams that have to see to it."""

from collections.abc import Iterable
from uuid import UUID

from django.urls import reverse
from django.utils import timezone

from bookings.models import Booking
from core import money
from notifications.letter import Letter, Link, letter
from notifications.letters.wording import at, counted, titled, when
from notifications.models import Notice
from payments.models import Payment, Refund, Rescue
from payments.statements import Statement, refund_in_words, statements_of
from payments.transfers import instructions

UNREAD = ["event__description"]


def moneys(ids: Iterable[UUID]) -> dict[UUID, Statement]:
    """Of bookings; six statements at the most, however many."""
    return statements_of(Booking.objects.with_all().defer(*UNREAD).filter(pk__in=list(ids)))


@letter("transfer_due", moneys)
def transfer_due(notice: Notice, statement: Statement) -> Letter | None:
    """What to transfer, to whom, and until when."""
    return _transfer(
        statement,
        title=titled(f"Please transfer {statement.missing_label} for", statement.booking.event.title),
        first="Your seats are kept until your transfer arrives, and no longer than the date below.",
    )


@letter("transfer_part", moneys)
def transfer_part(notice: Notice, statement: Statement) -> Letter | None:
    """Some of it has come."""
    arrived = f"{statement.received_label} of {statement.booking.total_label} arrived"
    return _transfer(
        statement,
        title=titled(f"{arrived} for", statement.booking.event.title),
        first=f"{arrived}. Your tickets follow when the rest has.",
    )


@letter("transfer_ending", moneys)
def transfer_ending(notice: Notice, statement: Statement) -> Letter | None:
    """Nothing, or not all, has come, and the seats are about to go."""
    return _transfer(
        statement,
        title=titled("Still waiting for your transfer for", statement.booking.event.title),
        first="If you have sent it already, all is well: it may take a day. Else your seats go back on sale.",
    )


@letter("payment_failed", moneys)
def payment_failed(notice: Notice, statement: Statement) -> Letter | None:
    """A provider gave up on what the customer had done their part of."""
    booking, payment = statement.booking, _payment(notice, statement)
    if payment is None or payment.status != Payment.Status.FAILED or booking.status == Booking.Status.CONFIRMED:
        return None
    held = booking.is_held(timezone.now())
    again = Link("Try again", reverse("payments:checkout", args=[booking.pk]))
    return Letter(
        title=titled("Your payment for", booking.event.title, "did not go through"),
        line="Nothing was charged." + (" Your seats are still held for you." if held else ""),
        link=again if held else Link("Back to the event", booking.event.get_absolute_url()),
        topic=f"booking:{booking.pk}",
        by=booking.event.organizer.name,
        paragraphs=[payment.note] if payment.note else [],
        facts=_facts(booking),
    )


@letter("payment_late", moneys)
def payment_late(notice: Notice, statement: Statement) -> Letter | None:
    """Their money came when the seats were gone: they choose."""
    booking, rescue = statement.booking, statement.rescue
    if rescue is None or rescue.status != Rescue.Status.ASKED:
        return None
    until = at(rescue.decide_by, booking.event)
    return Letter(
        title=titled("Your payment came late: seats or money?", booking.event.title),
        line=f"Your {statement.received_label} arrived when the seats were gone. Choose until {until}.",
        link=Link("Choose", reverse("payments:late", args=[booking.pk])),
        topic=f"booking:{booking.pk}",
        by=booking.event.organizer.name,
        paragraphs=[
            "You can wait for seats at the very head of the line, at the price you paid, or have all of your money "
            "back now. If we hear nothing by then, the money goes back by itself.",
        ],
        facts=[*_facts(booking), ("Paid", statement.received_label), ("Choose until", until)],
    )


@letter("payment_returned", moneys)
def payment_returned(notice: Notice, statement: Statement) -> Letter | None:
    """No seats came of money that was late."""
    booking, rescue = statement.booking, statement.rescue
    if rescue is None or rescue.status != Rescue.Status.REFUNDED:
        return None
    return Letter(
        title=titled("Your money for", booking.event.title, "goes back to you"),
        line=f"No seats were booked. {_on_its_way(statement)}".strip(),
        link=Link("See what happened", reverse("payments:late", args=[booking.pk])),
        topic=f"booking:{booking.pk}",
        by=booking.event.organizer.name,
        facts=_facts(booking),
    )


@letter("refunded", moneys)
def refunded(notice: Notice, statement: Statement) -> Letter | None:
    """Money has gone back."""
    booking = statement.booking
    refund = next((one for one in statement.refunds if str(one.pk) == notice.data["refund"]), None)
    if refund is None or refund.status != Refund.Status.DONE:
        return None
    how = "It may take a few days until it shows on your account."
    return Letter(
        title=titled(f"{refund.amount_label} was paid back for", booking.event.title),
        line=how,
        link=Link("See the booking", booking.get_absolute_url()),
        topic=f"booking:{booking.pk}",
        by=booking.event.organizer.name,
        paragraphs=[f"{refund.get_kind_display()}{f': {refund.reason}' if refund.reason else ''}."],
        facts=[*_facts(booking), ("Paid back", refund.amount_label)],
    )


@letter("payment_trouble", moneys)
def payment_trouble(notice: Notice, statement: Statement) -> Letter | None:
    """To the team: a dispute, a refund that failed, or something odd. Somebody has to look."""
    booking, payment = statement.booking, _payment(notice, statement)
    if payment is None:
        return None
    headline, what, todo = _trouble(notice, payment, booking)
    return Letter(
        title=titled(f"{headline}:", booking.event.title),
        line=what,
        link=Link("See this booking’s money", reverse("money:booking", args=[booking.event.slug, booking.pk])),
        topic=f"payment:{payment.pk}",
        paragraphs=[todo],
        facts=[
            ("Booking", booking.reference),
            ("Paid", f"{payment.received_label} by {payment.get_method_display().lower()}"),
            ("Event", booking.event.title),
        ],
    )


def what_came_of_the_money(statement: Statement) -> list[str]:
    """For who is told that their booking is cancelled: what comes back, and what does not."""
    booking = statement.booking
    if not statement.received:
        return ["Nothing was charged, so there is nothing to refund."] if booking.total else []
    on_its_way = _on_its_way(statement)
    if booking.adjustment > 0:
        kept = f"{booking.adjustment_label} is kept, as the rules of the booking said."
        return [f"{on_its_way} {kept}" if on_its_way else f"None of what you paid comes back: {kept}"]
    return [on_its_way or "All that you paid comes back to you."]


def _on_its_way(statement: Statement) -> str:
    return " ".join(refund_in_words(refund) for refund in statement.refunds)


def _transfer(statement: Statement, *, title: str, first: str) -> Letter | None:
    booking, payment = statement.booking, statement.under_way
    if payment is None or booking.status != Booking.Status.PENDING or not booking.hold_expires_at:
        return None
    payment.booking = booking
    bank = instructions(payment)
    if bank is None:
        return None
    until = at(booking.hold_expires_at, booking.event)
    optional = [("Bank code" if not bank.is_iban else "BIC", bank.bank_code), ("Bank", bank.bank)]
    return Letter(
        title=title,
        line=f"Reference {booking.reference}, to arrive until {until}.",
        link=Link("Show the bank details", reverse("payments:transfer", args=[booking.pk])),
        topic=f"booking:{booking.pk}",
        by=booking.event.organizer.name,
        paragraphs=[first],
        facts=[
            ("Amount", bank.amount_label),
            ("Reference", bank.reference),
            ("Account holder", bank.holder),
            ("IBAN" if bank.is_iban else "Account number", bank.account),
            *[(term, value) for term, value in optional if value],
            ("To arrive until", until),
            *_facts(booking),
        ],
        notes=["Put the reference into your transfer as it stands here: without it nobody can tell whose money it is."],
    )


def _facts(booking: Booking) -> list[tuple[str, str]]:
    tickets = counted(booking.quantity, "ticket")
    return [
        ("Event", booking.event.title),
        ("When", when(booking.event)),
        ("Booking", f"{booking.reference}, {tickets}"),
    ]


def _payment(notice: Notice, statement: Statement) -> Payment | None:
    return next((one for one in statement.payments if str(one.pk) == notice.data["payment"]), None)


def _trouble(notice: Notice, payment: Payment, booking: Booking) -> tuple[str, str, str]:
    """(headline, what happened, what to do)"""
    whose = f"booking {booking.reference}"
    if notice.data["what"] == "dispute":
        what = f"{payment.received_label} paid for {whose} is disputed by the customer’s bank."
        return "A payment is disputed", what, "Answer the dispute at your card provider before its deadline there."
    if notice.data["what"] == "refund":
        amount = money.words(notice.data["amount"], payment.currency)
        what = f"{amount} for {whose} could not be paid back."
        reason = f" The provider says: {notice.data['error']}." if notice.data.get("error") else ""
        return "A refund failed", what, f"Send it anew, or pay it back in another way and say so.{reason}"
    return "A payment is odd", f"It belongs to {whose}.", payment.note or "Please look at it."
