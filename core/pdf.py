"""PDFs made of our own HTML, fonts and pictures by WeasyPrint. Slow work: never in the request that books."""

import threading
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse

from core.fonts import font_file

# Pango's font maps don't bear two threads at once, and a rendering takes a core for itself anyway.
_one_at_a_time = threading.Lock()


class OwnFiles(URLFetcher):
    """Serves our fonts and the pictures of this document by their names, and refuses every other address: no file, no
    network."""

    def __init__(self, pictures: Mapping[str, bytes] | None = None) -> None:
        super().__init__(allowed_protocols=[])
        self._pictures = pictures or {}

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> URLFetcherResponse:
        """The bytes behind `evently-font:<cut>` or the PNG of that name; ValueError for anything else."""
        kind, _, name = url.partition(":")
        if kind == "evently-font":
            return URLFetcherResponse(url, font_file(name).read_bytes(), {"Content-Type": "font/ttf"})
        if url in self._pictures:
            return URLFetcherResponse(url, self._pictures[url], {"Content-Type": "image/png"})
        raise ValueError("Our documents are made of nothing but our own files.")


def pdf_of(html: str, *, style: Path, pictures: Mapping[str, bytes] | None = None) -> bytes:
    """A PDF/UA document. `pictures` are PNGs by the address that the HTML has them at."""
    with _one_at_a_time:
        document = HTML(string=html, url_fetcher=OwnFiles(pictures)).render(
            font_config=_fonts(), stylesheets=[_style(style)]
        )
        return document.write_pdf(pdf_variant="pdf/ua-1")


@cache
def _fonts() -> FontConfiguration:
    """Gathering the system's fonts takes longer than a page: once per process."""
    return FontConfiguration()


@cache
def _style(path: Path) -> CSS:
    return CSS(string=path.read_text(), font_config=_fonts(), url_fetcher=OwnFiles())
