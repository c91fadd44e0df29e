"""Which part of a ledger somebody asks for."""

from datetime import datetime, time, timedelta

from django import forms

from analytics.ledger import Asked, Reason
from analytics.standing import Standing
from events.forms import DayField
from events.models import Event

KINDS: dict[str, tuple[str, tuple[str, ...]]] = {
    "": ("Everything", ()),
    "bookings": ("Bookings", (Reason.BOOKED, Reason.CONFIRMED, Reason.ACCEPTED, Reason.RECLAIMED, Reason.CANCELLED)),
    "cancelled": ("Cancellations", (Reason.CANCELLED,)),
    "baskets": ("Baskets", (Reason.HELD, Reason.CONFIRMED, Reason.EXPIRED, Reason.ABANDONED)),
    "waitlist": (
        "The waitlist",
        (Reason.OFFERED, Reason.ACCEPTED, Reason.PASSED, Reason.LAPSED, Reason.WITHDRAWN),
    ),
    "capacity": ("Changes of capacity", (Reason.CAPACITY,)),
}


class LedgerForm(forms.Form):
    """Filters of a ledger. Days are meant in the event's zone, the last one included."""

    limit = forms.ChoiceField(
        label="Seats of", required=False, error_messages={"invalid_choice": "This event has no such limit (any more)."}
    )
    kind = forms.ChoiceField(
        label="What",
        required=False,
        choices=[(value, label) for value, (label, _) in KINDS.items()],
        error_messages={"invalid_choice": "One of: bookings, cancelled, baskets, waitlist, capacity."},
    )
    since = DayField(label="From")
    until = DayField(label="To")
    each = forms.BooleanField(label="Every movement in a line of its own", required=False)
    wrong = {"invalid": "This page is gone. Begin again with the latest."}
    before = forms.UUIDField(required=False, widget=forms.HiddenInput, error_messages=wrong)
    after = forms.UUIDField(required=False, widget=forms.HiddenInput, error_messages=wrong)

    def __init__(self, *args, event: Event, standings: list[Standing], **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.event, self.standings = event, standings
        self.fields["limit"].choices = [(one.value, one.name) for one in standings]  # type: ignore[attr-defined]

    @property
    def row(self) -> list[forms.BoundField]:
        """The fields that stand side by side."""
        return [
            self[name] for name in ("limit", "kind", "since", "until") if name != "limit" or len(self.standings) > 1
        ]

    @property
    def narrowed(self) -> bool:
        """Whether it asks for less than everything."""
        return any(self.cleaned_data.get(name) for name in ("kind", "since", "until"))

    def clean(self) -> dict:
        cleaned = self.cleaned_data
        since, until = cleaned.get("since"), cleaned.get("until")
        if since and until and until < since:
            self.add_error("until", "The last day comes after the first.")
        return cleaned

    @property
    def standing(self) -> Standing:
        """The limit asked for."""
        return next(one for one in self.standings if one.value == self.cleaned_data["limit"])

    @property
    def asked(self) -> Asked:
        data = self.cleaned_data
        until = data["until"] and data["until"] + timedelta(days=1)
        return Asked(
            self.standing.limit.pk,
            KINDS[data["kind"]][1],
            data["since"] and self._midnight(data["since"]),
            until and self._midnight(until),
            data["each"],
            None if data["after"] else data["before"],
            data["after"],
        )

    def _midnight(self, day) -> datetime:
        return datetime.combine(day, time(0), tzinfo=self.event.zone)
