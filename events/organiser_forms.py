"""What organisers fill in about money: their tax, and promo codes."""

from dataclasses import asdict
from typing import Any, cast
from uuid import UUID

from django import forms

from core import money
from core.errors import Invalid
from core.text import one_line
from events.editor.forms import LocalForm
from events.editor.moments import WallTimeField
from events.models import Event, PromoCode
from events.operations import PromoCodeInput, code_input
from events.operations.inputs import MAX_CAPACITY, MAX_PER_BOOKING, MAX_PRICE
from events.operations.pricing import MAX_TAX_NAME
from events.operations.promo_codes import MOST_AT_ONCE


def refuse(form: forms.Form, refusal: Exception) -> None:
    """Put an operation's refusal beside the fields it names, else on top."""
    if not isinstance(refusal, Invalid):
        form.add_error(None, str(refusal))
        return
    for name, sentences in refusal.errors.items():
        form.add_error(name if name in form.fields else None, sentences)


class TaxForm(forms.Form):
    """The tax of all that a team sells."""

    tax_name = forms.CharField(max_length=MAX_TAX_NAME, label="What it is called", help_text="Such as VAT or GST.")
    tax_rate = forms.DecimalField(
        max_digits=6, decimal_places=3, min_value=0, max_value=100, label="Rate in per cent",
        help_text="0 if you charge none. A ticket type may have a rate of its own.",
    )  # fmt: skip
    tax_included = forms.TypedChoiceField(
        choices=[("yes", "Included: what you enter is what guests pay"), ("no", "Added to what you enter")],
        coerce=lambda chosen: chosen == "yes",
        widget=forms.RadioSelect,
        label="Prices that you enter have it",
    )


class PromoCodeForm(LocalForm):
    """One code. What it does, for which tickets, how often, and when."""

    code = forms.CharField(
        max_length=40, label="Code", help_text="Letters, digits, - and _. Guests may type it in capitals or not.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )  # fmt: skip
    kind = forms.ChoiceField(choices=PromoCode.Kind.choices, label="Discount")
    percent = forms.DecimalField(
        max_digits=6, decimal_places=3, min_value=0, max_value=100, required=False, label="Per cent off"
    )
    amount = forms.DecimalField(
        max_digits=12,
        decimal_places=3,
        min_value=0,
        max_value=MAX_PRICE,
        required=False,
        label="Amount off each ticket",
    )
    unlocks = forms.BooleanField(required=False, label="Sells hidden tickets")
    ticket_types = forms.MultipleChoiceField(
        required=False,
        widget=forms.CheckboxSelectMultiple,
        label="For which tickets",
        help_text="None chosen: for all.",
    )
    limit = forms.IntegerField(
        min_value=1, max_value=MAX_CAPACITY, required=False, label="Tickets in all", help_text="Empty: no limit."
    )
    max_per_person = forms.IntegerField(
        min_value=1, max_value=MAX_PER_BOOKING, required=False, label="Tickets for one person"
    )
    valid_from = WallTimeField(required=False, label="Good from")
    valid_until = WallTimeField(required=False, label="Good until")
    note = forms.CharField(
        max_length=120, required=False, validators=[one_line], label="Note", help_text="For your team."
    )

    def __init__(self, *args: Any, event: Event, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.event = event
        chosen = cast(forms.MultipleChoiceField, self.fields["ticket_types"])
        chosen.choices = [(str(one.pk), one.name) for one in event.types_for_sale()]

    def clean(self) -> dict[str, Any]:
        """Turn wall-clock times into moments of the event's zone."""
        super().clean()
        self.to_moments(self.event.zone, moved=False)
        return self.cleaned_data

    def to_input(self) -> PromoCodeInput:
        """What was typed, as operations take it."""
        names = PromoCodeInput.__dataclass_fields__
        given = {name: value for name, value in self.cleaned_data.items() if name in names}
        return PromoCodeInput(**{**given, "ticket_types": [UUID(pk) for pk in given["ticket_types"]]})


class ManyCodesForm(PromoCodeForm):
    """Many codes that do the same."""

    how_many = forms.IntegerField(min_value=1, max_value=MOST_AT_ONCE, initial=50, label="How many codes")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].required = False
        self.fields["code"].label = "They all begin with"
        self.fields["code"].help_text = "Ten random letters and digits follow. At most 20 characters, or nothing."
        self.fields["limit"].initial = 1
        self.fields["limit"].label = "Tickets for each code"
        self.order_fields(["how_many"])


def code_initial(code: PromoCode, event: Event) -> dict[str, Any]:
    """A code as the form shows it. Needs `inventory` fetched."""
    data = asdict(code_input(code, event.currency))
    data["percent"] = data["percent"] and money.trimmed(data["percent"])
    for name in ("valid_from", "valid_until"):
        data[name] = data[name] and data[name].astimezone(event.zone)
    return {**data, "ticket_types": [str(pk) for pk in data["ticket_types"]]}
