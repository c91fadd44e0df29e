"""QR codes of tickets: SVG for pages, PNG for PDFs. Always black on white, with four quiet modules."""

from io import BytesIO

import segno
from django.utils.html import format_html
from django.utils.safestring import SafeString

QUIET_ZONE = 4
VERSION = 6  # the smallest that holds a signed code at error correction M
PNG_SCALE = 8


def svg(text: str, *, label: str = "") -> SafeString:
    """A stand-alone SVG, one crisp path without inline styles, that a page may also inline.

    With a `label` it speaks for itself (`role="img"`), otherwise the element around it does.
    """
    code = _make(text)
    size = code.symbol_size(scale=1, border=QUIET_ZONE)[0]
    spoken = format_html('role="img" aria-label="{}"', label) if label else SafeString('aria-hidden="true"')
    return format_html(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {0} {0}" {1} shape-rendering="crispEdges">'
        '<path fill="#fff" d="M0 0h{0}v{0}H0z"/><path d="{2}"/></svg>',
        size,
        spoken,
        _path(code),
    )


def png(text: str) -> bytes:
    """One bit per pixel, eight pixels per module."""
    out = BytesIO()
    _make(text).save(out, kind="png", scale=PNG_SCALE, border=QUIET_ZONE)
    return out.getvalue()


def _make(text: str) -> segno.QRCode:
    # A fixed mask spares trying all eight, which is most of the work; any of them is valid.
    return segno.make(text, version=VERSION, error="m", mode="alphanumeric", mask=2, boost_error=False, micro=False)


def _path(code: segno.QRCode) -> str:
    """The dark modules as rectangles, a run of a row each."""
    runs = []
    for y, row in enumerate(code.matrix, start=QUIET_ZONE):
        x = 0
        while x < len(row):
            end = x
            while end < len(row) and row[end]:
                end += 1
            if end > x:
                runs.append(f"M{x + QUIET_ZONE} {y}h{end - x}v1h-{end - x}z")
            x = end + 1
    return "".join(runs)
