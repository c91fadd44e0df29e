"""What people enter to pay."""

from collections.abc import Mapping
from typing import Any

from django import forms

from accounts.models import User
from bookings.forms import DetailsForm
from bookings.models import Booking
from events.models import PaymentMethod
from payments.providers import methods_of


class CheckoutForm(DetailsForm):
    """Who the tickets are for and, where there is something to pay, how. Needs the booking fetched `with_all`."""

    def __init__(self, data: Mapping[str, Any] | None, *, booking: Booking, customer: User) -> None:
        super().__init__(data, initial={"name": customer.name, "email": customer.email})
        self.methods = methods_of(booking.event) if booking.total else []
        only = self.methods[0] if len(self.methods) == 1 else None
        self.fields["method"] = forms.ChoiceField(
            label="How would you like to pay?",
            choices=[(method.value, method.label) for method in self.methods],
            initial=only,
            required=bool(booking.total) and only is None,
            error_messages={"required": "Choose how you would like to pay."},
            widget=forms.RadioSelect,
        )
        self._only = only

    def clean_method(self) -> PaymentMethod | None:
        """What was chosen, or the only one there is; None where there is nothing to pay."""
        chosen = self.cleaned_data["method"]
        return PaymentMethod(chosen) if chosen else self._only
