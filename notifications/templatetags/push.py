"""What pages offer of push: the button that asks, and the devices there are."""

from django import template
from django.template import RequestContext

from notifications.models import Device
from notifications.push import vapid

register = template.Library()


@register.inclusion_tag("notifications/_push_button.html", takes_context=True)
def push_button(context: RequestContext, words: str = "", always: bool = False) -> dict[str, object]:
    """A button that has this browser told, with the words before it; nothing for strangers, or where push is off.

    `always`: also says so where the browser can't, or is told already.
    """
    user = context["request"].user
    key = vapid.public_key() if user.is_authenticated else ""
    return {"key": key, "words": words, "always": always}


@register.simple_tag(takes_context=True)
def my_devices(context: RequestContext) -> list[Device]:
    """The visitor's own, the newest first."""
    return list(Device.objects.of(context["request"].user).newest_first())


@register.simple_tag
def push_is_on() -> bool:
    return vapid.is_on()
