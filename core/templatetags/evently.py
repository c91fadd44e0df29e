"""Template filters that belong to no app."""

from django import template
from django.utils.safestring import SafeString, mark_safe

from core.markdown import render_markdown

register = template.Library()


@register.filter
def markdown(text: str) -> SafeString:
    """A stranger's Markdown as HTML."""
    return mark_safe(render_markdown(text))  # noqa: S308  # nh3 has cleaned it
