"""What people enter to pay."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms

from accounts.models import User
from bookings.forms import DetailsForm
from bookings.models import Booking
from core.errors import DomainError
from events.models import PaymentMethod
from payments.providers import methods_of


@dataclass(frozen=True)
class Way:
    """A way to pay, as a page offers it: what it means, and what the button says when it is chosen."""

    method: PaymentMethod
    words: str
    button: str
    chosen: bool


WORDS = {
    PaymentMethod.CARD: "You pay on the card provider’s own page: your card number never reaches us.",
    PaymentMethod.TRANSFER: "You get the bank details, and we keep your seats while your transfer is on its way.",
    PaymentMethod.DOOR: "Nothing is charged now: you pay when you come.",
}
BUTTONS = {
    PaymentMethod.CARD: "Pay {amount}",
    PaymentMethod.TRANSFER: "Book and transfer {amount}",
    PaymentMethod.DOOR: "Book, pay {amount} at the door",
}


class CheckoutForm(DetailsForm):
    """Who the tickets are for and, where there is something to pay, how. Needs the booking fetched `with_all`.

    `chosen` is the method of a payment that is under way already.
    """

    def __init__(
        self, data: Mapping[str, Any] | None, *, booking: Booking, customer: User, chosen: str | None = None
    ) -> None:
        name, email = booking.name or customer.name, booking.email or customer.email
        super().__init__(data, initial={"name": name, "email": email})
        self.refusal: DomainError | None = None
        self._amount = booking.total_label
        self.methods = methods_of(booking.event) if booking.total else []
        only = self.methods[0] if len(self.methods) == 1 else None
        first = chosen if chosen in self.methods else next(iter(self.methods), None)
        self.fields["method"] = forms.ChoiceField(
            label="How would you like to pay?",
            choices=[(method.value, method.label) for method in self.methods],
            initial=first,
            required=bool(booking.total) and only is None,
            error_messages={"required": "Choose how you would like to pay."},
            widget=forms.RadioSelect,
        )
        self._only = only

    def refuse(self, refusal: DomainError) -> None:
        """Say what else was in the way."""
        self.refusal = refusal
        self.add_error(None, str(refusal))

    @property
    def ways(self) -> list[Way]:
        """The ways to pay, one of them chosen."""
        chosen = self["method"].value()
        return [
            Way(method, WORDS[method], BUTTONS[method].format(amount=self._amount), chosen == method)
            for method in self.methods
        ]

    def clean_method(self) -> PaymentMethod | None:
        """What was chosen, or the only one there is; None where there is nothing to pay."""
        chosen = self.cleaned_data["method"]
        return PaymentMethod(chosen) if chosen else self._only
