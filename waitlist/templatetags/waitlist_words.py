"""Words for spans of time."""

from datetime import timedelta

from django import template

register = template.Library()

UNITS = [("day", timedelta(days=1)), ("hour", timedelta(hours=1)), ("minute", timedelta(minutes=1))]


@register.filter
def long(span: timedelta) -> str:
    """'4 hours', '1 day 12 hours': the two largest units that say something."""
    words: list[str] = []
    for name, unit in UNITS:
        number, span = divmod(span, unit)
        if number and len(words) < 2:
            words.append(f"{number} {name}{'' if number == 1 else 's'}")
    return " ".join(words) or "a moment"
