"""The editor's forms: they clean what was typed; `events.operations` decides whether it makes sense."""

from datetime import UTC
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.validators import URLValidator

from core import money
from events.editor import choices
from events.editor.moments import WallTimeField, moment_at
from events.models import Category, Event, WaitlistOrder
from events.operations import TicketTypeInput, VenueInput
from events.operations.inputs import MAX_CAPACITY, MAX_PER_BOOKING, MAX_PRICE, OFFER_MINUTES

AMBIGUOUS = "When clocks go back and show a time twice, the first one counts."
FEE_NAME = "booking fee"
VENUE_FIELDS = ["name", "address", "city", "country", "latitude", "longitude"]


class LocalForm(forms.Form):
    """A form with wall-clock times, which mean something once the zone is known."""

    def to_moments(self, zone: ZoneInfo, *, moved: bool) -> None:
        """Turn clean wall-clock times into moments. Unless the zone is `moved` to another one, what was
        not touched stays the very moment it was, to the second."""
        walls = {name for name, field in self.fields.items() if isinstance(field, WallTimeField)}
        for name in walls & self.cleaned_data.keys():
            wall = self.cleaned_data[name]
            if wall is None:
                continue
            if not moved and name not in self.changed_data:
                self.cleaned_data[name] = self.initial[name].astimezone(UTC)
                continue
            try:
                self.cleaned_data[name] = moment_at(wall, zone)
            except ValueError as error:
                self.add_error(name, str(error))


class EventForm(LocalForm):
    """Everything about an event but its ticket types."""

    title = forms.CharField(max_length=160)
    summary = forms.CharField(
        max_length=280,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="One or two sentences for the list of events.",
    )
    description = forms.CharField(
        max_length=20_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text="Markdown: **bold**, # heading, - list, [words](https://…).",
    )
    category = forms.ChoiceField(choices=Category.choices, initial=Category.OTHER)
    tags = forms.CharField(max_length=500, required=False, help_text="Up to 10, with commas between them.")
    starts_at = WallTimeField(label="Starts")
    ends_at = WallTimeField(label="Ends")
    timezone = forms.ChoiceField(
        choices=lambda: [("", "Choose a time zone"), *choices.zones()],
        label="Time zone",
        help_text=f"All times on this page are local times there. {AMBIGUOUS}",
    )
    place = forms.ChoiceField(
        choices=[("venue", "At a venue"), ("online", "Online")],
        label="Where does it take place?",
        widget=forms.RadioSelect,
        initial="venue",
    )
    venue_name = forms.CharField(max_length=160, required=False, label="Name of the venue")
    venue_address = forms.CharField(max_length=240, required=False, label="Address")
    venue_city = forms.CharField(max_length=120, required=False, label="City")
    venue_country = forms.ChoiceField(
        choices=lambda: [("", "Choose a country"), *choices.countries()], required=False, label="Country"
    )
    venue_latitude = forms.DecimalField(
        max_digits=8, decimal_places=6, min_value=-90, max_value=90, required=False, label="Latitude",
        help_text="In degrees, such as 38.7223. Places it on maps and in searches nearby.",
    )  # fmt: skip
    venue_longitude = forms.DecimalField(
        max_digits=9, decimal_places=6, min_value=-180, max_value=180, required=False, label="Longitude",
        help_text="In degrees, such as -9.1393.",
    )  # fmt: skip
    online_url = forms.URLField(
        max_length=500,
        required=False,
        assume_scheme="https",
        label="Link to join",
        validators=[URLValidator(schemes=["http", "https"])],
        help_text="Where people join, such as https://meet.example.org/jazz.",
    )
    image = forms.FileField(
        required=False,
        allow_empty_file=True,
        label="Picture",
        help_text="JPEG, PNG or WebP, best at 1600 × 900, at most 8 MB. Without one we draw a cover.",
    )
    remove_image = forms.BooleanField(required=False, label="Remove the picture")
    capacity = forms.IntegerField(
        min_value=1, max_value=MAX_CAPACITY, initial=100, label="Seats in all",
        help_text="No more than this are sold, whatever the ticket type.",
    )  # fmt: skip
    max_per_person = forms.IntegerField(
        min_value=1, max_value=MAX_PER_BOOKING, required=False, label="Most tickets for one person"
    )
    cancellation_hours = forms.IntegerField(
        min_value=0, max_value=24 * 365, initial=24, label="Cancel until, in hours before the start",
        help_text="Until then people can cancel by themselves.",
    )  # fmt: skip
    waitlist_order = forms.ChoiceField(
        choices=WaitlistOrder.choices,
        initial=WaitlistOrder.STRICT,
        label="When seats come free, and somebody waits",
        help_text="People in line see which of the two it is.",
    )
    offer_minutes = forms.IntegerField(
        min_value=OFFER_MINUTES[0], max_value=OFFER_MINUTES[1], initial=240, label="Minutes to answer an offer",
        help_text="So long seats stay reserved for who is next; less when the start is near.",
    )  # fmt: skip
    currency = forms.ChoiceField(choices=choices.currencies, initial="EUR")
    fee_name = forms.CharField(max_length=40, required=False, initial=FEE_NAME, label="Name of your fee")
    fee_fixed = forms.DecimalField(
        max_digits=12, decimal_places=3, min_value=0, max_value=MAX_PRICE, required=False, initial=Decimal(0),
        label="Fee on each paid ticket", help_text="With its tax. Guests see prices with the fee in them, everywhere.",
    )  # fmt: skip
    fee_percent = forms.DecimalField(
        max_digits=6, decimal_places=3, min_value=0, max_value=100, required=False, initial=Decimal(0),
        label="Fee in per cent of the price",
    )  # fmt: skip
    version = forms.IntegerField(required=False, min_value=1, max_value=2**31 - 1, widget=forms.HiddenInput)

    @property
    def tags_list(self) -> list[str]:
        return [tag.strip() for tag in self.cleaned_data["tags"].split(",") if tag.strip()]

    def fee(self) -> dict[str, Any]:
        """The fee as `EventInput` takes it; nothing typed is no fee."""
        amounts = {name: self.cleaned_data[name] or Decimal(0) for name in ("fee_fixed", "fee_percent")}
        return {"fee_name": self.cleaned_data["fee_name"] or FEE_NAME, **amounts}

    def venue(self) -> VenueInput | None:
        """The venue, if any was typed; drafts may wait for theirs."""
        given = {name: self.cleaned_data[f"venue_{name}"] for name in VENUE_FIELDS}
        if self.cleaned_data["place"] != "venue" or not any(value not in ("", None) for value in given.values()):
            return None
        return VenueInput(**given)


