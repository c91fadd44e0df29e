"""An event's guests, a row for each booking: by state, by what is searched for, in some order. Reads only."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

from django.db.models import CharField, Count, Exists, Expression, F, OuterRef, Prefetch, Q, QuerySet
from django.db.models.functions import Left, Lower

from bookings.contact import contact
from bookings.models import Booking, BookingLine
from core.ids import read_code
from core.paging import page_of
from events.models import Event, TicketType
from tickets import operations as tickets
from tickets.models import CODE_LENGTH, Ticket

PAGE_SIZE = 50
MOST_WORDS = 6
SORTED_BY = 24  # characters of a name: a cursor holds them
Status = Booking.Status
FEW = 2000  # bookings that a search finds: they are looked up once, and then by themselves
_IN = Ticket.objects.checked_in().filter(booking=OuterRef("pk"))
TONES = {Status.CONFIRMED: "ok", Status.PENDING: "info", Status.CANCELLED: "bad", Status.REFUNDED: "bad"}


class Shelf(StrEnum):
    """The state of a booking. One may stand on several."""

    ALL = "all"
    CONFIRMED = "confirmed"
    BASKET = "basket"
    DOOR = "door"
    IN = "in"
    CANCELLED = "cancelled"

    @property
    def label(self) -> str:
        return {
            Shelf.ALL: "All",
            Shelf.CONFIRMED: "Confirmed",
            Shelf.BASKET: "In basket",
            Shelf.DOOR: "To pay at the door",
            Shelf.IN: "Checked in",
            Shelf.CANCELLED: "Cancelled",
        }[self]

    @property
    def rule(self) -> Q:
        """Which bookings stand there."""
        return {
            Shelf.ALL: lambda: Q(),
            Shelf.CONFIRMED: lambda: Q(status=Status.CONFIRMED),
            Shelf.BASKET: lambda: Q(status=Status.PENDING),
            Shelf.DOOR: lambda: Q(status=Status.CONFIRMED, paid_by=Booking.PaidBy.DOOR),
            Shelf.IN: lambda: Q(Exists(_IN), status=Status.CONFIRMED),
            Shelf.CANCELLED: lambda: Q(status__in=[Status.CANCELLED, Status.REFUNDED]),
        }[self]()


class Sort(StrEnum):
    """The order of the list."""

    NEWEST = "newest"
    OLDEST = "oldest"
    NAME = "name"
    DEAREST = "total"

    @property
    def key(self) -> tuple[Expression | F, str]:
        """What it goes by, and the minus sign where the largest comes first."""
        keys: dict[Sort, tuple[Expression | F, str]] = {
            Sort.NEWEST: (F("created_at"), "-"),
            Sort.OLDEST: (F("created_at"), ""),
            Sort.NAME: (Left(Lower("who"), SORTED_BY, output_field=CharField(max_length=SORTED_BY)), ""),
            Sort.DEAREST: (F("total"), "-"),
        }
        return keys[self]


@dataclass(frozen=True)
class Asked:
    """Which guests: those of one shelf that a search finds and that have a ticket of one type."""

    shelf: Shelf = Shelf.ALL
    search: str = ""
    ticket_type: UUID | None = None
    sort: Sort = Sort.NEWEST


@dataclass
class Row:
    """A booking in the list, with its lines; `here` of its tickets have been checked in."""

    booking: Booking
    here: int = 0

    @property
    def who(self) -> str:
        """The name on the booking; only where there is none, that of the account."""
        return self.booking.name or self.booking.customer.name or self.email or "No name yet"

    @property
    def email(self) -> str:
        """Where mail about the booking goes; empty for guests without an address."""
        return self.booking.contact_email

    @property
    def tickets(self) -> str:
        """'2 × Stalls, 1 × Balcony'."""
        lines = [f"{line.quantity:,}\u00a0×\u00a0{line.ticket_type.name}" for line in self.booking.lines.all()]
        return ", ".join(lines) or f"{self.booking.quantity:,}\u00a0×\u00a0ticket"

    @property
    def badge(self) -> tuple[str, str]:
        """Tone and word of its state."""
        if self.here and self.here >= self.booking.quantity:
            return "brand", "Checked in"
        if self.booking.status == Status.CONFIRMED and self.booking.paid_by == Booking.PaidBy.DOOR:
            return "warn", "To pay at the door"
        return TONES.get(Status(self.booking.status), ""), self.booking.get_status_display()

    @property
    def source(self) -> str:
        """How it came about, where not online."""
        return "" if self.booking.source == Booking.Source.ONLINE else self.booking.get_source_display()


@dataclass(frozen=True)
class Guests:
    """A page of the list, and how many stand on each shelf."""

    rows: list[Row] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    next_cursor: str | None = None
    previous_cursor: str | None = None


def guests_of(event: Event, asked: Asked, cursor: str | None = None) -> Guests:
    """A page of the event's guests: six statements, and one more for a search. Raises Invalid for a cursor that is
    none."""
    matching = _matching(event, asked)
    if asked.search:
        matching = _narrowed(matching)
    page = page_of(_shown(in_order(matching.filter(asked.shelf.rule), asked.sort)), cursor, PAGE_SIZE)
    return Guests(rows_of(page.results), shelf_counts(matching), page.next_cursor, page.previous_cursor)


def found(event: Event, asked: Asked) -> QuerySet[Booking]:
    """The bookings that are asked for, in no order. A ticket's code, scanned or typed, finds its booking alone."""
    return _matching(event, asked).filter(asked.shelf.rule)


