"""Tickets on paper: one A4 page each, by WeasyPrint. Slow work: never in the request that books."""

import unicodedata
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string

from core.pdf import pdf_of
from tickets import codes, qr
from tickets.models import Ticket

TEMPLATE = "tickets/pdf.html"
STYLE = Path(settings.BASE_DIR) / "templates" / "tickets" / "pdf.css"
# (title no wider than so many Latin letters, its class)
TITLE_SIZES = ((22, "title-xl"), (46, "title-l"), (84, "title-m"))


def ticket_pdf(tickets: Sequence[Ticket]) -> bytes:
    """A PDF/UA document with a page per ticket, in the given order. Needs tickets fetched `with_all`.

    Takes about 50 ms of CPU a page. Titles and names of any length and script fit: they shrink, then
    they are cut short.
    """
    html = render_to_string(TEMPLATE, {"pages": _pages(tickets), "base_url": settings.BASE_URL})
    pictures = {f"ticket-qr:{index}": qr.png(codes.sign(ticket)) for index, ticket in enumerate(tickets)}
    return pdf_of(html, style=STYLE, pictures=pictures)


def _pages(tickets: Sequence[Ticket]) -> list[dict[str, Any]]:
    return [
        {
            "ticket": ticket,
            "event": ticket.booking.event,
            "index": index,
            "number": index + 1,
            "count": len(tickets),
            "title_class": _title_class(ticket.booking.event.title),
            "cancellable_until": ticket.booking.cancellable_until.astimezone(ticket.booking.event.zone),
        }
        for index, ticket in enumerate(tickets)
    ]


def _title_class(title: str) -> str:
    """How large a title may be: wide characters (Chinese, emoji) count twice."""
    width = sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in title)
    return next((name for most, name in TITLE_SIZES if width <= most), "title-s")
