"""What a code does to a booking, and who may use it how often."""

from collections import defaultdict
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from bookings import operations
from bookings.errors import CodeUsedUp
from bookings.models import Booking
from bookings.operations import Request
from bookings.operations.plan import Line, use_code
from core.errors import Invalid
from events import operations as events
from events.errors import CapacityTooSmall, CodeRefused
from events.models import Inventory, PromoCode, TicketType
from events.operations import TicketTypeInput
from tests.factories import make_booking, make_code, make_draft, make_event, make_user, owner_of

pytestmark = pytest.mark.django_db

Kind = PromoCode.Kind
STALLS = TicketTypeInput("Stalls", price=Decimal("10.00"))
BACKSTAGE = TicketTypeInput("Backstage", price=Decimal("50.00"), hidden=True)


def book(event, code="", customer=None, **chosen):
    """Book so many of ticket types by name."""
    types = {one.name: one.pk for one in event.types_for_sale()}
    items = [(types[name], quantity) for name, quantity in chosen.items()]
    request = Request(event.pk, items, code=code)
    return operations.book(request=request, customer_id=(customer or make_user()).pk, now=timezone.now())


def uses(code) -> int:
    code.inventory.refresh_from_db()
    return code.inventory.claimed


@pytest.mark.parametrize(
    ("discount", "total"),
    [
        ({"kind": Kind.PERCENT, "percent": Decimal("12.5")}, 1750),
        ({"kind": Kind.AMOUNT, "amount": Decimal("2.50")}, 1500),
        ({"kind": Kind.AMOUNT, "amount": Decimal(99)}, 0),
        ({"kind": Kind.FREE}, 0),
    ],
)
def test_a_code_takes_the_same_off_each_ticket_and_never_more_than_it_costs(discount, total):
    code = make_code(event := make_event(ticket_types=[STALLS]), **discount)
    booking = book(event, "early", Stalls=2)
    line = booking.lines.get()
    assert (booking.total, booking.promo_code) == (total, code)
    assert (line.unit_price, line.discount, line.total, line.each) == (1000, 2000 - total, total, total // 2)
    assert uses(code) == 2
    assert operations.audit_inventory() == []


def test_a_code_for_some_tickets_leaves_the_others_as_they_are():
    event = make_event(ticket_types=[STALLS, TicketTypeInput("Gallery", price=Decimal(5))])
    gallery = event.ticket_types.get(name="Gallery")
    code = make_code(event, kind=Kind.FREE, ticket_types=[gallery.pk])
    booking = book(event, "EARLY", Stalls=1, Gallery=2)
    assert booking.total == 1000
    assert list(booking.lines.order_by("unit_price").values_list("discount", "with_code")) == [(1000, True), (0, False)]
    assert uses(code) == 2
    with pytest.raises(CodeRefused, match="not for these tickets"):
        book(event, "EARLY", Stalls=1)


def test_what_a_discount_leaves_holds_less_tax_and_less_fee():
    event = make_event(
        ticket_types=[TicketTypeInput("Stalls", price=Decimal(10), tax_rate=Decimal(25))], fee_fixed=Decimal(2)
    )
    make_code(event, percent=Decimal(50))
    line = book(event, "EARLY", Stalls=3).lines.get()
    assert (line.subtotal, line.discount, line.total) == (3600, 1800, 1800)
    assert (line.fee, line.tax, line.tax_rate) == (300, 360, 25)


def test_a_hidden_ticket_is_sold_with_the_code_that_unlocks_it_alone():
    event = make_event(ticket_types=[STALLS, BACKSTAGE])
    code = make_code(event, "CREW", kind=Kind.UNLOCK, limit=2)
    make_code(event)
    for without in ("", "EARLY"):
        with pytest.raises(Invalid, match="no ticket type"):
            book(event, without, Backstage=1)
    booking = book(event, "crew", Backstage=1, Stalls=3)
    assert (booking.total, uses(code)) == (8000, 1)


def test_a_code_that_only_unlocks_does_not_stand_in_the_way_of_other_tickets():
    event = make_event(ticket_types=[STALLS, BACKSTAGE])
    code = make_code(event, "CREW", kind=Kind.UNLOCK, limit=1)
    booking = book(event, "CREW", Stalls=3)
    assert (booking.promo_code, uses(code)) == (None, 0)


def test_an_event_with_one_ticket_on_show_is_still_booked_by_quantity_alone():
    event = make_event(ticket_types=[STALLS, BACKSTAGE])
    assert make_booking(event, quantity=2).total == 2000


@pytest.mark.parametrize("code", ["NOBODY", "EARL", "\x00", "É" * 4000, "'; --"])
def test_an_unknown_code_is_refused(code):
    make_code(event := make_event(ticket_types=[STALLS]))
    with pytest.raises(CodeRefused, match="no such promo code"):
        book(event, code, Stalls=1)
    assert not Booking.objects.exists()


def test_a_code_of_another_event_is_unknown_here():
    make_code(make_event())
    with pytest.raises(CodeRefused, match="no such promo code"):
        book(make_event(ticket_types=[STALLS]), "EARLY", Stalls=1)


def test_a_code_has_its_time():
    event, now = make_event(ticket_types=[STALLS]), timezone.now()
    make_code(event, "LATER", valid_from=now + timedelta(hours=1))
    make_code(event, "BEFORE", valid_until=now - timedelta(hours=1))
    with pytest.raises(CodeRefused, match="LATER is good from"):
        book(event, "LATER", Stalls=1)
    with pytest.raises(CodeRefused, match="BEFORE is over"):
        book(event, "BEFORE", Stalls=1)


def test_a_code_that_was_switched_off_is_unknown_until_it_is_on_again():
    code = make_code(event := make_event(ticket_types=[STALLS]))
    by, now = owner_of(event.organizer), timezone.now()
    events.switch_code(code=code, active=False, by=by, now=now)
    with pytest.raises(CodeRefused):
        book(event, "EARLY", Stalls=1)
    events.switch_code(code=code, active=True, by=by, now=now)
    assert book(event, "EARLY", Stalls=1).total == 800


def test_a_party_gets_all_the_uses_it_needs_or_none():
    code = make_code(event := make_event(ticket_types=[STALLS]), limit=4)
    book(event, "EARLY", Stalls=1)
    with pytest.raises(CodeUsedUp, match="EARLY has 3 uses left: choose at most 3 tickets"):
        book(event, "EARLY", Stalls=4)
    book(event, "EARLY", Stalls=3)
    with pytest.raises(CodeUsedUp, match="used up") as refusal:
        book(event, "EARLY", Stalls=1)
    assert (refusal.value.extra, uses(code)) == ({"available": 0}, 4)


def test_a_person_has_their_own_share_of_a_code():
    code, ada = make_code(event := make_event(ticket_types=[STALLS]), max_per_person=3), make_user()
    with pytest.raises(CodeUsedUp, match="good for 3 tickets a person: choose at most 3"):
        book(event, "EARLY", ada, Stalls=4)
    book(event, "EARLY", ada, Stalls=2)
    with pytest.raises(CodeUsedUp, match="you have used it for 2, so it is good for 1 more"):
        book(event, "EARLY", ada, Stalls=2)
    book(event, Stalls=2, customer=ada)
    book(event, "EARLY", ada, Stalls=1)
    book(event, "EARLY", Stalls=3)
    assert uses(code) == 6


def test_uses_come_back_with_the_seats():
    code = make_code(event := make_event(ticket_types=[STALLS]), limit=2, max_per_person=2)
    ada, now = make_user(), timezone.now()
    booking = book(event, "EARLY", ada, Stalls=2)
    operations.cancel(booking=booking, now=now)
    assert uses(code) == 0
    again = operations.hold(
        request=Request(event.pk, quantity=2, code="EARLY"), customer_id=ada.pk, now=now, key="form"
    )
    code.inventory.refresh_from_db()
    assert (code.inventory.claimed, code.inventory.held) == (2, 2)
    operations.confirm(booking=again, now=now)
    code.inventory.refresh_from_db()
    assert (code.inventory.claimed, code.inventory.held) == (2, 0)
    assert operations.audit_inventory() == []


def test_the_audit_finds_a_use_that_nobody_has():
    code = make_code(event := make_event(ticket_types=[STALLS]))
    book(event, "EARLY", Stalls=1)
    type(code.inventory).objects.filter(pk=code.inventory_id).update(claimed=3)
    [found] = operations.audit_inventory()
    assert (found.inventory_id, found.claimed, found.in_bookings, found.in_movements) == (code.inventory_id, 3, 1, 1)


def test_a_limit_is_not_cut_below_what_is_used():
    code = make_code(event := make_event(ticket_types=[STALLS]))
    book(event, "EARLY", Stalls=3)
    by, now = owner_of(event.organizer), timezone.now()
    data = events.PromoCodeInput("EARLY", percent=Decimal(20), limit=2)
    with pytest.raises(CapacityTooSmall, match="EARLY is used for 3 tickets, so 2 are too few"):
        events.edit_code(code=code, data=data, by=by, now=now)


def test_new_prices_and_new_codes_leave_a_basket_as_it_was():
    event = make_event(ticket_types=[STALLS])
    code, by, now = make_code(event), owner_of(event.organizer), timezone.now()
    request = Request(event.pk, quantity=1, code="EARLY")
    basket = operations.hold(request=request, customer_id=make_user().pk, now=now)
    events.edit_code(code=code, data=events.PromoCodeInput("EARLY", percent=Decimal(50)), by=by, now=now)
    events.set_tax(team=event.organizer, name="VAT", rate=Decimal(20), included=False, by=by, now=now)
    basket.refresh_from_db()
    assert (basket.total, basket.lines.get().tax) == (800, 0)
    assert book(event, "EARLY", Stalls=1).total == 600


def test_the_same_key_with_another_code_is_another_request():
    event, ada, now = make_event(ticket_types=[STALLS]), make_user(), timezone.now()
    make_code(event)
    plain, coded = (Request(event.pk, quantity=1, code=code) for code in ("", "early"))
    assert plain.fingerprint != coded.fingerprint == Request(event.pk, quantity=1, code=" EARLY ").fingerprint
    first = operations.book(request=coded, customer_id=ada.pk, now=now, key="a")
    assert operations.book(request=coded, customer_id=ada.pk, now=now, key="a") == first


def test_an_order_without_tax_fee_and_code_carries_nothing_of_them():
    plain, rich = make_event(ticket_types=[STALLS]), make_event(ticket_types=[STALLS], fee_fixed=Decimal(1))
    make_code(rich)
    now, ada = timezone.now(), make_user()
    rows = [
        operations.order_for(Request(event.pk, quantity=1, code=code), ada.pk, now).row(1, defaultdict(int))
        for event, code in ((plain, ""), (rich, ""), (rich, "EARLY"))
    ]
    more = {"fees", "taxes", "rates"}
    assert rows[1].keys() - rows[0].keys() == more
    assert rows[2].keys() - rows[1].keys() == {"code", "code_most", "code_uses", "coded", "discounts"}


def test_a_draft_with_codes_is_deleted_with_all_its_limits():
    event = make_draft(ticket_types=[STALLS])
    make_code(event, limit=5)
    events.delete_draft(event=event, by=owner_of(event.organizer))
    assert not PromoCode.objects.exists()
    assert not Inventory.objects.exists()


def test_a_code_for_a_type_that_is_gone_is_good_for_nothing_else():
    event = make_event(ticket_types=[STALLS, TicketTypeInput("Gallery", price=Decimal(5))])
    gallery, by, now = event.ticket_types.get(name="Gallery"), owner_of(event.organizer), timezone.now()
    make_code(event, kind=Kind.FREE, ticket_types=[gallery.pk])
    data = replace(events.input_of(event), ticket_types=[TicketTypeInput("Stalls", price=Decimal(10))])
    events.edit_event(event=event, data=data, version=event.version, by=by, now=now)
    assert not TicketType.objects.filter(pk=gallery.pk).exists()
    with pytest.raises(CodeRefused, match="not for these tickets"):
        book(event, "EARLY", Stalls=1)


@given(
    price=st.integers(0, 10**9),
    fee_share=st.integers(0, 100),
    rate=st.decimals(0, 100, places=3),
    quantity=st.integers(1, 1000),
    percent=st.decimals("0.001", 100, places=3),
)
def test_of_every_line_the_parts_are_parts_of_what_is_paid(price, fee_share, rate, quantity, percent):
    ticket_type = TicketType(price=price, fee=price * fee_share // 100, tax_rate=rate)
    code = PromoCode(kind=Kind.PERCENT, percent=percent)
    [line] = use_code(code, [Line(ticket_type, quantity)])
    assert 0 <= line.total == line.subtotal - line.discount <= line.subtotal
    assert 0 <= line.fee <= line.total
    assert 0 <= line.tax <= line.total
    assert line.total % quantity == 0
