"""What the organiser's pages of apps below may say about money."""

from django import template

from accounts.permissions import Permission, may
from events.models import Event, PaymentMethod
from payments.providers import missing_methods
from payments.totals import Back, Totals, back_if_cancelled, totals_of

register = template.Library()


@register.simple_tag(takes_context=True)
def handles_money(context, event: Event) -> bool:
    """Whether the visitor may handle the event's money. One query."""
    return may(context["request"].user, Permission.HANDLE_MONEY, event.organizer_id)


@register.simple_tag
def money_of(event: Event) -> list[Totals]:
    """The event's sums, by currency. Three queries."""
    return totals_of(event)


@register.simple_tag
def goes_back(event: Event) -> list[Back]:
    """What guests would get back if the event was cancelled now. One query."""
    return back_if_cancelled(event)


@register.simple_tag
def untaken_methods(event: Event) -> list[PaymentMethod]:
    """Ways to pay that the event offers and its team can't be paid by yet. One query; none for the door alone."""
    if event.payment_methods == [PaymentMethod.DOOR]:
        return []
    return missing_methods(event)