class TicketTypeForm(LocalForm):
    """One row of the ticket types."""

    id = forms.UUIDField(required=False, widget=forms.HiddenInput)
    name = forms.CharField(max_length=80)
    price = forms.DecimalField(
        max_digits=12, decimal_places=3, min_value=0, max_value=MAX_PRICE, required=False, initial=Decimal(0),
        help_text="0 is free.",
    )  # fmt: skip
    capacity = forms.IntegerField(
        min_value=1, max_value=MAX_CAPACITY, required=False, label="Limit", help_text="Empty: only the seats in all."
    )
    tax_rate = forms.DecimalField(
        max_digits=6, decimal_places=3, min_value=0, max_value=100, required=False, label="Tax in per cent",
        help_text="Empty: your team's usual rate.",
    )  # fmt: skip
    hidden = forms.BooleanField(required=False, label="Hidden: sold only with a promo code that unlocks it")
    description = forms.CharField(max_length=280, required=False, help_text="What it includes, or who it is for.")
    sales_start_at = WallTimeField(required=False, label="Sale starts")
    sales_end_at = WallTimeField(required=False, label="Sale ends")
    min_per_booking = forms.IntegerField(min_value=1, max_value=MAX_PER_BOOKING, initial=1, label="Fewest per booking")
    max_per_booking = forms.IntegerField(min_value=1, max_value=MAX_PER_BOOKING, initial=10, label="Most per booking")

    def __init__(self, *args: Any, number: int, focused: bool = False, **kwargs: Any) -> None:
        kwargs["prefix"] = f"types-{number}"
        super().__init__(*args, **kwargs)
        self.number = number
        if focused:
            self.fields["name"].widget.attrs["autofocus"] = True

    @property
    def more_is_set(self) -> bool:
        """Whether something that is folded away at first needs to be seen."""
        usual = {
            "description": "",
            "tax_rate": "",
            "hidden": "",
            "sales_start_at": "",
            "sales_end_at": "",
            "min_per_booking": "1",
            "max_per_booking": "10",
        }
        return any(
            self[name].errors or hasattr(self.fields[name], "theirs") or str(self[name].value() or "") != plain
            for name, plain in usual.items()
        )

    def to_input(self) -> TicketTypeInput:
        """What was typed, once its times are moments."""
        return TicketTypeInput(**{**self.cleaned_data, "price": self.cleaned_data["price"] or Decimal(0)})


def event_initial(event: Event) -> dict[str, Any]:
    """An event as the form shows it. Needs `inventory` and `venue` fetched."""
    plain = ["title", "summary", "description", "category", "timezone", "online_url", "max_per_person"]
    plain += ["cancellation_hours", "waitlist_order", "offer_minutes", "currency", "fee_name", "version"]
    venue = {f"venue_{name}": getattr(event.venue, name) for name in VENUE_FIELDS} if event.venue else {}
    return {
        **{name: getattr(event, name) for name in plain},
        **venue,
        "tags": ", ".join(event.tags),
        "starts_at": event.local_start,
        "ends_at": event.local_end,
        "place": "online" if event.online_url else "venue",
        "capacity": event.inventory.capacity,
        "fee_fixed": money.to_major(event.fee_fixed, event.currency),
        "fee_percent": money.trimmed(event.fee_percent),
    }
