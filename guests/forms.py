"""What the pages of guests ask for, made clean."""

import re
from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.http import QueryDict

from accounts.forms import WRONG_EMAIL
from core.errors import DomainError, Invalid
from core.text import ONE_LINE, is_one_line, one_line
from events.forms import no_nul
from events.models import Event, TicketType
from events.presentation import quantity_field
from guests.listing import PAGE_SIZE, Asked, Shelf, Sort, types_of
from guests.models import LONGEST_REASON, Job
from guests.operations import Act, Invited, Paid, Sale
from guests.operations.complimentary import MOST_GUESTS

MOST_TICKETS = 1000  # as bookings.operations.plan
LONGEST_NAME = 120
LONGEST_NOTE = 200
_PARTS = re.compile(r"[,;\t<>]")


class GuestsForm(forms.Form):
    """What the list's address asks for. What is not said is all of them, the newest first."""

    show = forms.ChoiceField(choices=[(one.value, one.label) for one in Shelf], required=False)
    q = forms.CharField(max_length=200, required=False, validators=[no_nul])
    type = forms.UUIDField(required=False)
    sort = forms.ChoiceField(choices=[(one.value, one.value) for one in Sort], required=False)

    def __init__(self, data: Mapping[str, Any], *, event: Event) -> None:
        super().__init__(data)
        self.types = types_of(event)

    def clean_type(self) -> Any:
        wanted = self.cleaned_data["type"]
        if wanted and wanted not in {one.pk for one in self.types}:
            raise forms.ValidationError("This event has no such ticket type.")
        return wanted

    @property
    def asked(self) -> Asked:
        """Needs to be valid."""
        data = self.cleaned_data
        shelf, sort = Shelf(data["show"] or Shelf.ALL), Sort(data["sort"] or Sort.NEWEST)
        return Asked(shelf, data["q"].strip(), data["type"], sort)


def refuse(form: forms.Form, refusal: DomainError) -> None:
    """Put a refusal beside the fields that it names, else on top."""
    if not isinstance(refusal, Invalid):
        form.add_error(None, str(refusal))
        return
    for name, sentences in refusal.errors.items():
        form.add_error(name if name in form.fields else None, sentences)


class OfficeForm(forms.Form):
    """What is sold at the box office: a field `quantity_<id>` for each ticket type, hidden ones too."""

    name = forms.CharField(
        max_length=LONGEST_NAME,
        label="Guest’s name",
        validators=[one_line],
        help_text="It stands on the tickets.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    email = forms.EmailField(
        max_length=254,
        required=False,
        label="E-mail",
        help_text="The tickets go there. Without it, print them.",
        error_messages={"invalid": WRONG_EMAIL},
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    code = forms.CharField(
        max_length=40,
        required=False,
        label="Promo code",
        validators=[no_nul],
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )
    paid = forms.ChoiceField(choices=Paid, label="Paid", widget=forms.RadioSelect, initial=Paid.CASH)
    note = forms.CharField(
        max_length=LONGEST_NOTE, required=False, label="Note", help_text="For your team.", validators=[no_nul]
    )
    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)

    def __init__(self, data: Mapping[str, Any] | None = None, *, event: Event) -> None:
        super().__init__(data)
        self.types: list[TicketType] = list(event.types_for_sale())
        self._house = event.inventory
        for one in self.types:
            self.fields[quantity_field(one.pk)] = forms.IntegerField(
                label=one.name, min_value=0, max_value=MOST_TICKETS, required=False, initial=0
            )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors and not self.items:
            raise ValidationError("Choose at least one ticket.")
        return cleaned

    @property
    def items(self) -> list[tuple[UUID, int]]:
        """What was chosen: quantities by ticket type."""
        chosen = [(one.pk, self.cleaned_data.get(quantity_field(one.pk))) for one in self.types]
        return [(pk, quantity) for pk, quantity in chosen if quantity]

    @property
    def lines(self) -> list[tuple[TicketType, int, forms.BoundField]]:
        """Each ticket type with the seats free of it, and its field."""
        return [(one, self._free(one), self[quantity_field(one.pk)]) for one in self.types]

    def _free(self, one: TicketType) -> int:
        limits = [self._house, one.inventory] if one.inventory else [self._house]
        return max(min(limit.free for limit in limits), 0)

    @property
    def sale(self) -> Sale:
        """Needs to be valid, but for names while only the price is asked for."""
        data = self.cleaned_data
        names = {name: data.get(name) or "" for name in ("name", "email", "code", "note")}
        return Sale(self.items, paid=data.get("paid") or Paid.LATER, key=str(data.get("key") or ""), **names)


