"""Forms of the events app: what is asked, made clean."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from django import forms
from django.core.validators import RegexValidator

from events.models import Category
from events.search import DEFAULT_WITHIN, MAX_WITHIN, Filters

TONIGHT = (time(17), time(4))  # from five in the afternoon until four the next morning
FRIDAY = 4  # the weekend: from Friday night to Sunday night, both whole, so that they lie within it
MAX_PRICE = Decimal(1_000_000)
FIRST_DATE, LAST_DATE = date(2000, 1, 1), date(2100, 12, 31)
Moment = datetime | None
POINT = RegexValidator(
    r"^-?[0-9]{1,3}(\.[0-9]{1,9})?,-?[0-9]{1,3}(\.[0-9]{1,9})?\Z", "A latitude and a longitude such as 38.72,-9.14."
)


def no_nul(text: str) -> None:
    """Refuse the one character that PostgreSQL cannot store."""
    if "\x00" in text:
        raise forms.ValidationError("Please leave out control characters.")


class DayField(forms.DateField):
    """A date within the years that events are in."""

    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")

    def __init__(self, **options) -> None:
        wrong = {"invalid": "A day, such as 2026-06-13."}
        super().__init__(input_formats=["%Y-%m-%d"], required=False, error_messages=wrong, **options)

    def clean(self, value):
        day = super().clean(value)
        if day and not FIRST_DATE <= day <= LAST_DATE:
            raise forms.ValidationError(f"A day from {FIRST_DATE.year} to {LAST_DATE.year}.")
        return day


class DiscoverForm(forms.Form):
    """What the discover page's address asks for. Its words for time ("tonight") are meant in `zone`:
    the visitor's own where the browser has told it, else the site's."""

    WHEN = [
        ("", "Any time"),
        ("today", "Today"),
        ("tonight", "Tonight"),
        ("weekend", "This weekend"),
        ("week", "Next 7 days"),
    ]
    PRICE = [("", "Any price"), ("free", "Free"), ("paid", "Paid")]
    PLACE = [("", "Anywhere"), ("venue", "In person"), ("online", "Online")]
    SORT = [
        ("", "Suggested"),
        ("date", "Soonest"),
        ("newest", "Newest"),
        ("price", "Cheapest"),
        ("distance", "Nearest"),
    ]

    # What stands behind "More filters".
    REFINEMENTS = ("category", "tag", "city", "since", "until", "max", "place", "near", "within", "sort")

    q = forms.CharField(label="Search", required=False, max_length=100, validators=[no_nul])
    category = forms.MultipleChoiceField(label="Category", required=False, choices=Category)
    tag = forms.CharField(label="Tag", required=False, max_length=40, validators=[no_nul])
    city = forms.CharField(label="City", required=False, max_length=120, validators=[no_nul])
    when = forms.ChoiceField(label="When", required=False, choices=WHEN)
    since = DayField(label="From")
    until = DayField(label="To")
    price = forms.ChoiceField(label="Price", required=False, choices=PRICE)
    max = forms.DecimalField(
        label="Price up to",
        required=False,
        min_value=0,
        max_value=MAX_PRICE,
        max_digits=10,
        decimal_places=3,
        error_messages={"invalid": "A number, such as 25.", "min_value": "A number, 0 or more."},
    )
    place = forms.ChoiceField(label="Where", required=False, choices=PLACE)
    available = forms.BooleanField(label="Tickets left", required=False)
    near = forms.CharField(label="Near", required=False, max_length=40, validators=[POINT], widget=forms.HiddenInput)
    within = forms.FloatField(label="Within (km)", required=False, min_value=1, max_value=MAX_WITHIN)
    sort = forms.ChoiceField(label="Sort by", required=False, choices=SORT)

    def __init__(self, *args, zone: ZoneInfo, now: datetime, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.zone, self.now = zone, now

    @property
    def chips(self) -> dict[str, list[tuple[str, str, str]]]:
        """The choices that stand as chips, as <c-chips> takes them."""
        return {
            "when": [(value, label, "") for value, label in self.WHEN],
            "price": [(value, label, "") for value, label in self.PRICE],
        }

    @property
    def row(self) -> list[forms.BoundField]:
        """The fields that stand side by side behind "More filters"."""
        return [self[name] for name in ("since", "until", "city", "place", "max", "tag", "sort")]

    def clean_near(self) -> tuple[float, float] | None:
        text = self.cleaned_data["near"]
        if not text:
            return None
        latitude, longitude = map(float, text.split(","))
        if abs(latitude) > 90 or abs(longitude) > 180:
            raise forms.ValidationError("Latitudes go from -90 to 90, longitudes from -180 to 180.")
        return latitude, longitude

    def clean(self) -> dict:
        cleaned = self.cleaned_data
        since, until = cleaned.get("since"), cleaned.get("until")
        if since and until and until < since:
            self.add_error("until", "The last day comes after the first.")
        if cleaned.get("sort") == "distance" and not cleaned.get("near") and "near" not in self.errors:
            self.add_error("sort", "To sort by distance, say near which place.")
        return cleaned

    def filters(self) -> Filters:
        """What is asked, as far as it makes sense: a field with an error narrows nothing."""
        asked = {name: None if name in self.errors else self.cleaned_data.get(name) for name in self.fields}
        after, before = self._span(asked["when"], asked["since"], asked["until"])
        nearest_without_place = asked["sort"] == "distance" and not asked["near"]
        return Filters(
            search=asked["q"] or "",
            categories=tuple(asked["category"] or ()),
            tags=(asked["tag"],) if asked["tag"] else (),
            city=asked["city"] or "",
            near=asked["near"],
            within=asked["within"] or DEFAULT_WITHIN,
            starts_after=after,
            starts_before=before,
            price_min=Decimal("0.001") if asked["price"] == "paid" else None,
            price_max=asked["max"],
            free=asked["price"] == "free",
            available=bool(asked["available"]),
            online={"online": True, "venue": False}.get(asked["place"] or ""),
            ordering="" if nearest_without_place else asked["sort"] or "",
        )

    def _span(self, when: str | None, since: date | None, until: date | None) -> tuple[Moment, Moment]:
        """From when until when an event may start, as moments in UTC: within the words and the dates."""
        today, day = self.now.astimezone(self.zone).date(), timedelta(days=1)
        friday = today + day * (FRIDAY - today.weekday())
        spans = {
            "today": (self._at(today), self._at(today + day)),
            "tonight": (self._at(today, TONIGHT[0]), self._at(today + day, TONIGHT[1])),
            "weekend": (self._at(friday, TONIGHT[0]), self._at(friday + 3 * day, TONIGHT[1])),
            "week": (self._at(today), self._at(today + 7 * day)),
        }
        after, before = spans.get(when or "", (None, None))
        first, last = self._at(since) if since else None, self._at(until + day) if until else None
        return max(filter(None, (after, first)), default=None), min(filter(None, (before, last)), default=None)

    def _at(self, day: date, hour: time = time(0)) -> datetime:
        """A local time as a moment: days may have 23 or 25 hours."""
        return datetime.combine(day, hour, tzinfo=self.zone).astimezone(UTC)
