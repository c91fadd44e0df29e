"""What a door is told, in words: on its page and by the API."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from accounts.models import User
from core import money
from core.moments import in_words, span_in_words, zone_name
from events.models import Event
from tickets.models import Scan, Ticket
from tickets.operations import Admission

Result = Scan.Result
EARLY = timedelta(hours=12)  # before the start, somebody may have come on the wrong day
TONES = {  # a tone and an icon; the words are never left out
    Result.WELCOME: ("ok", "circle-check-big"),
    Result.ALREADY_IN: ("warn", "history"),
    Result.WRONG_EVENT: ("bad", "calendar-x"),
    Result.CANCELLED: ("bad", "ticket-x"),
    Result.NOT_VALID: ("bad", "circle-x"),
    Result.UNDONE: ("warn", "undo-2"),
}


@dataclass(frozen=True)
class Verdict:
    """An admission in words, at a moment."""

    admission: Admission
    now: datetime

    @cached_property
    def result(self) -> Result:
        """As it was decided; but a welcome that was taken back since is none any more."""
        told = self.admission
        taken_back = told.again and told.result == Result.WELCOME and not (told.ticket and told.ticket.checked_in_at)
        return Result.UNDONE if taken_back else told.result

    @property
    def title(self) -> str:
        return str(self.result.label)

    @property
    def tone(self) -> str:
        return TONES[self.result][0]

    @property
    def icon(self) -> str:
        return TONES[self.result][1]

    @property
    def guest(self) -> Ticket | None:
        """The ticket, if it is for this event: nobody is told at this door who holds another one."""
        return None if self.result == Result.WRONG_EVENT else self.admission.ticket

    @property
    def sentence(self) -> str:
        """What to do, or why not."""
        ticket = self.admission.ticket
        if ticket is None:
            return "This is no ticket of ours. Look for the guest by name."
        return {
            Result.WELCOME: lambda: f"Let {ticket.holder_name} in.",
            Result.ALREADY_IN: lambda: already_in(ticket),
            Result.WRONG_EVENT: lambda: _for_another(ticket.booking.event),
            Result.CANCELLED: lambda: _cancelled(ticket),
            Result.NOT_VALID: lambda: "This event is postponed and has no new dates yet.",
            Result.UNDONE: lambda: "This check-in was taken back since. Scan the ticket again.",
        }[self.result]()

    @property
    def notes(self) -> list[str]:
        """What else somebody at the door should know of a guest who comes in."""
        ticket = self.guest
        if ticket is None or self.result != Result.WELCOME:
            return []
        return [*self._party(), *_dates(ticket.booking.event, self.now)]

    @property
    def to_pay(self) -> int:
        """Minor units that are to be paid here and now."""
        ticket = self.guest
        return ticket.price if ticket and self.result == Result.WELCOME and ticket.is_to_pay else 0

    @property
    def to_pay_label(self) -> str:
        ticket = self.guest
        return money.words(self.to_pay, ticket.booking.currency) if ticket and self.to_pay else ""

    def _party(self) -> list[str]:
        told = self.admission
        return [f"{told.arrived} of {told.party} of this booking are in."] if told.party > 1 else []


def already_in(ticket: Ticket) -> str:
    """'Came in at 19:42 WET, gate North, checked in by Rui.' Needs what `for_door` fetches."""
    at = ticket.local_checked_in
    if at is None:  # taken back in this very moment
        return "Scan the ticket again."
    where = f", gate {ticket.gate}" if ticket.gate else ""
    when = f"{at:%H:%M} {zone_name(at)} on {at.day} {at:%B}"
    return f"Came in at {when}{where}, checked in by {colleague(ticket.checked_in_by)}."


def colleague(user: User | None) -> str:
    """How somebody of the team is called at the door."""
    return user.name if user and user.name else "a colleague"


def _for_another(event: Event) -> str:
    if event.status == Event.Status.DRAFT:
        return "It is for another event."
    return f"It is for “{event.title}”, {span_in_words(event.local_start, event.local_end)}."


def _cancelled(ticket: Ticket) -> str:
    if ticket.booking.event.status == Event.Status.CANCELLED:
        return "This event does not take place."
    if ticket.number in ticket.line.cancelled_numbers:
        return "This ticket was cancelled. Others of its booking may be good."
    return "Its booking was cancelled."


def _dates(event: Event, now: datetime) -> list[str]:
    if now < event.starts_at - EARLY:
        return [f"This event begins on {in_words(event.local_start)}."]
    if now > event.ends_at + EARLY:
        return [f"This event ended on {in_words(event.local_end)}."]
    return []


@dataclass(frozen=True)
class ScanRow:
    """A scan in the door's list. `stands`: it let somebody in, and was not taken back."""

    scan: Scan
    at: datetime
    who: str
    stands: bool

    @property
    def tone(self) -> str:
        return TONES[Result(self.scan.result)][0]

    @property
    def icon(self) -> str:
        return TONES[Result(self.scan.result)][1]


def shown(scan: Scan, event: Event) -> ScanRow:
    """A scan as its event's door may see it. Needs what `Scan.objects.with_all` fetches."""
    ticket = scan.ticket if scan.result != Result.WRONG_EVENT else None
    who = ticket.holder_name if ticket else "A ticket for another event" if scan.ticket else scan.said
    stands = scan.result == Result.WELCOME and ticket is not None and ticket.checked_in_at == scan.at
    return ScanRow(scan, scan.at.astimezone(event.zone), who, stands)
