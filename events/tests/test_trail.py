"""What somebody did to an event, with the words before and after."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from accounts.models import Change
from core.errors import EditConflict
from events import operations
from events.models import Event, PromoCode
from events.operations import PromoCodeInput, TicketTypeInput, VenueInput, code_input, input_of
from tests.factories import make_code, make_draft, make_event, make_team, owner_of

pytestmark = pytest.mark.django_db


def told(event: Event) -> list[tuple[str, dict, dict]]:
    """What happened, before and after, the oldest first."""
    return list(Change.objects.filter(event_id=event.pk).order_by("at", "id").values_list("what", "old", "new"))


def edit(event: Event, **changes) -> Event:
    event = Event.objects.select_related("inventory", "venue").get(pk=event.pk)
    data = replace(input_of(event), **changes)
    by = owner_of(event.organizer)
    return operations.edit_event(event=event, data=data, version=event.version, by=by, now=timezone.now())


def test_an_edit_keeps_what_changed_as_people_read_it():
    start = datetime(2031, 7, 1, 18, tzinfo=UTC)
    event = make_event(starts_at=start, ends_at=start + timedelta(hours=2), timezone="Europe/Lisbon", capacity=10)
    venue = VenueInput("Hot Clube", "Lisbon", "PT", "Praça da Alegria 48")
    edit(event, title="Late show", starts_at=start + timedelta(hours=1), capacity=1200, venue=venue, online_url="")
    *_, (what, old, new) = told(event)
    assert what == "event-edited"
    assert old == {
        "Title": event.title,
        "Starts": "1 July 2031, 19:00 WEST",
        "Place": "",
        "Online link": "https://example.org/stream",
        "Seats": "10",
    }
    assert new == {
        "Title": "Late show",
        "Starts": "1 July 2031, 20:00 WEST",
        "Place": "Hot Clube, Praça da Alegria 48, Lisbon, PT",
        "Online link": "",
        "Seats": "1,200",
    }


def test_ticket_types_are_told_by_the_name_they_had():
    kinds = [TicketTypeInput("Standard", price=Decimal(10)), TicketTypeInput("Early", price=Decimal(5), capacity=3)]
    event = make_event(ticket_types=kinds)
    standard, _ = input_of(event).ticket_types
    vip = TicketTypeInput("VIP", price=Decimal(50), capacity=2, hidden=True)
    edit(event, ticket_types=[replace(standard, name="Regular", price=Decimal("12.50")), vip])
    *_, (_, old, new) = told(event)
    assert old == {
        "Standard: Name": "Standard",
        "Standard: Price": "€10.00",
        "Ticket type Early": "price €5.00, seats 3, tickets per booking 1 to 10",
    }
    assert new == {
        "Standard: Name": "Regular",
        "Standard: Price": "€12.50",
        "Ticket type VIP": "price €50.00, seats 2, hidden yes, tickets per booking 1 to 10",
    }


def test_saving_the_same_again_is_no_change():
    event = make_event()
    before = told(event)
    edit(event)
    assert told(event) == before


def test_every_step_of_an_event_is_told_with_who_took_it():
    event = make_event()
    owner = owner_of(event.organizer)
    event = operations.postpone_event(event=event, version=event.version, by=owner, now=timezone.now())
    event = operations.publish_event(event=event, version=event.version, by=owner, now=timezone.now())
    operations.cancel_event(event=event, version=event.version, by=owner, now=timezone.now())
    steps = ["event-created", "event-published", "event-postponed", "event-published", "event-cancelled"]
    assert [what for what, _, _ in told(event)] == steps
    assert set(Change.objects.filter(event_id=event.pk).values_list("by", "label")) == {(owner.pk, event.title)}


def test_the_trail_of_a_draft_outlives_it():
    draft = make_draft(title="Never mind")
    key = draft.pk
    operations.delete_draft(event=draft, by=owner_of(draft.organizer))
    last = Change.objects.filter(event_id=key).order_by("at", "id").last()
    assert last and (last.what, last.label, last.team) == ("event-deleted", "Never mind", draft.organizer)


def test_a_refused_edit_leaves_no_trail():
    event = make_event()
    before = told(event)
    with pytest.raises(EditConflict):
        operations.edit_event(
            event=event, data=input_of(event), version=99, by=owner_of(event.organizer), now=timezone.now()
        )
    assert told(event) == before


def test_what_happens_to_promo_codes_is_told():
    event = make_event()
    code = make_code(event, "EARLY", percent=Decimal(20), limit=10)
    owner, now = owner_of(event.organizer), timezone.now()
    code = PromoCode.objects.select_related("inventory", "event").get(pk=code.pk)
    changed = replace(code_input(code, event.currency), percent=Decimal(25), limit=None)
    code = operations.edit_code(code=code, data=changed, by=owner, now=now)
    operations.edit_code(code=code, data=changed, by=owner, now=now)  # nothing is different
    operations.switch_code(code=code, active=False, by=owner, now=now)
    operations.switch_code(code=code, active=False, by=owner, now=now)  # nor here
    operations.create_codes(event=event, data=PromoCodeInput("VIP-", percent=Decimal(5)), how_many=3, by=owner, now=now)
    created, edited, switched, many = told(event)[2:]
    assert (created[0], created[2]["Discount"], created[2]["Ticket types"]) == ("code-created", "20 %", "all")
    assert edited == (
        "code-edited",
        {"Discount": "20 %", "Tickets in all": "10"},
        {"Discount": "25 %", "Tickets in all": "no limit"},
    )
    assert switched == ("code-switched", {"Switched": "on"}, {"Switched": "off"})
    assert (many[0], many[2]["Code"]) == ("codes-created", "3 that begin with VIP-")


def test_a_change_of_tax_is_told_once():
    team = make_team()
    for _ in range(2):
        operations.set_tax(
            team=team, name="VAT", rate=Decimal("7.7"), included=False, by=owner_of(team), now=timezone.now()
        )
    change = Change.objects.get(what="tax-changed")
    assert (change.old, change.new) == (
        {"Rate": "0 %", "In the prices entered": "included"},
        {"Rate": "7.7 %", "In the prices entered": "added"},
    )