class ComplimentaryForm(forms.Form):
    """Tickets to give away: how many of which, why, and to whom, a line for each."""

    ticket_type = forms.TypedChoiceField(coerce=UUID, label="Ticket")
    quantity = forms.IntegerField(min_value=1, max_value=50, initial=1, label="Tickets for each guest")
    reason = forms.CharField(
        max_length=LONGEST_NOTE,
        label="Why?",
        help_text="Such as press, a prize or a speaker’s guests. It stays in your record.",
        validators=[one_line],
    )
    guests = forms.CharField(
        max_length=40_000,
        label="Guests",
        help_text=f"A line for each: a name, a comma, an e-mail address. At most {MOST_GUESTS}.",
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false", "autocomplete": "off"}),
        validators=[no_nul],
    )

    def __init__(self, data: Mapping[str, Any] | None = None, *, event: Event) -> None:
        super().__init__(data)
        types = list(event.types_for_sale())
        field: Any = self.fields["ticket_type"]
        field.choices = [(str(one.pk), f"{one.name}, {one.price_label}") for one in types]

    def clean_guests(self) -> list[Invited]:
        """Every line that is not right is named, so that all can be mended at once."""
        lines = [(number, line.strip()) for number, line in enumerate(self.cleaned_data["guests"].splitlines(), 1)]
        found: list[Invited] = []
        wrong: list[str] = []
        seen: dict[str, int] = {}
        for number, line in [(number, line) for number, line in lines if line][: MOST_GUESTS + 1]:
            try:
                guest = _guest(line)
                if (first := seen.setdefault(guest.email.lower(), number)) != number:
                    raise ValidationError(f"The same address as in line {first}.")
            except ValidationError as error:
                wrong.append(f"Line {number}: {' '.join(error.messages)}")
            else:
                found.append(guest)
        if len(found) + len(wrong) > MOST_GUESTS:
            raise ValidationError(f"At most {MOST_GUESTS} guests at once.")
        if wrong:
            raise ValidationError(wrong)
        return found


def _guest(line: str) -> Invited:
    """'Ada Lovelace, ada@example.org', in either order, or as mail programs write it. Raises ValidationError."""
    parts = [part.strip(" \"'") for part in _PARTS.split(line) if part.strip(" \"'")]
    emails = [part for part in parts if "@" in part]
    names = [part for part in parts if "@" not in part]
    if len(emails) != 1 or not names:
        raise ValidationError("A name, a comma and one e-mail address.")
    name, email = " ".join(names), emails[0]
    validate_email(email)
    if len(email) > 254 or len(name) > LONGEST_NAME:
        raise ValidationError(f"At most {LONGEST_NAME} characters in a name, 254 in an address.")
    if not is_one_line(name):
        raise ValidationError(ONE_LINE)
    return Invited(name, email)


class ActForm(forms.Form):
    """What is to be done to whom: to those ticked, or to all that the list shows (its filters come along)."""

    act = forms.ChoiceField(choices=Job.Kind, error_messages={"required": "Choose what to do."})
    whom = forms.ChoiceField(choices=[("ticked", "ticked"), ("all", "all")], required=False)
    refund = forms.ChoiceField(choices=Job.Refund, required=False)
    reason = forms.CharField(max_length=LONGEST_REASON, required=False, validators=[no_nul])
    confirmed = forms.BooleanField(required=False)
    expected = forms.IntegerField(min_value=0, max_value=10**9, required=False)
    from_booking = forms.BooleanField(required=False)

    def __init__(self, data: QueryDict) -> None:
        super().__init__(data)
        self._ticked = data.getlist("booking")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if len(self._ticked) > PAGE_SIZE:
            raise ValidationError(f"At most {PAGE_SIZE} ticked at once: take all that the list shows instead.")
        try:
            self.chosen = [UUID(one) for one in self._ticked]
        except ValueError as error:
            raise ValidationError("That was no booking of this list.") from error
        return cleaned

    @property
    def everybody(self) -> bool:
        return self.cleaned_data["whom"] == "all"

    @property
    def act_on(self) -> Act:
        """Needs to be valid."""
        data = self.cleaned_data
        cancels = data["act"] == Job.Kind.CANCEL
        return Act(data["act"], (data["refund"] or Job.Refund.ALL) if cancels else "", data["reason"].strip())
