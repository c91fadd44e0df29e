"""What previews are about: events, bookings and places in line that are saved nowhere, as small and as large as people
make them."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone

from accounts.models import Team, User
from bookings.models import Booking, BookingLine
from events.models import Event, Inventory, TicketType, Venue, WaitlistOrder
from events.operations.editing import describe
from payments.models import Account, Payment, Receipt, Refund, Rescue
from payments.statements import Statement
from tickets.models import Ticket
from waitlist.models import Entry

ADA = User(name="Ada", email="ada@example.org")
GRACE = User(
    name="Her Excellency Dr. Philippa Wolfeschlegelsteinhausenbergerdorff-Featherstonehaugh von und zu Hohenstein",
    email="philippa.wolfeschlegelsteinhausenbergerdorff.featherstonehaugh@correspondence.hohenstein.example.org",
)
LONG_TITLE = (
    "The Twenty-Seventh Annual International Symposium of Contemporary Chamber Music, "
    "第二十七回国際現代室内楽シンポジウム, مهرجان الموسيقى, mit Donaudampfschifffahrtsmusik & “Friends”"
)
LONG_TEAM = "The Worshipful Society for the Advancement of Contemporary Chamber Music & Donaudampfschifffahrt e.V."
LONG_TYPE = "Reduced: students, pensioners, holders of a “Kulturpass” & their companions"
HALL = Venue(
    name="Großer Sendesaal im Haus des Rundfunks am Theodor-Heuss-Platz (Eingang Masurenallee)",
    address="Masurenallee 8–14, Aufgang C, 2. Obergeschoss, bitte am Pförtner vorbei und dann links",
    city="Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogoch",
    country="GB",
)
ANY = UUID(int=1)  # the id of what a letter is about
STUDIO = Venue(name="Ox", city="Ulm", country="DE")


def address(long: bool) -> str:
    """A person's e-mail address."""
    return (GRACE if long else ADA).email


def team(long: bool) -> Team:
    return Team(name=LONG_TEAM if long else "Io")


def event(long: bool, *, status: str = Event.Status.PUBLISHED, in_days: int = 20) -> Event:
    """One evening in a hall, or a festival of ten days that one can also join online."""
    starts_at = _at_seven(in_days)
    return Event(
        organizer=team(long),
        inventory=Inventory(
            capacity=12_500 if long else 1, claimed=12_500 if long else 1, waiting=1_234 if long else 0
        ),
        venue=HALL if long else STUDIO,
        slug=("symposium-" * 17 if long else "jazz").strip("-"),
        title=LONG_TITLE if long else "Jazz",
        timezone="America/Argentina/Buenos_Aires" if long else "Europe/Lisbon",
        starts_at=starts_at,
        ends_at=starts_at + (timedelta(days=10) if long else timedelta(hours=2)),
        online_url=f"https://stream.example.org/{'room-' * 40}" if long else "",
        currency="EUR",
        status=status,
        waitlist_order=WaitlistOrder.FILL if long else WaitlistOrder.STRICT,
        offer_minutes=1439 if long else 30,
    )


def booking(long: bool, *, status: str = Booking.Status.CONFIRMED, of: Event | None = None) -> Booking:
    """A ticket for nothing, or two hundred of eight kinds."""
    about = of or event(long)
    kinds = [f"{LONG_TYPE} {number}" for number in range(8)] if long else ["Seat"]
    price, each = (1_234_567, 25) if long else (0, 1)
    made = Booking(
        event=about,
        customer=GRACE if long else ADA,
        status=status,
        quantity=len(kinds) * each,
        total=len(kinds) * each * price,
        currency=about.currency,
        hold_expires_at=timezone.now() + timedelta(minutes=4),
        ended_at=timezone.now(),
    )
    types = [TicketType(event=about, name=kind, price=price) for kind in kinds]
    lines = [
        BookingLine(id=number, booking=made, ticket_type=kind, quantity=each, unit_price=price)
        for number, kind in enumerate(types)
    ]
    made._prefetched_objects_cache = {"lines": lines}  # type: ignore[attr-defined]  # as if fetched
    return made


