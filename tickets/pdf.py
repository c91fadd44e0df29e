"""Tickets on paper: one A4 page each, by WeasyPrint. Slow work: never in the request that books."""

import threading
import unicodedata
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse

from core.fonts import font_file
from tickets import codes, qr
from tickets.models import Ticket

TEMPLATE = "tickets/pdf.html"
STYLE = Path(settings.BASE_DIR) / "templates" / "tickets" / "pdf.css"
# (title no wider than so many Latin letters, its class)
TITLE_SIZES = ((22, "title-xl"), (46, "title-l"), (84, "title-m"))

# Pango's font maps don't bear two threads at once, and a rendering takes a core for itself anyway.
_one_at_a_time = threading.Lock()


class _OwnFiles(URLFetcher):
    """Serves our fonts and these tickets' QR codes, and refuses every other address: no file, no network."""

    def __init__(self, images: Sequence[bytes] = ()) -> None:
        super().__init__(allowed_protocols=[])
        self._images = images

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> URLFetcherResponse:
        """The bytes behind `evently-font:<cut>` or `ticket-qr:<index>`; ValueError for anything else."""
        kind, _, name = url.partition(":")
        if kind == "evently-font":
            return URLFetcherResponse(url, font_file(name).read_bytes(), {"Content-Type": "font/ttf"})
        if kind == "ticket-qr":
            return URLFetcherResponse(url, self._images[int(name)], {"Content-Type": "image/png"})
        raise ValueError("Tickets are made of nothing but our own files.")


def ticket_pdf(tickets: Sequence[Ticket]) -> bytes:
    """A PDF/UA document with a page per ticket, in the given order. Needs tickets fetched `with_all`.

    Takes about 50 ms of CPU a page. Titles and names of any length and script fit: they shrink, then
    they are cut short.
    """
    html = render_to_string(TEMPLATE, {"pages": _pages(tickets), "base_url": settings.BASE_URL})
    fetcher = _OwnFiles([qr.png(codes.sign(ticket)) for ticket in tickets])
    with _one_at_a_time:
        document = HTML(string=html, url_fetcher=fetcher).render(font_config=_fonts(), stylesheets=[_style()])
        return document.write_pdf(pdf_variant="pdf/ua-1")


def _pages(tickets: Sequence[Ticket]) -> list[dict[str, Any]]:
    return [
        {
            "ticket": ticket,
            "event": ticket.booking.event,
            "index": index,
            "number": index + 1,
            "count": len(tickets),
            "title_class": _title_class(ticket.booking.event.title),
            "cancellable_until": ticket.booking.event.cancellable_until.astimezone(ticket.booking.event.zone),
        }
        for index, ticket in enumerate(tickets)
    ]


def _title_class(title: str) -> str:
    """How large a title may be: wide characters (Chinese, emoji) count twice."""
    width = sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in title)
    return next((name for most, name in TITLE_SIZES if width <= most), "title-s")


@cache
def _fonts() -> FontConfiguration:
    """Gathering the system's fonts takes longer than a page: once per process."""
    return FontConfiguration()


@cache
def _style() -> CSS:
    return CSS(string=STYLE.read_text(), font_config=_fonts(), url_fetcher=_OwnFiles())
