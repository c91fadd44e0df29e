"""Which period somebody asks for."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.db.models import Count

from analytics.figures.period import Period
from analytics.figures.reading import counted_days
from analytics.figures.scope import Scope
from events.forms import DayField
from events.models import Event
from events.operations.inputs import zone_names

LONGEST = 366 * 10  # days
RANGES = [
    ("7", "7 days"),
    ("30", "30 days"),
    ("90", "90 days"),
    ("all", "Since it began"),
    ("custom", "From – to"),
]


class PeriodForm(forms.Form):
    """A range by its name, or from a day to a day, the last one included; `zone` says whose midnights. An event's
    figures are in the event's zone, and begin with its sales unless something else is asked for."""

    range = forms.ChoiceField(
        label="Period",
        required=False,
        choices=RANGES,
        error_messages={"invalid_choice": "One of: 7, 30, 90, all, custom."},
    )
    since = DayField(label="From")
    until = DayField(label="To")
    zone = forms.CharField(label="Time zone", required=False, max_length=60)

    def __init__(self, *args, scope: Scope, now: datetime, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.scope, self.now = scope, now
        self.days: tuple[date, date] | None = None
        if scope.event:
            del self.fields["zone"]

    def clean_zone(self) -> str:
        zone = self.cleaned_data["zone"]
        if zone and zone not in zone_names():
            raise forms.ValidationError("A time zone by its name, such as Europe/Lisbon.")
        return zone

    def clean(self) -> dict:
        cleaned = self.cleaned_data
        since, until = cleaned.get("since"), cleaned.get("until")
        if since and until and until < since:
            self.add_error("until", "The last day comes after the first.")
        elif since and until and (until - since).days >= LONGEST:
            self.add_error("until", "Ten years at most.")
        if cleaned.get("range") == "custom" and not (since and until) and not self.errors:
            self.add_error("since" if not since else "until", "From which day to which?")
        return cleaned

    def row(self, period: Period) -> list[forms.BoundField]:
        """The fields that stand side by side. Where nothing else was asked for, they say what is shown."""
        shown = {"since": f"{period.first}", "until": f"{period.last}", "zone": period.zone.key}
        if not self.errors:
            self.data = {**self.data, **shown}
        return [self[name] for name in shown if name in self.fields]

    @property
    def chosen(self) -> str:
        """The range by its name."""
        if self.errors:
            return self.data.get("range", "")
        if self.cleaned_data["since"] and self.cleaned_data["until"]:
            return "custom"
        return self.cleaned_data["range"] or ("all" if self.scope.event else "30")

    @property
    def compares(self) -> bool:
        """Whether there is a period before it."""
        return self.chosen != "all"

    def period(self) -> Period:
        """What is asked for; where that makes no sense, what would be shown without asking. Two statements at most."""
        zone = self._zone()
        self.days = counted_days(self.scope, zone)
        today = self.now.astimezone(zone).date()
        if self.errors:
            return Period(today - timedelta(days=29), today, zone)
        if self.chosen == "custom":
            return Period(self.cleaned_data["since"], self.cleaned_data["until"], zone)
        if self.chosen == "all":
            return self._all(today, zone)
        return Period(today - timedelta(days=int(self.chosen) - 1), today, zone)

    def _all(self, today: date, zone: ZoneInfo) -> Period:
        """From the first figure until today; of an event that is over, until it was, or the last figure."""
        first, last = self.days or (today, today)
        event = self.scope.event
        over = event is not None and event.is_over(self.now)
        end = max(last, event.local_end.date()) if event and over else today
        return Period(max(min(first, end), end - timedelta(days=LONGEST - 1)), end, zone)

    def _zone(self) -> ZoneInfo:
        if self.scope.event:
            return self.scope.event.zone
        asked = self.cleaned_data.get("zone") if not self.errors else ""
        return ZoneInfo(asked or usual_zone(self.scope))


def usual_zone(scope: Scope) -> str:
    """The zone in which most of a team's events are; the site's own for all events. One statement for a team."""
    if scope.team is None:
        return settings.TIME_ZONE
    zones = Event.objects.filter(organizer=scope.team).real().values_list("timezone")
    most = zones.annotate(count=Count("pk")).order_by("-count", "timezone").first()
    return most[0] if most else settings.TIME_ZONE
