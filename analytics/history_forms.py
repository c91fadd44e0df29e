"""Which part of a history somebody asks for."""

import re
from datetime import UTC, datetime
from uuid import UUID

from django import forms

from accounts.models import Team
from analytics.history import GROUPS, Asked, Place, actors
from events.models import Event

MOST_EVENTS = 200  # that a filter offers, the latest
GONE = "This page is gone. Begin again with the latest."
_KEY = re.compile(r"[0-9a-f-]{1,36}")


class HistoryForm(forms.Form):
    """Filters of a history, and the place at which a page begins."""

    by = forms.ChoiceField(label="Who", required=False, error_messages={"invalid_choice": "Nobody of this team."})
    what = forms.ChoiceField(
        label="What",
        required=False,
        choices=[("", "Everything"), *((value, label) for value, (label, _) in GROUPS.items())],
        error_messages={"invalid_choice": f"One of: {', '.join(GROUPS)}."},
    )
    event = forms.ChoiceField(
        label="Event", required=False, error_messages={"invalid_choice": "This team has no such event (any more)."}
    )
    before = forms.CharField(required=False, max_length=100, widget=forms.HiddenInput)

    def __init__(self, *args, team: Team, event: Event | None = None, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.team, self.one_event = team, event
        people = [(str(pk), name) for pk, name in actors(team)]
        self.fields["by"].choices = [("", "Everybody"), *people]  # type: ignore[attr-defined]
        if event is not None:
            del self.fields["event"]
            return
        found = team.events.filter(rehearsal=False).order_by("-starts_at").values_list("slug", "title")[:MOST_EVENTS]
        self.fields["event"].choices = [("", "All"), *found]  # type: ignore[attr-defined]

    @property
    def row(self) -> list[forms.BoundField]:
        """The fields that stand side by side."""
        return [self[name] for name in ("by", "what", "event") if name in self.fields]

    @property
    def narrowed(self) -> bool:
        """Whether it asks for less than everything."""
        return any(self.cleaned_data.get(name) for name in ("by", "what", "event"))

    def clean_before(self) -> Place | None:
        return read_place(self.cleaned_data["before"]) if self.cleaned_data["before"] else None

    def asked(self, now: datetime) -> Asked:
        """What it asks for, as far as it happened until `now`. One statement where an event is named."""
        data = self.cleaned_data
        event = self.one_event
        if data.get("event"):
            event = self.team.events.get(slug=data["event"])
        by = UUID(data["by"]) if data["by"] else None
        return Asked(self.team.pk, event, by, data["what"], data["before"], now)


def write_place(place: Place | None) -> str:
    """A place for an address."""
    return f"{place[0].isoformat()}~{place[1]}" if place else ""


def read_place(text: str) -> Place:
    """What `write_place` wrote. Raises ValidationError for anything else."""
    when, _, key = text.partition("~")
    try:
        at = datetime.fromisoformat(when)
    except ValueError:
        raise forms.ValidationError(GONE) from None
    if at.tzinfo is None or not 1970 < at.year < 9000 or not _KEY.fullmatch(key):
        raise forms.ValidationError(GONE)
    return at.astimezone(UTC), key
