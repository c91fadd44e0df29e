"""The editor's page as one object: the event's form and a form for each ticket type."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Self
from zoneinfo import ZoneInfo

from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict

from core import money
from core.errors import Invalid
from events.editor.forms import TicketTypeForm
from events.editor.payment import WholeForm, whole_initial
from events.models import Event, TicketType
from events.operations import EventInput
from events.operations.inputs import MAX_TICKET_TYPES

Files = MultiValueDict[str, UploadedFile]
PLAIN = ["title", "summary", "description", "category", "capacity", "currency", "max_per_person", "cancellation_hours"]
PLAIN += ["waitlist_order", "offer_minutes", "payment_methods"]


class Editor:
    """Cleans a posted page into an `EventInput`, and puts refusals back beside their fields.

    `added` names ticket types that somebody else added meanwhile: see `show_conflict`.
    """

    def __init__(self, form: WholeForm, rows: list[TicketTypeForm], event: Event | None = None) -> None:
        self.form, self.rows, self.event = form, rows, event
        self.added: list[str] = []
        self._used: list[TicketTypeForm] = rows

    @classmethod
    def blank(cls, timezone: str = "") -> Self:
        """For a new event."""
        row = TicketTypeForm(number=0, initial={"name": "Admission"})
        return cls(WholeForm(initial={"timezone": timezone}), [row])

    @classmethod
    def showing(cls, event: Event) -> Self:
        """An event as it is saved. Needs `inventory` and `venue` fetched."""
        types = event.types_for_sale()
        return cls(
            WholeForm(initial=whole_initial(event)),
            [TicketTypeForm(number=index, initial=_type_initial(one)) for index, one in enumerate(types)],
            event,
        )

    @classmethod
    def posted(cls, post: QueryDict, files: Files, event: Event | None = None) -> Self:
        """What came back, to be cleaned."""
        form = WholeForm(post, files, initial=whole_initial(event) if event else None)
        saved = _saved_types(event)
        return cls(form, [_posted_row(post, number, saved) for number in row_numbers(post)], event)

    @classmethod
    def unfinished(cls, post: QueryDict, rows: Iterable[int], event: Event | None = None) -> Self:
        """What was typed so far, with these rows, not yet judged. A row that is new gets the cursor."""
        form = WholeForm(initial={name: _typed(post, name) for name in WholeForm.base_fields})
        return cls(form, [_unfinished_row(post, number) for number in rows], event)

    def is_valid(self) -> bool:
        """Clean all forms, so that all mistakes show at once. Rows nobody wrote in are left out."""
        forms = [self.form, *self.rows]
        for form in forms:
            form.full_clean()
        if zone := self.form.cleaned_data.get("timezone"):
            for form in forms:
                form.to_moments(ZoneInfo(zone), moved="timezone" in self.form.changed_data)
        if any(form.errors for form in forms):
            return False
        self._used = [row for row in self.rows if row.cleaned_data]
        self._read()
        return True

    def _read(self) -> None:
        form, data = self.form, self.form.cleaned_data
        self.input = EventInput(
            **{name: data[name] for name in PLAIN},
            timezone=data["timezone"],
            starts_at=data["starts_at"],
            ends_at=data["ends_at"],
            **form.fee(),
            tags=form.tags_list,
            venue=form.venue(),
            online_url=data["online_url"] if data["place"] == "online" else "",
            refund_steps=form.refund_steps(),
            ticket_types=[row.to_input() for row in self._used],
            image=data["image"] or (False if data["remove_image"] else None),
        )

    @property
    def version(self) -> int:
        """The version that was being edited; 0, which none has, when the page did not say."""
        return self.form.cleaned_data.get("version") or 0

    def refuse(self, refusal: Exception) -> None:
        """Put an operation's refusal where it belongs: beside the fields it names, else on top."""
        if not isinstance(refusal, Invalid):
            self.form.add_error(None, str(refusal))
            return
        for path, sentences in refusal.errors.items():
            for sentence in sentences:
                self._add_error(path, sentence)

    def _add_error(self, path: str, sentence: str) -> None:
        form, name = self._form_of(path)
        known = name in form.fields
        form.add_error(name if known else None, sentence)

    def _form_of(self, path: str) -> tuple[WholeForm | TicketTypeForm, str]:
        """The form and field behind the API's name of a field."""
        first, _, rest = path.partition(".")
        number, _, name = rest.partition(".")
        if first == "ticket_types" and number.isdecimal() and int(number) < len(self._used):
            return self._used[int(number)], name
        if first == "refund_steps":
            return self.form, "refund_rule"
        if first == "venue":
            return self.form, f"venue_{rest}" if rest else "place"
        return self.form, first

    @property
    def mistakes(self) -> list[tuple[str, str, str]]:
        """Everything wrong on the page, from top to bottom: where, what, and the id of the field."""
        found = _mistakes(self.form, "")
        for row in self.rows:
            found += _mistakes(row, f"{row['name'].value() or 'Ticket type'}, ")
        return found

    @property
    def differences(self) -> list[tuple[str, str]]:
        """After a conflict, the fields whose saved value is another, from top to bottom: name and id."""
        found = _differences(self.form, "")
        for row in self.rows:
            found += _differences(row, f"{row['name'].value() or 'Ticket type'}, ")
        return found

    def show_conflict(self, current: Event) -> None:
        """Keep what was typed; say beside each field what is saved now, and aim at the current version."""
        _show_theirs(self.form, whole_initial(current))
        saved = _saved_types(current)
        rows = {row.data.get(row.add_prefix("id")) for row in self.rows}
        for row in self.rows:
            _aim(row, saved)
        self.added = [one.name for key, one in saved.items() if key not in rows]
        self.form.data = _with(self.form.data, "version", str(current.version))