def money(
    of: Booking,
    *,
    status: str = Payment.Status.PAID,
    received: int | None = None,
    refund: str = "",
    rescue: str = "",
) -> Statement:
    """What it was paid with, in full unless said otherwise; `refund` and `rescue`: the state that they are in."""
    of.total = of.total or 1
    long = of.quantity > 1
    account = Account(
        team=of.event.organizer,
        bank_holder=LONG_TEAM if long else "Io",
        bank_account="PT50 0002 0123 1234 5678 9015 4",
        bank_code="BCOMPTPL" if long else "",
        bank_name="Banco Comercial das Ilhas Afortunadas, S.A. (Sucursal de Ponta Delgada)" if long else "",
    )
    paid = Payment(
        booking=of,
        method="transfer" if long else "card",
        account=account,
        amount=of.total,
        currency=of.currency,
        status=status,
        received=of.total if received is None else received,
        note="Your bank says that the card has expired; it said so in the four languages that it speaks."
        if long
        else "",
    )
    back = (
        [Refund(payment=paid, amount=of.total, status=refund, kind="cancelled", reason="So agreed")] if refund else []
    )
    paid.refunded = sum(one.amount for one in back)
    receipts = [Receipt(payment=paid, amount=paid.received, currency=of.currency)] if paid.received else []
    fetched = {"refunds": back, "receipts": receipts}
    paid._prefetched_objects_cache = fetched  # type: ignore[attr-defined]  # as if
    choice = Rescue(booking=of, status=rescue, decide_by=_at_seven(2)) if rescue else None
    return Statement(of, [paid], choice)


