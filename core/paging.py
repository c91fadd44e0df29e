"""Pages that stay put: a cursor says after which row to go on, so nothing is shown twice or left out
when rows come and go in between."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet

from core.errors import Invalid

LONGEST_CURSOR = 400


@dataclass(frozen=True)
class Page:
    """Some rows, and the cursors of the pages after and before them, None where there is none."""

    results: list[Any]
    next_cursor: str | None
    previous_cursor: str | None


@dataclass(frozen=True)
class _Cursor:
    """A place between two rows: beyond (`key`, `id`), going on or back, in the order named `order`."""

    order: str
    back: bool
    key: Any
    id: UUID


def page_of(queryset: QuerySet[Any], cursor: str | None, size: int) -> Page:
    """A page of a queryset that is ordered by an annotation and then by id: one query.

    `cursor` comes from a Page before; empty or None for the first one. Raises Invalid, naming `cursor`,
    for any other.
    """
    order = str(queryset.query.order_by[0])
    place = _read(cursor, queryset, order) if cursor else None
    if place is None:
        rows = list(queryset[: size + 1])
        return _page(rows[:size], order, more=len(rows) > size, before=False)
    rows = list(_beyond(queryset, place)[: size + 1])
    more = len(rows) > size
    if not place.back:
        return _page(rows[:size], order, more=more, before=True)
    if len(rows) < size:
        return page_of(queryset, None, size)  # fewer are left before it than fill a page: begin anew
    return _page(rows[:size][::-1], order, more=True, before=more)


def _page(rows: list[Any], order: str, *, more: bool, before: bool) -> Page:
    return Page(
        rows,
        _write(order, rows[-1], back=False) if rows and more else None,
        _write(order, rows[0], back=True) if rows and before else None,
    )


def _beyond(queryset: QuerySet[Any], place: _Cursor) -> QuerySet[Any]:
    """What comes after the place, or before it, nearest first."""
    if place.back:
        queryset = queryset.reverse()
    name = place.order.lstrip("-")
    side = "lt" if place.order.startswith("-") != place.back else "gt"
    beyond = Q(**{f"{name}__{side}": place.key}) | Q(**{f"id__{side}": place.id})
    return queryset.filter(beyond, **{f"{name}__{side}e": place.key})


def _write(order: str, row: Any, *, back: bool) -> str:
    parts = [order, int(back), str(getattr(row, order.lstrip("-"))), str(row.pk)]
    return urlsafe_b64encode(json.dumps(parts).encode()).decode().rstrip("=")


def _read(cursor: str, queryset: QuerySet[Any], order: str) -> _Cursor:
    try:
        if len(cursor) > LONGEST_CURSOR:
            raise ValueError
        padding = "=" * (-len(cursor) % 4)
        written_order, back, key, row_id = json.loads(urlsafe_b64decode(cursor + padding))
        if written_order != order or back not in (0, 1):
            raise ValueError
        field = queryset.query.annotations[order.lstrip("-")].output_field
        return _Cursor(order, bool(back), _checked(field, key), UUID(row_id))
    except (ValueError, TypeError, AttributeError, ValidationError, RecursionError, ArithmeticError) as error:
        raise Invalid({"cursor": ["Use a cursor from the page before, with the same ordering."]}) from error


def _checked(field: Any, key: object) -> Any:
    """A key as the database will take it: nothing endless, nothing without a zone."""
    if not isinstance(key, str):
        raise ValueError
    value = field.to_python(key)
    field.run_validators(value)
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise ValueError
        return value.astimezone(UTC)  # PostgreSQL knows fewer offsets than ISO 8601
    return value
