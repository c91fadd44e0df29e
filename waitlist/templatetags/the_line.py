"""What the organiser's pages of apps below may say about an event's line."""

from django import template

from events.models import Event
from waitlist.organising import shelf_counts

register = template.Library()


@register.simple_tag
def line_counts(event: Event) -> dict[str, int]:
    """How many parties are `waiting`, have seats `offered`, or are `over` with it. One query."""
    return shelf_counts(event)
