"""Template filters that belong to no app."""

from datetime import datetime

from django import template
from django.utils.safestring import SafeString, mark_safe

from core.markdown import render_markdown
from core.moments import zone_name

register = template.Library()


@register.filter
def markdown(text: str) -> SafeString:
    """A stranger's Markdown as HTML."""
    return mark_safe(render_markdown(text))  # noqa: S308  # nh3 has cleaned it


@register.filter(expects_localtime=True)
def zone(moment: datetime) -> str:
    """The short name of a moment's zone."""
    return zone_name(moment)
