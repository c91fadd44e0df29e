"""What people enter to book: how many of which tickets, and who they are for."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError

from accounts.forms import WRONG_EMAIL
from bookings.operations import Request
from core.text import one_line
from events.models import Event
from events.presentation import quantity_field

PREFIX = "quantity_"  # as events.presentation.quantity_field names them
MOST = 1000
NUMBER_ERRORS = {
    "invalid": "A whole number.",
    "min_value": "A whole number, 0 or more.",
    "max_value": f"At most {MOST} in one booking.",
}


class SelectionForm(forms.Form):
    """How many of each ticket type of one event: a field `quantity_<id>` for each, empty for none.

    `key` makes a repeated submission the same booking. Needs the event fetched `with_all`.
    """

    key = forms.CharField(
        max_length=64,
        required=False,
        error_messages={"max_length": "This page's key is damaged. Please choose again."},
    )

    code = forms.CharField(
        max_length=40, required=False, error_messages={"max_length": "There is no such promo code for this event."}
    )

    def __init__(self, data: Mapping[str, Any], *, event: Event) -> None:
        super().__init__(data)
        self.event = event
        for ticket_type in event.types_on_card:
            self.fields[quantity_field(ticket_type.pk)] = forms.IntegerField(
                label=ticket_type.name, min_value=0, max_value=MOST, required=False, error_messages=NUMBER_ERRORS
            )

    def clean(self) -> dict[str, Any]:
        """Refuse quantities of anything that this event does not sell, and an empty selection."""
        cleaned = super().clean() or {}
        for name in self.data:
            asked = name.startswith(PREFIX) and name not in self.fields
            if asked and self.data[name].strip() not in ("", "0"):
                raise ValidationError("One of these tickets is not offered for this event. Please choose again.")
        if not self.errors and not self.quantities:
            raise ValidationError("Choose at least one ticket.")
        return cleaned

    @property
    def quantities(self) -> dict[str, int]:
        """What was chosen: quantities by ticket type id."""
        chosen = {name: value for name, value in self.cleaned_data.items() if name.startswith(PREFIX) and value}
        return {name.removeprefix(PREFIX): quantity for name, quantity in chosen.items()}

    @property
    def asked(self) -> dict[str, str]:
        """What was entered, right or wrong, to show it again: text by ticket type id."""
        entered = {name: value.strip() for name, value in self.data.items() if name in self.fields}
        return {name.removeprefix(PREFIX): value for name, value in entered.items() if name.startswith(PREFIX)}

    @property
    def sentences(self) -> list[str]:
        """All that is wrong, each sentence naming the ticket type it is about."""
        return [
            f"{self.fields[name].label}: {error}" if name.startswith(PREFIX) else str(error)
            for name, errors in self.errors.items()
            for error in errors
        ]

    @property
    def idempotency_key(self) -> str | None:
        return idempotency_key(self.cleaned_data["key"], self.request)

    @property
    def request(self) -> Request:
        """The selection as bookings.operations takes it."""
        items = [(UUID(type_id), quantity) for type_id, quantity in self.quantities.items()]
        return Request(self.event.pk, items, code=self.cleaned_data["code"])


def idempotency_key(key: str, request: Request) -> str | None:
    """One per form and selection: going back and choosing otherwise is another booking, not an error."""
    return f"{key}:{request.fingerprint[:16]}" if key else None


class DetailsForm(forms.Form):
    """Who the tickets are for, and how to reach them."""

    name = forms.CharField(
        label="Name",
        max_length=120,
        help_text="As it should stand on the tickets.",
        validators=[one_line],
        error_messages={"required": "Give the name that should stand on the tickets."},
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    email = forms.EmailField(
        label="E-mail",
        max_length=254,
        help_text="Your tickets go to this address.",
        error_messages={"required": "Give an e-mail address for your booking.", "invalid": WRONG_EMAIL},
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
