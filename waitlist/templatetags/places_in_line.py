"""What pages of apps below may say about the visitor's own places in line."""

from django import template

from events.models import Event
from waitlist.models import Entry

register = template.Library()


@register.simple_tag(takes_context=True)
def my_place(context, event: Event) -> Entry | None:
    """The visitor's place in an event's line, with `ahead`; None for who has none. One query for who is signed in."""
    user = context["request"].user
    if not user.is_authenticated:
        return None
    return Entry.objects.of(user).live().filter(event_id=event.pk).with_position().first()


@register.simple_tag(takes_context=True)
def my_places(context) -> list[Entry]:
    """All places the visitor has in lines, offers first. One query."""
    return list(Entry.objects.of(context["request"].user).live().with_all().order_by("status", "joined_at"))
