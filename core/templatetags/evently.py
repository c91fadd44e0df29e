"""Template filters that belong to no app."""

from datetime import datetime
from decimal import Decimal
from functools import lru_cache

from django import template
from django.utils.safestring import SafeString, mark_safe
from lucide.templatetags.lucide import lucide

from core import money
from core.markdown import render_markdown
from core.moments import zone_name

register = template.Library()


@register.filter
def markdown(text: str) -> SafeString:
    """A stranger's Markdown as HTML."""
    return mark_safe(render_markdown(text))  # noqa: S308  # nh3 has cleaned it


@register.simple_tag
def icon(name: str, size: int | str, label: str) -> SafeString:
    """One Lucide icon; decorative unless it has a label."""
    return _drawn(name + "", int(size), label + "")


@lru_cache(maxsize=500)
def _drawn(name: str, size: int, label: str) -> SafeString:
    spoken = {"role": "img", "aria_label": label} if label else {"aria_hidden": "true"}
    return mark_safe(lucide(name, size=size, **spoken, **{"class": "icon"}))  # noqa: S308  # it escapes the label


@register.filter
def percent(rate: Decimal) -> str:
    """A rate as people read it: '7.7 %'."""
    return money.percent_words(rate)


@register.filter
def amount(minor: int, currency: str) -> str:
    """Money as people read it: '€12.50', or 'Free'."""
    return money.words(minor, currency)


@register.filter(expects_localtime=True)
def zone(moment: datetime) -> str:
    """The short name of a moment's zone."""
    return zone_name(moment)
