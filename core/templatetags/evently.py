"""Template filters that belong to no app."""

from datetime import datetime, timedelta

from django import template
from django.utils.safestring import SafeString, mark_safe

from core.markdown import render_markdown

register = template.Library()


@register.filter
def markdown(text: str) -> SafeString:
    """A stranger's Markdown as HTML."""
    return mark_safe(render_markdown(text))  # noqa: S308  # nh3 has cleaned it


@register.filter(expects_localtime=True)
def zone(moment: datetime) -> str:
    """The short name of a moment's zone: 'CET'; where a zone has none but its offset, 'UTC-3' or 'UTC+5:45'."""
    name = moment.tzname() or ""
    if name.isalpha():
        return name
    hours, minutes = divmod(abs(int((moment.utcoffset() or timedelta()).total_seconds())) // 60, 60)
    return f"UTC{name[0]}{hours}" + (f":{minutes:02}" if minutes else "")
