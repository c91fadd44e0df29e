"""What guests pay follows from what organisers ask, under the team's tax and the event's fee."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import Q

from accounts.models import Team, User, What
from accounts.operations import trail
from accounts.permissions import Permission, require
from core import money
from core.errors import Invalid
from core.live import marks as live
from core.text import ONE_LINE, is_one_line
from events.models import Event, Inventory, TicketType
from events.operations.inputs import Errors, check_percent
from events.tariff import Tariff, tariff_of

MAX_TAX_NAME = 20


def price(ticket_type: TicketType, tariff: Tariff) -> None:
    """Set what follows from a type's asked price; the caller saves it."""
    ticket_type.tax_rate = tariff.rate(ticket_type.own_tax_rate)
    ticket_type.price, ticket_type.fee = tariff.price(ticket_type.asked_price, ticket_type.own_tax_rate)


def show_range(event: Event, ticket_types: Iterable[TicketType]) -> None:
    """Note on the event from what to what it costs, for search. Hidden types are nobody's to find."""
    prices = [money.to_major(one.price, event.currency) for one in ticket_types if not one.hidden]
    event.lowest_price, event.highest_price = min(prices, default=None), max(prices, default=None)
    event.save(update_fields=["lowest_price", "highest_price"])


@transaction.atomic
def set_tax(*, team: Team, name: str, rate: Decimal, included: bool, by: User, now: datetime) -> Team:
    """Set the tax of all that a team sells, in per cent of the net, and price anew what is to come.

    Whoever has seats in a basket or booked keeps the price they have. Raises NotAllowed or Invalid.
    """
    require(by, Permission.MANAGE_TEAM, team.pk)
    _check(name, rate)
    # Locked as by create_event: an event that is being created is there before us, or is priced after us.
    team = Team.objects.select_for_update(no_key=True).get(pk=team.pk)
    was = _tax_words(team)
    team.tax_name, team.tax_rate, team.tax_included = name.strip(), rate, included
    team.save(update_fields=["tax_name", "tax_rate", "tax_included"])
    if (became := _tax_words(team)) != was:
        trail.record(team_id=team.pk, by=by, what=What.TAX_CHANGED, subject=team, old=was, new=became, now=now)
    # Events before inventories, as everywhere.
    to_come = team.events.filter(Q(ends_at__gt=now) | Q(status=Event.Status.DRAFT), rehearsal=False)
    to_come = to_come.exclude(status=Event.Status.CANCELLED).order_by("inventory_id")
    for event in list(to_come.select_for_update(of=("self",), no_key=True)):
        _reprice(event, tariff_of(event, team))
    return team


def _tax_words(team: Team) -> dict[str, str]:
    included = "included" if team.tax_included else "added"
    return {"Tax": team.tax_name, "Rate": money.percent_words(team.tax_rate), "In the prices entered": included}


def _reprice(event: Event, tariff: Tariff) -> None:
    Inventory.objects.new_terms(event.inventory_id)
    ticket_types = list(event.types_for_sale())
    for ticket_type in ticket_types:
        price(ticket_type, tariff)
    TicketType.objects.bulk_update(ticket_types, ["tax_rate", "price", "fee"])
    show_range(event, ticket_types)
    live.changed(event.pk)


def _check(name: str, rate: Decimal) -> None:
    errors: Errors = {}
    if not 1 <= len(name.strip()) <= MAX_TAX_NAME:
        errors["tax_name"] = [f"From 1 to {MAX_TAX_NAME} characters."]
    elif not is_one_line(name):
        errors["tax_name"] = [ONE_LINE]
    check_percent(rate, "tax_rate", errors)
    if errors:
        raise Invalid(errors)
