"""How guests pay and what comes back to them, as the editor asks for it."""

from typing import Any

from django import forms

from events.editor.forms import EventForm, event_initial
from events.models import Event, PaymentMethod
from events.operations.inputs import MAX_HOURS, MAX_REFUND_STEPS

WEEK = 168
WAYS = [
    (PaymentMethod.CARD, "By card, before the booking is confirmed"),
    (PaymentMethod.TRANSFER, "By bank transfer: seats are held until the money is there"),
    (PaymentMethod.DOOR, "At the door: the booking is confirmed at once"),
]
RULES = [
    ("all", "Everything, as long as one can cancel"),
    ("half", "Everything until a week before the start, then half"),
    ("none", "Nothing"),
    ("own", "By steps of your own"),
]
Steps = list[list[int]]


STEP_FIELDS = [(f"refund_hours_{row}", f"refund_percent_{row}") for row in range(1, MAX_REFUND_STEPS + 1)]


def _hours(row: int) -> forms.IntegerField:
    return forms.IntegerField(min_value=0, max_value=MAX_HOURS, required=False, label=f"{row}. Hours before the start")


def _percent(row: int) -> forms.IntegerField:
    return forms.IntegerField(min_value=1, max_value=100, required=False, label=f"{row}. Percent that comes back")


class WholeForm(EventForm):
    """Everything about an event but its ticket types: with the section "Payment and refunds" as well."""

    payment_methods = forms.MultipleChoiceField(
        choices=WAYS,
        initial=[PaymentMethod.DOOR],
        label="How can guests pay?",
        widget=forms.CheckboxSelectMultiple,
        help_text="For what costs something. With the door alone, nobody pays before.",
        error_messages={"required": "Choose at least one way to pay."},
    )
    refund_rule = forms.ChoiceField(
        choices=RULES,
        initial="all",
        label="What comes back to who cancels?",
        widget=forms.RadioSelect,
        help_text="Of what was paid before. Guests see it before they pay; each booking keeps the rule it was made by.",
    )
    refund_hours_1, refund_percent_1 = _hours(1), _percent(1)
    refund_hours_2, refund_percent_2 = _hours(2), _percent(2)
    refund_hours_3, refund_percent_3 = _hours(3), _percent(3)
    refund_hours_4, refund_percent_4 = _hours(4), _percent(4)

    def refund_steps(self) -> Steps:
        """What the rule means, once it is clean."""
        last = self.cleaned_data["cancellation_hours"]
        rule = self.cleaned_data["refund_rule"]
        if rule == "own":
            return self._own_steps()
        return {"all": [[last, 100]], "half": _half(last), "none": []}[rule]

    def _own_steps(self) -> Steps:
        """As they were typed, without the rows that nobody filled."""
        rows = [(self.cleaned_data[hours], self.cleaned_data[percent]) for hours, percent in STEP_FIELDS]
        return [[hours, percent] for hours, percent in rows if hours is not None and percent is not None]

    def clean(self) -> dict[str, Any]:
        """A row has both numbers, or none."""
        cleaned = super().clean() or self.cleaned_data
        for hours, percent in STEP_FIELDS if cleaned.get("refund_rule") == "own" else []:
            missing = [name for name in (hours, percent) if cleaned.get(name) is None and name not in self.errors]
            if len(missing) == 1:
                self.add_error(missing[0], "Both numbers, or none.")
        return cleaned

    @property
    def step_rows(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        return [(self[hours], self[percent]) for hours, percent in STEP_FIELDS]


def whole_initial(event: Event) -> dict[str, Any]:
    """An event as the form shows it. Needs `inventory` and `venue` fetched."""
    rows = zip(STEP_FIELDS, event.refund_steps, strict=False)
    typed = {name: number for names, step in rows for name, number in zip(names, step, strict=True)}
    rule = _rule_of(event.refund_steps, event.cancellation_hours)
    paying = {"payment_methods": event.payment_methods, "refund_rule": rule}
    return {**event_initial(event), **paying, **(typed if rule == "own" else {})}


def _rule_of(steps: Steps, last: int) -> str:
    known = {"none": [], "all": [[last, 100]], "half": _half(last)}
    return next((rule for rule, its_steps in known.items() if steps == its_steps), "own")


def _half(last: int) -> Steps:
    """Without a week between, everything comes back until cancelling ends."""
    return [[WEEK, 100], [last, 50]] if last < WEEK else [[last, 100]]
