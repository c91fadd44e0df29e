from django import template

from accounts.permissions import has_staff_powers

register = template.Library()


@register.simple_tag(takes_context=True)
def lacks_staff_factor(context) -> bool:
    """Whether the visitor is staff whose powers wait for a second factor."""
    user = context["request"].user
    return user.is_staff and not has_staff_powers(user)
