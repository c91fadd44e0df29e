"""What the pages of guests ask for, made clean."""

from collections.abc import Mapping
from typing import Any

from django import forms

from events.forms import no_nul
from events.models import Event
from guests.listing import Asked, Shelf, Sort, types_of


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
