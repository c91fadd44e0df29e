"""All that is held about a person, as one ZIP file: each table as JSON for programs and as CSV for spreadsheets, and a
page that leads through them."""

import json
from collections.abc import Iterable
from datetime import datetime
from itertools import chain
from tempfile import SpooledTemporaryFile
from typing import IO
from zipfile import ZIP_DEFLATED, ZipFile

from django.core.serializers.json import DjangoJSONEncoder
from django.template.loader import render_to_string

from accounts.models import User
from core.held import Holding, Row, holdings
from core.spreadsheets import Cell, csv_lines

IN_MEMORY = 5 * 1024 * 1024  # bytes; a larger archive is written to a temporary file


def archive(*, user: User, now: datetime) -> IO[bytes]:
    """The file, to be read from its beginning. It is written table by table and row by row: in little memory."""
    file: IO[bytes] = SpooledTemporaryFile(IN_MEMORY)
    with ZipFile(file, "w", ZIP_DEFLATED) as zipped:
        counts = [(holding, _write(zipped, holding, user)) for holding in holdings()]
        page = render_to_string("account/archive.html", {"person": user, "now": now, "counts": counts})
        zipped.writestr("index.html", page)
    file.seek(0)
    return file


def _write(zipped: ZipFile, holding: Holding, user: User) -> int:
    """Both files of a table; how many rows it has. Rows are asked for twice rather than kept."""
    count = 0
    with zipped.open(f"{holding.name}.json", "w") as file:
        file.write(b"[")
        for row in holding.rows(user.pk):
            file.write(b",\n" if count else b"\n")
            file.write(json.dumps(row, cls=DjangoJSONEncoder, ensure_ascii=False).encode())
            count += 1
        file.write(b"\n]\n")
    if count:
        with zipped.open(f"{holding.name}.csv", "w") as file:
            for line in _csv(iter(holding.rows(user.pk))):
                file.write(line.encode())
    return count


def _csv(rows: Iterable[Row]) -> Iterable[str]:
    rows = iter(rows)
    first = next(rows, None)
    if first is None:
        return []
    head = list(first)
    return csv_lines(head, ([_cell(row[name]) for name in head] for row in chain([first], rows)))


def _cell(value: object) -> Cell:
    if value is None or isinstance(value, int) and not isinstance(value, bool):
        return value
    return value.isoformat() if isinstance(value, datetime) else str(value)
