import csv
import io

import pytest

from core import spreadsheets
from core.spreadsheets import csv_answer, csv_lines, harmless


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\r=1", "\n=1", '=HYPERLINK("http://x")'])
def test_what_a_spreadsheet_would_calculate_becomes_text(text):
    assert harmless(text) == f"'{text}"


@pytest.mark.parametrize("cell", ["a=1", "", " ", "1-2", "VIP", -3, 0, 12, None, "é"])
def test_everything_else_stays_as_it_is(cell):
    assert harmless(cell) is cell


def test_a_file_can_be_read_back():
    text = "".join(csv_lines(["When", "Note"], [["today", 'say "so", or\nnot'], [-2, "=x"]]))
    assert text.startswith("\ufeffWhen,Note\r\n")
    assert list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""))) == [
        ["When", "Note"], ["today", 'say "so", or\nnot'], ["-2", "'=x"],
    ]  # fmt: skip


def test_a_download_is_written_while_it_is_read(monkeypatch):
    monkeypatch.setattr(spreadsheets, "PIECE", 8)
    asked = []

    def rows():
        for number in range(20):
            asked.append(number)
            yield [number]

    answer = csv_answer("seats", ["n"], rows())
    assert asked == []
    pieces = iter(answer.streaming_content)
    assert next(pieces) == "\ufeffn\r\n0\r\n1\r\n".encode()
    assert asked == [0, 1]
    assert b"".join(pieces).splitlines() == [str(number).encode() for number in range(2, 20)]
    assert answer["Content-Disposition"] == 'attachment; filename="seats.csv"'
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
