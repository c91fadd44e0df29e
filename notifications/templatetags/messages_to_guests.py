"""What the organiser's pages of apps below may say about messages to guests."""

from django import template

from events.models import Event
from notifications.organising import Told
from notifications.organising import messages_about as find

register = template.Library()


@register.simple_tag
def messages_about(event: Event) -> list[Told]:
    """The newest messages to those who go to an event, and how they stand. One query; for a cancelled event two."""
    return find(event)
