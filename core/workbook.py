"""Tables as Excel workbooks, in little memory.

A workbook is written to a temporary file first (some 1.5 kB for a row of a guest list, until it is compressed) and then
sent. Cells are written by their kind: text is text, and no spreadsheet takes it for a formula, whatever it begins with.
"""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from django.http import StreamingHttpResponse
from xlsxwriter import Workbook

from core.spreadsheets import Cell

# A sheet could have 1,048,576, but none is sent before all are written, and proxies give up after a minute of silence.
MOST_ROWS = 150_000
MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PIECE = 64 * 1024  # bytes sent at once
WIDTH = 22  # of a column, in characters


def workbook(sheet: str, head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Iterator[bytes]:
    """The file in pieces: one sheet, its head in bold and always in sight. What is too long for a cell (32,767
    characters) is cut off. Whoever stops listening leaves no file behind."""
    with TemporaryDirectory(prefix="workbook-") as folder:
        path = Path(folder, "workbook.xlsx")
        _write(path, sheet, head, rows)
        with path.open("rb") as file:
            while piece := file.read(PIECE):
                yield piece


def workbook_answer(
    name: str, sheet: str, head: Sequence[str], rows: Iterable[Sequence[Cell]]
) -> StreamingHttpResponse:
    """A download. It begins at once, and goes on when the file is written."""
    return StreamingHttpResponse(
        workbook(sheet, head, rows),
        content_type=MEDIA_TYPE,
        headers={"Content-Disposition": f'attachment; filename="{name}.xlsx"', "Cache-Control": "private, no-store"},
    )


def _write(path: Path, name: str, head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
    # In constant memory each row goes to a file in `tmpdir` once the next one begins.
    with Workbook(str(path), {"constant_memory": True, "tmpdir": str(path.parent)}) as book:
        sheet = book.add_worksheet(name)
        sheet.set_column(0, len(head) - 1, WIDTH)
        sheet.freeze_panes(1, 0)
        sheet.write_row(0, 0, head, book.add_format({"bold": True}))
        for number, row in enumerate(rows, start=1):
            for column, cell in enumerate(row):
                if isinstance(cell, int):
                    sheet.write_number(number, column, cell)
                elif cell:
                    sheet.write_string(number, column, cell)
