"""What people of a team enter about money: they clean; payments.operations decide."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone

from bookings.models import Booking
from bookings.operations import used_seats
from core import money
from core.text import one_line
from events.forms import DayField
from payments.models import Account
from payments.operations.accounts import MOST_TRANSFER_DAYS, PLAIN
from payments.operations.by_hand import MOST

LONGEST_REASON = 200


class AmountField(forms.DecimalField):
    """An amount in major units of a currency; cleaned, it is an integer of minor ones. Without a currency it takes
    nothing: set one with `in_currency`."""

    def in_currency(self, currency: str) -> None:
        self.currency = currency
        least = money.to_major(1, currency)
        self.label = f"{self.label} in {currency}"
        self.widget.attrs |= {"min": str(least), "step": str(least), "inputmode": "decimal", "autocomplete": "off"}

    def clean(self, value: Any) -> Any:
        amount = super().clean(value)
        return amount if amount is None else self._minor(amount)

    def _minor(self, amount: Decimal) -> int:
        try:
            minor = money.to_minor(amount, self.currency)
        except ValueError as wrong:
            raise forms.ValidationError(str(wrong)) from None
        if minor <= 0:
            raise forms.ValidationError("An amount above nothing.")
        if minor > MOST:
            raise forms.ValidationError("That is more than can be booked here.")
        return minor


def _amount(label: str) -> AmountField:
    wrong = {"invalid": "A number, such as 12.50.", "required": "Say how much."}
    return AmountField(label=label, max_digits=18, error_messages=wrong)


def _line(label: str, **options: Any) -> forms.CharField:
    options.setdefault("max_length", LONGEST_REASON)
    options.setdefault("widget", forms.TextInput(attrs={"autocomplete": "off"}))
    return forms.CharField(label=label, validators=[one_line], **options)


class BookInForm(forms.Form):
    """Money that somebody has seen. `key` stands in for a reference where there is none, so that a form that is sent
    twice books once; `sure` is the amount for which it was said that it is not what is missing."""

    amount = _amount("Amount")
    dated = DayField(label="The day it came in")
    reference = _line("The bank's reference", required=False, help_text="Each is booked in once. Cash has none.")
    note = _line("Note", required=False, help_text="Only your team sees it.")
    key = forms.UUIDField(widget=forms.HiddenInput)
    sure = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=1, max_value=MOST)

    def __init__(self, *args, booking: Booking, needs_reference: bool, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["amount"].in_currency(booking.currency)  # type: ignore[attr-defined]
        self.fields["reference"].required = needs_reference
        self.fields["reference"].error_messages["required"] = "Give the reference on your bank statement."
        self.today = timezone.now().astimezone(booking.event.zone).date()

    def clean_dated(self):
        day = self.cleaned_data["dated"]
        if day and day > self.today:
            raise forms.ValidationError("That day is still to come.")
        return day

    @property
    def reference_or_key(self) -> str:
        return self.cleaned_data["reference"] or f"by hand {self.cleaned_data['key']}"


class RefundForm(forms.Form):
    """A part of what was paid, and why it goes back."""

    amount = _amount("Amount")
    reason = _line("Why?", help_text="The guest reads it, and it stays in the record with your name.")

    def __init__(self, *args, currency: str, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["amount"].in_currency(currency)  # type: ignore[attr-defined]
        self.fields["reason"].error_messages["required"] = "Say why: the guest reads it."


class TicketsForm(forms.Form):
    """Which tickets are cancelled, and why. `expected`: what was shown to go back, in minor units. `used` names those
    that were used at the door and can't be chosen."""

    tickets = forms.MultipleChoiceField(
        label="Tickets",
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": "Choose at least one ticket.",
            "invalid_choice": "This booking has no such ticket, or it is cancelled or used already.",
        },
    )
    reason = _line("Why?", help_text="It stays in the record, with your name.")
    expected = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0, max_value=MOST)

    def __init__(self, *args, booking: Booking, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        used = used_seats(booking)
        tickets = [(line, number) for line in booking.lines.all() for number in line.numbers]
        names = {
            (line.pk, number): f"{line.ticket_type.name}, ticket {number} · {_price(line.each, booking)}"
            for line, number in tickets
        }
        self.used = [name for seat, name in names.items() if seat in used]
        self.prices = {f"{line.pk}-{number}": line.each for line, number in tickets if (line.pk, number) not in used}
        self.fields["tickets"].choices = [  # type: ignore[attr-defined]
            (f"{line}-{number}", name) for (line, number), name in names.items() if (line, number) not in used
        ]

    @property
    def numbers(self) -> dict[int, list[int]]:
        """The chosen tickets' numbers by their line."""
        found: dict[int, list[int]] = {}
        for value in self.cleaned_data["tickets"]:
            line, number = value.split("-")
            found.setdefault(int(line), []).append(int(number))
        return found

    @property
    def chosen_prices(self) -> list[int]:
        return [self.prices[value] for value in self.cleaned_data["tickets"]]


def _price(amount: int, booking: Booking) -> str:
    return money.words(amount, booking.currency)


class NoteForm(forms.Form):
    """How somebody has paid back, or why."""

    note = _line("How, and when?", help_text="Such as “bank transfer, 5 June”. It stays in the record, with your name.")

    def __init__(self, *args, label: str = "", **kwargs) -> None:
        super().__init__(*args, **kwargs)
        if label:
            self.fields["note"].label = label
            self.fields["note"].help_text = "It stays in the record, with your name."
        self.fields["note"].error_messages["required"] = "Say it in a few words: it stays in the record."


class SearchForm(forms.Form):
    """A reference, a name or an address."""

    q = forms.CharField(required=False, max_length=100, validators=[one_line])


class AccountForm(forms.Form):
    """How a team is paid. Secrets are only ever entered, never shown: empty leaves them as they are."""

    bank_holder = _line("Account holder", required=False, max_length=70)
    bank_account = _line("IBAN, or account number", required=False, max_length=64)
    bank_code = _line("BIC, or bank code", required=False, max_length=40)
    bank_name = _line("Bank", required=False, max_length=120)
    transfer_days = forms.IntegerField(
        label="Days that seats are kept for a transfer",
        min_value=1,
        max_value=MOST_TRANSFER_DAYS,
        help_text="Never longer than until a day before the event. In its last four days transfers are not offered.",
    )
    stripe_key = _line("Secret key", required=False, max_length=250)
    forget_stripe_key = forms.BooleanField(label="Forget the key: take no cards", required=False)
    stripe_webhook_secret = _line("Signing secret of the webhook", required=False, max_length=250)
    forget_stripe_webhook_secret = forms.BooleanField(label="Forget the signing secret", required=False)
    statement = _line(
        "On card statements",
        required=False,
        max_length=22,
        help_text="From 5 to 22 letters: what guests read on their statement.",
    )
    legal_name = _line("Name on receipts", required=False, max_length=160)
    address = _line("Address on receipts", required=False, max_length=300)
    tax_id = _line("Tax number", required=False, max_length=40)

    def __init__(self, data: Mapping[str, Any] | None, *, account: Account) -> None:
        super().__init__(data, initial={name: getattr(account, name) for name in PLAIN})
        self.account = account

    @property
    def changes(self) -> dict[str, str | int]:
        """What `change_account` is to do."""
        data = self.cleaned_data
        changes = {name: data[name] for name in PLAIN}
        for name in ("stripe_key", "stripe_webhook_secret"):
            if data[name] or data[f"forget_{name}"]:
                changes[name] = data[name]
        return changes

    def refuse(self, errors: Mapping[str, Iterable[str]]) -> None:
        for name, sentences in errors.items():
            self.add_error(name if name in self.fields else None, list(sentences))
