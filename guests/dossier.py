"""One booking as its organiser sees it: its tickets, and all that happened to it. Reads only."""

from dataclasses import dataclass
from datetime import datetime

from accounts.models import Change, What
from bookings.models import Booking
from events.models import Movement
from guests.listing import Row, rows_of
from guests.models import Item
from notifications.kinds import Channel
from notifications.models import Delivery, Notice
from tickets import operations as tickets
from tickets.models import Ticket

Reason = Movement.Reason
ICONS = {
    Reason.HELD: "shopping-basket",
    Reason.BOOKED: "circle-check",
    Reason.CONFIRMED: "circle-check",
    Reason.ACCEPTED: "circle-check",
    Reason.RECLAIMED: "circle-check",
    Reason.CANCELLED: "circle-x",
}


@dataclass(frozen=True)
class Happened:
    """A line of the history: what, when, by whom and why, where that is known."""

    at: datetime
    icon: str
    words: str
    by: str = ""
    note: str = ""


@dataclass(frozen=True)
class Dossier:
    """All there is to know of a guest's booking."""

    row: Row
    tickets: list[Ticket]
    history: list[Happened]

    @property
    def booking(self) -> Booking:
        return self.row.booking

    @property
    def is_confirmed(self) -> bool:
        return self.booking.status == Booking.Status.CONFIRMED

    @property
    def waiting(self) -> int:
        """How many of its tickets still admit somebody."""
        return sum(ticket.status == "valid" for ticket in self.tickets)

    @property
    def may_be_cancelled(self) -> bool:
        """As a whole: not where a ticket was used at the door."""
        used = any(ticket.checked_in_at for ticket in self.tickets)
        return self.booking.status == Booking.Status.PENDING or (self.is_confirmed and not used)


def dossier_of(booking: Booking) -> Dossier:
    """Eight statements. Needs the booking `with_all`."""
    (row,) = rows_of([booking])
    history = [*_moved(booking), *_told(booking), *_done(booking), *_changed(booking)]
    return Dossier(
        row=row,
        tickets=tickets.issued(booking=booking),
        history=sorted(history, key=lambda one: one.at, reverse=True),
    )


def _moved(booking: Booking) -> list[Happened]:
    """What became of its seats, by the ledger of the house."""
    moves = Movement.objects.filter(booking_id=booking.pk, inventory=booking.event.inventory_id)
    found = []
    for one in moves.order_by("at", "id"):
        seats = f"{abs(one.change):,} seat{'' if abs(one.change) == 1 else 's'}" if one.change else ""
        words = f"{one.get_reason_display()}: {seats}" if seats else one.get_reason_display()
        made = one.reason == Reason.BOOKED and booking.source != Booking.Source.ONLINE
        by = str(booking.booked_by) if made and booking.booked_by else ""
        note = " · ".join(filter(None, [booking.get_source_display(), booking.source_note])) if made else ""
        found.append(Happened(one.at, ICONS.get(Reason(one.reason), "ticket"), words, by, note))
    return found


def _told(booking: Booking) -> list[Happened]:
    """What was sent about it, and whether it arrived."""
    found = []
    for notice in Notice.objects.filter(about=booking.pk).prefetch_related("deliveries"):
        mails = [one for one in notice.deliveries.all() if one.channel == Channel.EMAIL]
        found += [
            Happened(mail.sent_at or notice.created_at, "mail", f"Mail: {notice.sort.label}", note=_way(mail))
            for mail in mails
        ]
    return found


def _done(booking: Booking) -> list[Happened]:
    """What was done to it together with others, or alone, from the list."""
    items = Item.objects.filter(booking=booking).exclude(state=Item.State.WAITING).select_related("job__by")
    return [
        Happened(
            item.done_at or item.job.created_at,
            "circle-x" if item.why else "list-checks",
            f"{item.job.get_kind_display()}: {item.get_state_display().lower()}",
            str(item.job.by or ""),
            item.why or item.job.reason,
        )
        for item in items
    ]


def _changed(booking: Booking) -> list[Happened]:
    """Names that were changed on its tickets."""
    changes = Change.objects.filter(event_id=booking.event_id, what=What.HOLDER_CHANGED, subject_id=str(booking.pk))
    return [
        Happened(
            one.at,
            "user-round-pen",
            one.words,
            str(one.by or ""),
            "; ".join(f"{name}: {one.old.get(name, '')} → {new}" for name, new in one.new.items()),
        )
        for one in changes.select_related("by")
    ]


def _way(mail: Delivery) -> str:
    if mail.status == Delivery.Status.FAILED:
        return f"Could not be sent to {mail.address}: {mail.answer[:200]}"
    return f"Sent to {mail.address}" if mail.sent_at else f"{mail.get_status_display()}: {mail.address}"
