"""Wall-clock times, as people write them, and the moments they stand for in a zone."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms

FIRST_YEAR, LAST_YEAR = 2000, 2100


class WallTimeInput(forms.DateTimeInput):
    """The browser's own picker for a date and a time."""

    input_type = "datetime-local"

    def __init__(self) -> None:
        super().__init__(attrs={"autocomplete": "off"}, format="%Y-%m-%dT%H:%M")


class WallTimeField(forms.Field):
    """A date and time without a zone, as `datetime-local` inputs send it."""

    widget = WallTimeInput
    default_error_messages = {
        "required": "Choose a date and a time.",
        "invalid": "A date and a time such as 2026-06-13 20:00, without a zone.",
        "year": f"From the year {FIRST_YEAR} to {LAST_YEAR}.",
    }

    def to_python(self, value: Any) -> datetime | None:
        if value in self.empty_values:
            return None
        try:
            found = datetime.fromisoformat(str(value).strip())
        except ValueError as error:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid") from error
        if found.tzinfo is not None:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        if not FIRST_YEAR <= found.year <= LAST_YEAR:
            raise forms.ValidationError(self.error_messages["year"], code="year")
        return found

    def prepare_value(self, value: Any) -> Any:
        """Seconds are shown only where there are some."""
        if isinstance(value, datetime):
            return value.replace(tzinfo=None).isoformat(timespec="seconds" if value.second else "minutes")
        return value

    def has_changed(self, initial: Any, data: Any) -> bool:
        return (self.prepare_value(initial) or "") != (data or "")


def moment_at(wall: datetime, zone: ZoneInfo) -> datetime:
    """The moment, in UTC, at which clocks in the zone show this; the first of two when they show it twice.

    ValueError, with a sentence, when they never do.
    """
    moment = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if moment.astimezone(zone).replace(tzinfo=None) != wall:
        raise ValueError(
            f"Clocks in {zone.key} skip {wall:%H:%M} on {wall:%d %B %Y}, when summer time begins. "
            "Choose an earlier or a later time."
        )
    return moment
