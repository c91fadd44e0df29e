"""What somebody who wants to wait fills in."""

from django import forms

from events.models import Event, TicketType
from waitlist.models import MOST_LEAD_HOURS

LEADS = [(0, "Until it starts"), (1, "Until 1 hour before"), (3, "Until 3 hours before"), (12, "Until 12 hours before"),
         (24, "Until a day before"), (72, "Until 3 days before"), (168, "Until a week before")]  # fmt: skip


class JoinForm(forms.Form):
    """A party. `types`: the ticket types that are on sale."""

    quantity = forms.IntegerField(min_value=1, max_value=1000, initial=1, label="How many seats?")
    ticket_type = forms.UUIDField(required=False, label="Which tickets?")
    lead_hours = forms.IntegerField(
        min_value=0,
        max_value=MOST_LEAD_HOURS,
        initial=0,
        required=False,
        label="Offer me seats",
        widget=forms.Select(choices=LEADS),
        help_text="After that we leave you alone.",
    )

    def __init__(self, *args, event: Event, types: list[TicketType], **kwargs) -> None:
        super().__init__(*args, **kwargs)
        most = max((one.max_per_booking for one in types), default=1)
        most = min(most, event.max_per_person or most)
        self.fields["quantity"].widget.attrs["max"] = most
        choices = [(str(one.pk), f"{one.name}, {one.price_label}") for one in types]
        any_of_them = [("", "Any of them")] if len(choices) > 1 else []
        self.fields["ticket_type"].widget = forms.Select(choices=any_of_them + choices)

    def clean_lead_hours(self) -> int:
        return self.cleaned_data["lead_hours"] or 0
