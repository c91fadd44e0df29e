"""What the header's bell and the list of notices say."""

from django import template
from django.http import HttpRequest

from notifications.kinds import Group, Kind
from notifications.unread import Unread, unread_of

register = template.Library()

ICONS = {
    Group.BOOKINGS: "ticket",
    Group.EVENTS: "calendar-clock",
    Group.WAITLIST: "hourglass",
    Group.ACCOUNT: "user-round",
    Group.ORGANISING: "megaphone",
}


@register.simple_tag
def unread_notices(request: HttpRequest) -> Unread:
    """How many, for the badge."""
    return Unread(unread_of(request))


@register.filter
def group_icon(kind: Kind) -> str:
    """The Lucide icon of what a kind of notice is about."""
    return ICONS[kind.group]