def shelf_counts(bookings: QuerySet[Booking]) -> dict[str, int]:
    """How many of them stand on each shelf: two statements. Who is in is counted from tickets, which is half the work
    of looking for tickets of each booking."""
    others = {one.value: Count("pk", filter=one.rule) for one in Shelf if one not in (Shelf.ALL, Shelf.IN)}
    confirmed = bookings.filter(Shelf.CONFIRMED.rule).values("pk")
    arrived = Ticket.objects.checked_in().filter(booking__in=confirmed)
    return {
        **bookings.aggregate(all=Count("pk"), **others),
        **arrived.aggregate(**{Shelf.IN.value: Count("booking", distinct=True)}),
    }


def rows_of(bookings: Iterable[Booking]) -> list[Row]:
    """Bookings as rows: one statement, for who is here."""
    rows = {booking.pk: Row(booking) for booking in bookings}
    here = Ticket.objects.filter(booking__in=list(rows), checked_in_at__isnull=False)
    for booking_id, count in here.values_list("booking").annotate(count=Count("pk")):
        rows[booking_id].here = count
    return list(rows.values())


def words_of(asked: Asked, event: Event) -> str:
    """Which guests these are, for people: 'Confirmed, Stalls, found by a search'.

    These words are kept, and what was searched for is a name or an address: it would outlive that person's account.
    """
    of_type = [one.name for one in types_of(event) if one.pk == asked.ticket_type] if asked.ticket_type else []
    searched = ["found by a search"] if asked.search else []
    return ", ".join([asked.shelf.label, *of_type, *searched])


def types_of(event: Event) -> list[TicketType]:
    """The ticket types to choose from; those that are no longer sold come last."""
    return list(event.ticket_types.order_by(F("retired_at").asc(nulls_first=True), "position", "id"))


def in_order(bookings: QuerySet[Booking], sort: Sort) -> QuerySet[Booking]:
    """The same bookings, in the order of the list."""
    key, sign = sort.key
    ordered = bookings.annotate(who=contact("name")) if sort == Sort.NAME else bookings
    return ordered.annotate(rank=key).order_by(f"{sign}rank", f"{sign}id")


def _shown(bookings: QuerySet[Booking]) -> QuerySet[Booking]:
    """Customers are fetched for the page alone: no order but that by name needs those of all guests."""
    lines = BookingLine.objects.filter(quantity__gt=0).select_related("ticket_type").order_by("id")
    return bookings.prefetch_related("customer", Prefetch("lines", queryset=lines))


def _matching(event: Event, asked: Asked) -> QuerySet[Booking]:
    bookings = Booking.objects.filter(event=event).of_guests()
    if asked.ticket_type:
        of_type = BookingLine.objects.filter(booking=OuterRef("pk"), ticket_type=asked.ticket_type, quantity__gt=0)
        bookings = bookings.filter(Exists(of_type))
    if not asked.search:
        return bookings
    code = read_code(asked.search)
    if len(code) >= CODE_LENGTH and (ticket := tickets.verify(text=asked.search)):
        return bookings.filter(pk=ticket.booking_id)
    return bookings.annotate(who=contact("name"), address=contact("email")).filter(_searched(asked.search, code))


def _searched(search: str, code: str) -> Q:
    """Every word in the name or the address, or the beginning of a reference."""
    words = Q()
    for word in search.split()[:MOST_WORDS]:
        words &= Q(who__icontains=word) | Q(address__icontains=word)
    return words | Q(reference__startswith=code) if code.isascii() and code.isalnum() else words


def _narrowed(bookings: QuerySet[Booking]) -> QuerySet[Booking]:
    """The same ones by their ids, where they are few: names are gone through once, not for each thing shown."""
    ids = list(bookings.values_list("pk", flat=True)[: FEW + 1])
    return Booking.objects.filter(pk__in=ids) if len(ids) <= FEW else bookings
