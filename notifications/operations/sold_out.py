"""Tell a team when the last seat of its event is booked."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from accounts.models import Membership
from accounts.permissions import Permission, roles_with
from bookings.models import Booking
from events.models import Event, Inventory
from notifications.models import Notice
from notifications.operations.telling import News, tell


def tell_of_sold_out(*, booking_ids: Iterable[UUID], now: datetime) -> list[Notice]:
    """Tell the teams of those events that have nothing left since these bookings: once for each event and capacity.

    Two statements, however many, unless something is sold out.
    """
    booked = Booking.objects.filter(pk__in=list(booking_ids)).values("event")
    events = Event.objects.real().filter(pk__in=booked, status=Event.Status.PUBLISHED).with_all()
    gone = [event for event in events if is_sold_out(event, now)]
    return tell(_news(gone), now=now) if gone else []


def is_sold_out(event: Event, now: datetime) -> bool:
    """Whether everything on sale is booked. Seats in baskets and on offer are not yet, and may come back. Reads what
    `with_all` has fetched."""
    on_sale = [one.inventory or event.inventory for one in event.types_on_card if not one.sales_ended(now)]
    return bool(on_sale) and (_is_full(event.inventory) or all(_is_full(limit) for limit in on_sale))


def _is_full(limit: Inventory) -> bool:
    return limit.claimed - limit.held >= limit.capacity


def _seats(event: Event) -> int:
    """How many it can sell in all."""
    house, own = event.inventory.capacity, [one.inventory for one in event.types_on_card]
    return min(house, sum(limit.capacity for limit in own if limit)) if all(own) else house


def _news(events: list[Event]) -> list[News]:
    by_team: dict[UUID, list[UUID]] = {}
    members = Membership.objects.filter(
        team__in={event.organizer_id for event in events}, role__in=roles_with(Permission.EDIT_EVENTS)
    )
    for team, user in members.values_list("team", "user"):
        by_team.setdefault(team, []).append(user)
    return [
        News(
            "sold_out",
            to=user,
            key=f"sold_out:{event.pk}:{_seats(event)}:{user}",
            about=event.pk,
            expires_at=event.ends_at,
        )
        for event in events
        for user in by_team.get(event.organizer_id, [])
    ]
