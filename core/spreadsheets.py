"""Tables as CSV files that people open in a spreadsheet."""

import csv
from collections.abc import Iterable, Iterator, Sequence

from django.http import StreamingHttpResponse

# What a spreadsheet takes for the beginning of a formula (OWASP, "CSV Injection"). An apostrophe makes it text.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
# Excel reads a CSV file as UTF-8 only if it begins with this mark; other programs skip it.
_MARK = "\ufeff"

Cell = str | int | None
PIECE = 64 * 1024  # characters sent at once: a line alone would cost more to send than to write


class _Echo:
    """What a csv.writer writes to: hands each line back."""

    def write(self, line: str) -> str:
        return line


def harmless(cell: Cell) -> Cell:
    """A cell that no spreadsheet calculates. Numbers stay numbers: what strangers write arrives as text."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell


def csv_lines(head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Iterator[str]:
    """The file, line by line (RFC 4180, UTF-8)."""
    writer = csv.writer(_Echo())
    yield _MARK + writer.writerow(head)
    for row in rows:
        yield writer.writerow([harmless(cell) for cell in row])


def csv_answer(name: str, head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> StreamingHttpResponse:
    """A download that is written while it is read: of any length, in little memory."""
    return StreamingHttpResponse(
        _pieces(csv_lines(head, rows)),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}.csv"', "Cache-Control": "private, no-store"},
    )


def _pieces(lines: Iterable[str]) -> Iterator[str]:
    """The same text in fewer, larger parts."""
    some: list[str] = []
    size = 0
    for line in lines:
        some.append(line)
        size += len(line)
        if size >= PIECE:
            yield "".join(some)
            some, size = [], 0
    yield "".join(some)
