"""How sample events are written down: dates relative to today, prices as people say them."""

from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.utils.text import slugify

from events.models import Event

WEEKDAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


@dataclass(frozen=True)
class On:
    """A time of day, `days` from today; with a `weekday`, on the first such day from then on."""

    at: str
    days: int = 0
    weekday: str | None = None

    def moment(self, zone: ZoneInfo, now: datetime) -> datetime:
        """The moment it means. What would be today but has begun is moved to the next day of its kind."""
        moment = self._first(zone, now, self.days)
        if self.days == 0 and moment <= now:
            moment = self._first(zone, now, 1)
        return moment

    def _first(self, zone: ZoneInfo, now: datetime, days: int) -> datetime:
        day = now.astimezone(zone).date() + timedelta(days=days)
        if self.weekday:
            day += timedelta(days=(WEEKDAYS.index(self.weekday) - day.weekday()) % 7)
        return datetime.combine(day, time.fromisoformat(self.at), zone)


@dataclass(frozen=True)
class Place:
    """A venue; `country` is its ISO code."""

    name: str
    city: str
    country: str
    latitude: str
    longitude: str
    address: str = ""


@dataclass(frozen=True)
class Admission:
    """A ticket type. Sales open at 10:00 and close at midnight, that many days from today; `sold` seats are
    booked by the crowd."""

    name: str
    price: str = "0"
    description: str = ""
    limit: int | None = None
    opens: int | None = None
    closes: int | None = None
    least: int = 1
    most: int = 10
    sold: int = 0
    hidden: bool = False

    @property
    def amount(self) -> Decimal:
        """In major units."""
        return Decimal(self.price)

    def sales(self, zone: ZoneInfo, now: datetime) -> tuple[datetime | None, datetime | None]:
        """When sales start and end."""
        today = now.astimezone(zone).date()
        start = self.opens is not None and datetime.combine(today + timedelta(self.opens), time(10), zone)
        end = self.closes is not None and datetime.combine(today + timedelta(self.closes + 1), time(0), zone)
        return start or None, end or None


@dataclass(frozen=True)
class Promo:
    """A promo code: so many `percent` off, or none, for so many tickets in all; or it `unlocks` hidden ones."""

    code: str
    percent: str | None = None
    limit: int | None = None
    unlocks: bool = False
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Listing:
    """A sample event. `announced` says how many days ago it was published; `fee` is added to each paid ticket.

    It is paid as `pays` says, else at the door."""

    title: str
    summary: str
    description: str
    category: str
    tags: list[str]
    zone: str
    starts: On
    hours: float
    capacity: int
    admissions: list[Admission]
    place: Place | None = None
    online_url: str = ""
    currency: str = "EUR"
    max_per_person: int | None = None
    cancellation_hours: int = 24
    status: str = Event.Status.PUBLISHED
    announced: int = 30
    picture: str = ""
    fee: str = "0"
    promos: list[Promo] = field(default_factory=list)
    pays: list[str] = field(default_factory=list)
    refunds: list[list[int]] = field(default_factory=list)

    @property
    def slug(self) -> str:
        """What the address of its page is made of, and what other sample data call it by."""
        return slugify(self.title)
