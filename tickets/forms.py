"""Who tickets are for, as people enter it."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms

from core.text import one_line
from tickets.models import Ticket
from tickets.operations.naming import LONGEST_NAME, name_stays

PREFIX = "name_"


class NamesForm(forms.Form):
    """A field `name_<id>` for each ticket that still admits somebody.

    `too_late` says of each new name that came for another one, used or cancelled since the page was shown, why its
    ticket keeps the name it has.
    """

    def __init__(self, data: Any = None, *, tickets: Sequence[Ticket]) -> None:
        super().__init__(data)
        self.too_late: list[str] = []
        for ticket in tickets:
            if ticket.status != "valid":
                self._leave(ticket)
                continue
            self.fields[f"{PREFIX}{ticket.pk}"] = forms.CharField(
                max_length=LONGEST_NAME,
                label=f"{ticket.line.ticket_type.name}, no. {ticket.number}",
                initial=ticket.holder_name,
                validators=[one_line],
                help_text=ticket.readable_code,
                widget=forms.TextInput(attrs={"autocomplete": "off"}),
            )

    @property
    def names(self) -> dict[UUID, str]:
        """By ticket. Needs to be valid."""
        return {UUID(name.removeprefix(PREFIX)): value for name, value in self.cleaned_data.items()}

    def _leave(self, ticket: Ticket) -> None:
        wanted = str(self.data.get(f"{PREFIX}{ticket.pk}", ticket.holder_name)).strip()
        if wanted != ticket.holder_name:
            wanted = wanted if len(wanted) <= LONGEST_NAME else f"{wanted[: LONGEST_NAME - 1]}…"
            self.too_late.append(f"{name_stays(ticket)} “{wanted}” was not saved.")