def _mistakes(form: WholeForm | TicketTypeForm, where: str) -> list[tuple[str, str, str]]:
    top = [(where, str(sentence), "") for sentence in form.non_field_errors()]
    beside = [(where + field.label, str(sentence), field.id_for_label) for field in form for sentence in field.errors]
    return top + beside


def _differences(form: WholeForm | TicketTypeForm, where: str) -> list[tuple[str, str]]:
    return [(where + field.label, field.id_for_label) for field in form if hasattr(field.field, "theirs")]


def row_numbers(post: QueryDict) -> list[int]:
    """The numbers of the ticket types' rows, as the page listed them; nonsense is left out."""
    numbers = [int(text) for text in post.getlist("row") if text.isascii() and text.isdecimal() and len(text) < 5]
    return list(dict.fromkeys(numbers))[: MAX_TICKET_TYPES + 1]


def _typed(post: QueryDict, name: str) -> Any:
    """What was typed into a field, or the boxes that were ticked."""
    return post.getlist(name) if name == "payment_methods" else post.get(name)


def _posted_row(post: QueryDict, number: int, saved: dict[str, TicketType]) -> TicketTypeForm:
    one = saved.get(post.get(f"types-{number}-id", ""))
    return TicketTypeForm(
        post,
        number=number,
        initial=_type_initial(one) if one else None,
        empty_permitted=one is None,
        use_required_attribute=False,
    )


def _unfinished_row(post: QueryDict, number: int) -> TicketTypeForm:
    typed = {name: post.get(f"types-{number}-{name}") for name in TicketTypeForm.base_fields}
    known = {name: value for name, value in typed.items() if value is not None}
    return TicketTypeForm(number=number, initial=known, focused=not known)


def _saved_types(event: Event | None) -> dict[str, TicketType]:
    return {str(one.pk): one for one in event.types_for_sale()} if event else {}


def _type_initial(one: TicketType) -> dict[str, Any]:
    """A ticket type as its row shows it. Needs `event` and `inventory` fetched."""
    zone = one.event.zone
    return {
        "id": one.pk,
        "name": one.name,
        "description": one.description,
        "price": money.to_major(one.asked_price, one.event.currency),
        "tax_rate": None if one.own_tax_rate is None else money.trimmed(one.own_tax_rate),
        "hidden": one.hidden,
        "capacity": one.inventory.capacity if one.inventory else None,
        "sales_start_at": one.sales_start_at and one.sales_start_at.astimezone(zone),
        "sales_end_at": one.sales_end_at and one.sales_end_at.astimezone(zone),
        "min_per_booking": one.min_per_booking,
        "max_per_booking": one.max_per_booking,
    }


def _aim(row: TicketTypeForm, saved: dict[str, TicketType]) -> None:
    """Show a row's differences to what is saved; one whose ticket type is gone becomes a new one."""
    key = row.data.get(row.add_prefix("id"), "")
    if key in saved:
        _show_theirs(row, _type_initial(saved[key]))
    elif key:
        row.data = _with(row.data, row.add_prefix("id"), "")
        row.add_error(None, "This ticket type was removed meanwhile. Saving your version adds it again.")


def _with(data: Any, name: str, value: str) -> Any:
    """Posted data with one value changed."""
    changed = data.copy()
    changed[name] = value
    return changed


def _show_theirs(form: WholeForm | TicketTypeForm, current: dict[str, Any]) -> None:
    """Note the saved value on every visible field whose typed value differs."""
    for name, field in form.fields.items():
        if name in ("version", "id", "image", "remove_image"):
            continue
        value = current.get(name)
        if field.has_changed(value, form[name].data):
            field.theirs = _readable(field, value)  # type: ignore[attr-defined]


def _readable(field: Any, value: Any) -> str:
    """A saved value as people read it."""
    if isinstance(value, datetime):
        return f"{value:%d %B %Y, %H:%M}"
    labels = dict(_flat(getattr(field, "choices", [])))
    if isinstance(value, list):
        return ", ".join(str(labels.get(one, one)) for one in value) or "nothing"
    chosen = labels.get(value, value)
    return "nothing" if chosen in (None, "") else str(chosen)


def _flat(options: Iterable[Any]) -> Iterable[tuple[Any, Any]]:
    """Choices without their groups."""
    for value, label in options:
        if isinstance(label, list | tuple):
            yield from label
        else:
            yield value, label
