"""What people want to hear, as their page says it."""

from collections.abc import Sequence
from datetime import time
from typing import Any

from django import forms

from events.editor.choices import zones
from notifications.kinds import Channel, Kind
from notifications.models import QuietHours
from notifications.operations.preferences import Quiet
from notifications.presentation import box

EVENING, MORNING = time(22), time(7)  # what is suggested
CLOCK = ["%H:%M", "%H:%M:%S"]
SAY_WHEN = "Say when, or leave out the quiet hours."


def _clock(label: str) -> forms.TimeField:
    widget = forms.TimeInput(format="%H:%M", attrs={"type": "time"})
    wrong = {"invalid": "A time of the day, such as 22:00.", "required": SAY_WHEN}
    return forms.TimeField(label=label, input_formats=CLOCK, widget=widget, error_messages=wrong)


class _Names(forms.MultipleChoiceField):
    """Names of kinds or boxes: those that mean nothing (any more) are passed over."""

    def valid_value(self, value: str) -> bool:
        return True


class PreferencesForm(forms.Form):
    """`shown` are the kinds whose boxes the page had: a kind that is not among them stays as it is."""

    shown = _Names(required=False)
    on = _Names(required=False)
    quiet = forms.BooleanField(required=False, label="Keep my devices silent for some hours of the day")
    begin = _clock("From")
    until = _clock("Until")
    zone = forms.ChoiceField(label="Time zone", error_messages={"required": SAY_WHEN})

    def __init__(self, data: Any, *, kinds: Sequence[Kind], hours: QuietHours | None, zone: str) -> None:
        initial = {"begin": EVENING, "until": MORNING, "zone": zone}
        if hours:
            initial = {"quiet": True, "begin": hours.begin, "until": hours.until, "zone": hours.zone}
        super().__init__(data, initial=initial)
        self.kinds = kinds
        listed = {name for _, names in zones() for name, _ in names}
        if data is not None and not data.get("quiet"):
            for name in ("begin", "until", "zone"):
                self.fields[name].required = False
        also = [] if initial["zone"] in listed else [(initial["zone"], initial["zone"] or "Choose a zone")]
        self.fields["zone"].choices = [*also, *zones()]  # type: ignore[attr-defined]

    @property
    def wanted(self) -> dict[tuple[str, str], bool]:
        """Each box that the page had, ticked or not."""
        shown, on = set(self.cleaned_data["shown"]), set(self.cleaned_data["on"])
        return {
            (kind.name, channel): box(kind, channel) in on
            for kind in self.kinds
            if kind.name in shown
            for channel in kind.channels
            if channel not in kind.always
        }

    @property
    def hours(self) -> Quiet | None:
        said = self.cleaned_data
        return Quiet(said["begin"], said["until"], said["zone"]) if said["quiet"] else None

    def ticks(self, kind: Kind, channel: Channel) -> bool:
        """Whether a box was ticked in what was sent."""
        return box(kind, channel) in self["on"].data
