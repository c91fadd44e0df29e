"""The parts of a chart of which there are hundreds, as HTML: a template's loop over them takes ten times as long."""

from collections.abc import Iterable, Sequence
from html import escape

from django.utils.safestring import SafeString, mark_safe

from analytics.figures.drawing import Box


def rectangles(boxes: Iterable[Box]) -> SafeString:
    """Boxes of a picture, with the words that show on pointing."""
    return _whole(
        f'<rect class="series-{escape(box.kind)}" x="{box.x:.1f}" y="{box.y:.1f}" width="{box.width:.1f}" '
        f'height="{box.height:.1f}"><title>{escape(box.words)}</title></rect>'
        for box in boxes
    )


def rows(table: Iterable[Sequence[str]]) -> SafeString:
    """Rows of a table: what each is about, and its numbers."""
    return _whole(f'<tr><th scope="row">{escape(name)}</th>{_cells(numbers)}</tr>' for name, *numbers in table)


def _cells(numbers: Iterable[str]) -> str:
    return "".join(f'<td class="number">{escape(number)}</td>' for number in numbers)


def _whole(parts: Iterable[str]) -> SafeString:
    return mark_safe("".join(parts))  # noqa: S308  each value in it is a number or has been escaped
