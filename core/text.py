"""Text in one line: titles, names, tags. What stands around it must not suffer from it."""

import unicodedata

from django.core.exceptions import ValidationError

ONE_LINE = "One line that shows something: letters, digits, spaces and signs."

# Embeddings, overrides and isolates reorder what follows them too, up to the end of a paragraph.
_REORDERING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_BREAKING = frozenset({"Cc", "Cs", "Zl", "Zp"})
_VISIBLE = frozenset("LNPS")  # the first letters of Unicode's categories that leave ink


def is_one_line(text: str) -> bool:
    """Whether a text shows something, in one line, and leaves what follows it in order."""
    kinds = [unicodedata.category(character) for character in text]
    return _REORDERING.isdisjoint(text) and _BREAKING.isdisjoint(kinds) and any(kind[0] in _VISIBLE for kind in kinds)


def one_line(text: str) -> None:
    """The same for the fields of forms and serializers: a validator."""
    if not is_one_line(text):
        raise ValidationError(ONE_LINE)
