"""Markdown as safe HTML: what organisers write about an event."""

from collections.abc import Sequence

import nh3
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore

TAGS = {
    "a", "blockquote", "br", "code", "del", "em", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre", "s",
    "strong", "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip
ATTRIBUTES = {"a": {"href", "title"}, "ol": {"start"}}
# A text's largest heading stands below the page's <h1> and the section's <h2>, whatever its author chose.
LARGEST_HEADING, SMALLEST_HEADING = 3, 6


def render_markdown(text: str) -> str:
    """HTML of a text by strangers: CommonMark with tables, without raw HTML and pictures.

    Parsed without HTML and then cleaned against a list of tags: either alone would do.
    """
    return nh3.clean(
        _parser.render(text),
        tags=TAGS,
        attributes=ATTRIBUTES,
        url_schemes={"http", "https", "mailto"},
        link_rel="nofollow noopener ugc",
    )


def _lower_headings(state: StateCore) -> None:
    headings = [token for token in state.tokens if token.type in ("heading_open", "heading_close")]
    down = LARGEST_HEADING - min((int(token.tag[1]) for token in headings), default=0)
    for token in headings:
        token.tag = f"h{min(int(token.tag[1]) + down, SMALLEST_HEADING)}"


def _make_parser(extras: Sequence[str]) -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False}).enable(list(extras)).disable("image")
    parser.core.ruler.push("lower_headings", _lower_headings)
    return parser


_parser = _make_parser(["table", "strikethrough"])