def _of_a_transfer(long: bool) -> Statement:
    made = booking(long, status=Booking.Status.PENDING)
    made.total = made.total or 2
    return money(made, status=Payment.Status.OPEN, received=made.total // 2)


def _failure(long: bool) -> Statement:
    statement = money(booking(long, status=Booking.Status.PENDING), status=Payment.Status.FAILED, received=0)
    statement.payments[0].pk = ANY
    return statement


def _of_a_late_one(long: bool, status: str, refund: str = "") -> Statement:
    return money(booking(long, status=Booking.Status.EXPIRED), rescue=status, refund=refund)


def _of_a_cancelled_one(long: bool, of: Event | None = None) -> Statement:
    """Of a free booking there is no money, but for the long one."""
    made = booking(long, status=Booking.Status.CANCELLED, of=of)
    if not long:
        return Statement(made, [], None)
    made.adjustment, made.paid_by = made.total // 3, Booking.PaidBy.MONEY
    return money(made, refund=Refund.Status.SENT)


def _of_some_cancelled(long: bool) -> Statement:
    return money(booking(long), refund=Refund.Status.SENT) if long else Statement(booking(long), [], None)


def _refund_of(long: bool) -> Statement:
    statement = money(booking(long, status=Booking.Status.CANCELLED), refund=Refund.Status.DONE)
    statement.refunds[0].pk = ANY
    return statement


def _troubled(long: bool) -> Statement:
    statement = money(booking(long))
    statement.payments[0].pk = ANY
    return statement


def tickets(of: Booking) -> list[Ticket]:
    """As they would be issued."""
    return [
        Ticket(booking=of, line=line, number=number, holder_name=of.holder[:120])
        for line in of.lines.all()
        for number in range(line.quantity)
    ]


def place(long: bool, *, status: str = Entry.Status.WAITING, of: Event | None = None) -> Entry:
    """Next in line for a seat, or far behind for a coach party."""
    about = of or event(long)
    kind = TicketType(event=about, name=LONG_TYPE if long else "Seat", price=1_234_567 if long else 0)
    made = Entry(
        event=about,
        number=1_235 if long else 1,
        customer=GRACE if long else ADA,
        ticket_type=kind if long else None,
        quantity=50 if long else 1,
        lead_hours=336 if long else 0,
        status=status,
        joined_at=timezone.now(),
        offered_type=kind,
        offer_expires_at=timezone.now() + timedelta(minutes=30),
        reason="Asked on the phone to be taken off, since the coach has been cancelled; with our regrets"
        if long
        else "",
    )
    made.ahead = 1_234 if long else 0
    return made


def _at_seven(in_days: int) -> datetime:
    return (timezone.now() + timedelta(days=in_days)).replace(hour=19, minute=0, second=0, microsecond=0)


def _was(long: bool) -> dict[str, Any]:
    before = event(long, in_days=13)
    if long:
        before.title, before.venue, before.online_url = f"Formerly {LONG_TITLE}", STUDIO, "https://old.example.org/"
    return {"old": describe(before)}


def _summary(long: bool) -> dict[str, Any]:
    currencies = ["EUR", "JPY", "KWD", "GBP", "USD"] if long else []
    return {
        "day": "2026-09-30" if long else "2026-05-01",
        "sold": 12_345 if long else 1,
        "cancelled": 1_234 if long else 0,
        "paid": dict.fromkeys(currencies, 123_456_789),
        "awaited": dict.fromkeys(currencies, 123_456_789),
        "income": dict.fromkeys(currencies, 123_456_789),
        "joined": 999 if long else 0,
        "waiting": 9_999 if long else 0,
        "coming": [[LONG_TITLE, "Wednesday 30 September, 19:00 UTC-3, 12,345 of 12,500 booked"]] * 5 if long else [],
    }


CANCELLED, POSTPONED = Event.Status.CANCELLED, Event.Status.POSTPONED

# By kind: what it is about, and what its notice remembers; short, or long.
SUBJECTS: dict[str, Callable[[bool], Any]] = {
    "booking_confirmed": booking,
    "tickets_again": booking,
    "hold_ending": lambda long: booking(long, status=Booking.Status.PENDING),
    "booking_cancelled": _of_a_cancelled_one,
    "tickets_cancelled": _of_some_cancelled,
    "transfer_due": _of_a_transfer,
    "transfer_part": _of_a_transfer,
    "transfer_ending": _of_a_transfer,
    "payment_failed": _failure,
    "payment_late": lambda long: _of_a_late_one(long, Rescue.Status.ASKED),
    "payment_returned": lambda long: _of_a_late_one(long, Rescue.Status.REFUNDED, Refund.Status.SENT),
    "refunded": _refund_of,
    "payment_trouble": _troubled,
    "event_changed": booking,
    "event_postponed": lambda long: booking(long, of=event(long, status=POSTPONED)),
    "event_cancelled": lambda long: _of_a_cancelled_one(long, event(long, status=CANCELLED)),
    "reminder_day": lambda long: booking(long, of=event(long, in_days=1)),
    "reminder_hours": lambda long: booking(long, of=event(long, in_days=1)),
    "waitlist_joined": place,
    "offer": lambda long: place(long, status=Entry.Status.OFFERED),
    "offer_ending": lambda long: place(long, status=Entry.Status.OFFERED),
    "offer_lapsed": lambda long: place(long, status=Entry.Status.LAPSED),
    "place_ended": lambda long: place(long, status=Entry.Status.REMOVED if long else Entry.Status.ENDED),
    "welcome": lambda long: GRACE if long else ADA,
    "sold_out": event,
    "daily_summary": team,
}
DATA: dict[str, Callable[[bool], dict[str, Any]]] = {
    "booking_cancelled": lambda long: {"how": "staff" if long else "customer"},
    "event_changed": _was,
    "event_postponed": _was,
    "reminder_day": lambda long: {"day": event(long, in_days=1).local_start.date().isoformat()},
    "reminder_hours": lambda long: {"day": event(long, in_days=1).local_start.date().isoformat()},
    "tickets_cancelled": lambda long: {"cancelled": 199 if long else 1, "how": "staff" if long else "customer"},
    "payment_failed": lambda long: {"payment": str(ANY)},
    "refunded": lambda long: {"refund": str(ANY)},
    "payment_trouble": lambda long: {
        "payment": str(ANY),
        "what": "refund" if long else "dispute",
        "amount": 123_456_789,
        "error": "expired or canceled card",
    },
    "daily_summary": _summary,
}
