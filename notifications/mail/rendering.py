"""A letter as HTML and as plain text."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from urllib.parse import urljoin

from css_inline import CSSInliner
from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse

from notifications.kinds import Group, Kind
from notifications.letter import Letter, Link

STYLE = Path(settings.BASE_DIR) / "templates" / "notifications" / "mail" / "letter.css"
WHY = {
    Group.BOOKINGS: "You get this because somebody, we hope you, has booked with this address.",
    Group.EVENTS: "You get this because you have booked this event or wait in line for it.",
    Group.WAITLIST: "You get this because you have joined a waitlist.",
    Group.ACCOUNT: "You get this because this address was used on Evently.",
    Group.ORGANISING: "You get this because you run events on Evently.",
}


@dataclass(frozen=True)
class Code:
    """One ticket's QR code in a mail: `cid` names the picture (RFC 2392), `text` is what the ticket's code reads like,
    `words` say what it is for."""

    cid: str
    text: str
    words: str
    picture: bytes


@dataclass(frozen=True)
class Rendered:
    html: str
    text: str


def render(
    letter: Letter, kind: Kind, *, to_account: bool = True, unsubscribe_url: str = "", codes: Sequence[Code] = ()
) -> Rendered:
    """Both parts of a mail; about a millisecond. All links are absolute. `to_account` is false where the address
    belongs to nobody here; they have nothing to choose, as nobody has where all is told always."""
    may_choose = to_account and set(kind.channels) != set(kind.always)
    words = {
        "letter": letter,
        "lead": _lead(letter),
        "base_url": settings.BASE_URL,
        "facts": [(term, value, _is_address(value)) for term, value in letter.facts],
        "changes": [(change, _is_address(change.new)) for change in letter.changes],
        "button": absolute(letter.link),
        "second": absolute(letter.second),
        "codes": codes,
        "notes": letter.notes,
        "why": _why(letter, kind),
        "preferences_url": settings.BASE_URL + reverse("notifications:preferences") if may_choose else "",
        "unsubscribe_url": unsubscribe_url,
    }
    html = render_to_string("notifications/mail/letter.html", words)
    text = render_to_string("notifications/mail/letter.txt", words)
    return Rendered(_inliner().inline(_without_margins(html)), _tidy(text))


def absolute(link: Link | None) -> Link | None:
    """With a whole address; None for a link that leads nowhere."""
    if link is None or not link.url:
        return None
    return replace(link, url=urljoin(settings.BASE_URL, link.url))


def _lead(letter: Letter) -> str:
    """The line, unless what follows says it again."""
    said_again = letter.paragraphs and letter.paragraphs[0].startswith(letter.line)
    return "" if said_again else letter.line


def _why(letter: Letter, kind: Kind) -> str:
    return f"{WHY[kind.group]} Evently sends it for {letter.by}." if letter.by else WHY[kind.group]


def _is_address(value: str) -> bool:
    """Whether a fact is nothing but a web address: only such a one becomes a link."""
    return bool(re.fullmatch(r"https?://[^\s\"<>]+", value))


def _without_margins(html: str) -> str:
    """A third smaller; nothing in it depends on the indentation."""
    return re.sub(r"\n\s+", "\n", html)


def _tidy(text: str) -> str:
    """Never more than one empty line."""
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"


@cache
def _inliner() -> CSSInliner:
    """For every mail anew, as that takes a tenth of a millisecond."""
    return CSSInliner(extra_css=STYLE.read_text(), keep_at_rules=True, load_remote_stylesheets=False)
