"""The box office and tickets that are given away, page and operation."""

from decimal import Decimal
from uuid import uuid4

import pytest
from allauth.account.models import EmailAddress
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Change, Membership, User
from accounts.operations.guests import stand_in
from bookings import operations as bookings
from bookings.models import Booking
from bookings.receivers import hand_over_what_is_theirs
from events.operations import TicketTypeInput
from guests import operations
from guests.operations import Invited
from notifications.models import Delivery, Notice
from notifications.receivers.bookings import tell_of_their_tickets
from payments.models import Receipt
from payments.operations import audit_money
from tests.factories import make_booking, make_event, make_place, make_user, owner_of, signed_in
from tickets import operations as tickets

pytestmark = pytest.mark.django_db
TYPES = [TicketTypeInput(name="Stalls", price=Decimal("12.50")), TicketTypeInput(name="Crew", hidden=True)]
OFFICE_STATEMENTS = 7  # session, person, event, its types; permission; types for sale; the bell


@pytest.fixture
def event():
    return make_event(ticket_types=TYPES, payment_methods=["card"])


@pytest.fixture
def page(event) -> Client:
    return signed_in(owner_of(event.organizer))


def address(event, name="office") -> str:
    return reverse(f"guests:{name}", args=[event.slug])


def form(event, ticket_type="Stalls", quantity=2, **other) -> dict:
    chosen = {f"quantity_{event.ticket_types.get(name=ticket_type).pk}": quantity}
    return {"name": "Rui", "email": "rui@example.org", "paid": "cash", "key": str(uuid4()), **chosen, **other}


def said(answer) -> list[str]:
    return [str(message) for message in answer.context["messages"]]


def give(page, event, guests="Pia, pia@example.org", **other):
    ticket_type = event.ticket_types.get(name="Stalls").pk
    data = {"ticket_type": ticket_type, "quantity": 2, "reason": "Press", "guests": guests, **other}
    return page.post(address(event, "complimentary"), data, follow=True)


def test_a_sale_for_cash_is_booked_paid_and_told(page, event):
    answer = page.post(address(event), form(event), follow=True)
    booking = Booking.objects.get()
    assert said(answer) == ["2 tickets booked, €25.00 paid. They go to rui@example.org."]
    assert (booking.status, booking.paid_by, booking.source) == ("confirmed", "money", "box-office")
    assert (Receipt.objects.get().amount, Receipt.objects.get().reference) == (2500, "Box office, cash")
    change = Change.objects.get(what="guest-booked")
    assert (change.what, change.by, change.new["Total"]) == ("guest-booked", owner_of(event.organizer), "€25.00")
    tell_of_their_tickets([{"booking_id": str(booking.pk)}])
    assert Delivery.objects.get(channel="email").address == "rui@example.org"
    assert audit_money(now=timezone.now()) == []


@pytest.mark.parametrize(("paid", "paid_by", "words"), [("card", "money", "paid"), ("later", "door", "to be paid")])
def test_it_is_paid_by_card_or_later(page, event, paid, paid_by, words):
    answer = page.post(address(event), form(event, paid=paid), follow=True)
    assert Booking.objects.get().paid_by == paid_by
    assert f"€25.00 {words}" in said(answer)[0]
    assert Receipt.objects.count() == (paid == "card")


def test_the_same_form_sent_twice_is_one_sale(page, event):
    data = form(event)
    first, second = (page.post(address(event), data) for _ in range(2))
    assert first.url == second.url
    assert (Booking.objects.count(), Receipt.objects.count()) == (1, 1)
    assert Change.objects.filter(what="guest-booked").count() == 1


def test_a_guest_without_an_address_belongs_to_nobody_and_is_printed(page, event):
    answer = page.post(address(event), form(event, "Crew", email=""), follow=True)
    booking = Booking.objects.get()
    assert said(answer) == ["2 tickets booked. Print them here: there is no address."]
    assert "No e-mail address" in answer.content.decode() and "@invalid" not in answer.content.decode()
    assert (booking.customer, booking.contact_email) == (stand_in(team=event.organizer), "")
    assert not booking.customer.has_usable_password()
    assert tickets.issued(booking=booking)[0].holder_name == "Rui"
    tell_of_their_tickets([{"booking_id": str(booking.pk)}])
    assert not Delivery.objects.exists()


def test_a_new_address_gets_an_account_that_its_owner_opens_by_a_new_password(page, event, client):
    page.post(address(event), form(event))
    rui = User.objects.get(email="rui@example.org")
    assert (Booking.objects.get().customer, rui.has_usable_password()) == (rui, False)
    page.post(address(event), form(event))
    assert set(Booking.objects.values_list("customer", flat=True)) == {rui.pk}
    client.post(reverse("account_reset_password"), {"email": rui.email})
    from outbox.models import Message

    asked = Message.objects.filter(fact="mail_requested").latest("created_at").payload
    assert (asked["to"], asked["template"]) == (rui.email, "password_reset_key")


def test_a_confirmed_address_is_its_owners_and_an_unconfirmed_one_is_nobodys(page, event):
    real = make_user("Rui", email="rui@example.org")
    EmailAddress.objects.create(user=real, email="rui@example.org", verified=True, primary=True)
    squatter = make_user("Mallory", email="eva@example.org")
    page.post(address(event), form(event))
    page.post(address(event), form(event, name="Eva", email="EVA@example.org"))
    owners = dict(Booking.objects.values_list("name", "customer"))
    assert owners == {"Rui": real.pk, "Eva": stand_in(team=event.organizer).pk}
    assert squatter.pk not in owners.values()


def test_what_was_bought_for_an_address_is_theirs_once_they_confirm_it(page, event):
    eva = make_user("Eva", email="eva@example.org")
    page.post(address(event), form(event, name="Eva", email="eva@example.org"))
    hand_over_what_is_theirs(user_id=str(eva.pk))
    assert Booking.objects.get().customer == stand_in(team=event.organizer)
    EmailAddress.objects.create(user=eva, email="eva@example.org", verified=True, primary=True)
    assert [bookings.hand_over(user_id=str(eva.pk)) for _ in range(2)] == [1, 0]
    assert Booking.objects.get().customer == eva


def test_the_page_says_the_same_whether_somebody_has_an_account(page, event):
    known = make_user("Known", email="known@example.org")
    EmailAddress.objects.create(user=known, email=known.email, verified=True, primary=True)
    answers = [
        page.post(address(event), form(event, email=email), follow=True).content.decode()
        for email in (known.email, "other@example.org")
    ]
    assert "Known" not in answers[0]
    assert said_alike(answers[0], known.email) == said_alike(answers[1], "other@example.org")


def said_alike(page: str, email: str) -> list[str]:
    heading = page.split('<header class="page-head">')[1].split("</header>")[0].replace(email, "…")
    return [line for line in heading.splitlines() if "Booking " not in line]


@pytest.mark.parametrize(
    ("other", "words"),
    [
        ({"name": ""}, "required"),
        ({"name": "A\nB"}, "One line"),
        ({"email": "rui"}, "Enter an e-mail address"),
        ({"paid": "gold"}, "valid choice"),
        ({"key": "x"}, "UUID"),
        ({"code": "NOPE"}, "no such promo code"),
        ({"note": "a\x00"}, "Null characters"),
    ],
)
def test_bad_input_is_refused_and_nothing_is_sold(page, event, other, words):
    answer = page.post(address(event), form(event, **other))
    assert answer.status_code in (409, 422)
    assert words in answer.content.decode()
    assert not Booking.objects.exists() and not User.objects.filter(email="rui@example.org").exists()


@pytest.mark.parametrize("quantity", ["", "0", "-1", "x", "1001", "9" * 30])
def test_quantities_that_make_no_sense_are_refused(page, event, quantity):
    assert page.post(address(event), form(event, quantity=quantity)).status_code == 422
    assert not Booking.objects.exists()


def test_types_of_another_event_are_not_sold_here(page, event):
    other = make_event(ticket_types=TYPES)
    assert page.post(address(event), form(other)).status_code == 422


def test_when_too_few_are_left_it_says_so_and_when_the_line_is_owed_them(page, event):
    assert "Only 10 left" in page.post(address(event), form(event, quantity=11)).content.decode()
    small = make_event(event.organizer, capacity=2)
    make_booking(small)
    make_place(small, quantity=2)
    data = form(event) | {f"quantity_{small.ticket_types.get().pk}": 1}
    answer = page.post(address(small), data)
    assert answer.status_code == 409
    assert "1 seat is free, and owed to the line" in answer.content.decode()
    assert "1 party in line" in answer.content.decode()


def test_the_price_is_worked_out_before_it_is_sold(page, event):
    answer = page.post(address(event), form(event, name="", quantity=3), headers={"HX-Request": "true"})
    assert "€37.50" in answer.content.decode() and answer.content.decode().lstrip().startswith('<p id="price"')
    plain = page.post(address(event), form(event, name="", preview="1"))
    assert (plain.status_code, plain.context["price"]) == (200, "€25.00")
    wrong = page.post(address(event), form(event, code="NOPE"), headers={"HX-Request": "true"})
    assert "no such promo code" in wrong.content.decode()
    assert not Booking.objects.exists()


@pytest.mark.parametrize("name", ["office", "complimentary"])
def test_only_those_who_edit_the_event_book_for_guests(event, name):
    assert Client().post(address(event, name)).status_code == 302
    assert signed_in(make_user()).post(address(event, name)).status_code == 404
    door = make_user("Dora")
    Membership.objects.create(team=event.organizer, user=door, role=Membership.Role.DOOR)
    assert signed_in(door).post(address(event, name), form(event)).status_code == 403
    assert not Booking.objects.exists()


def test_complimentary_tickets_go_to_everybody_named(page, event):
    answer = give(page, event, 'Pia, pia@example.org\n\n"Rui" <rui@example.org>\neva@example.org; Eva Maria')
    assert said(answer) == ["3 guests have tickets now; they are on their way by mail."]
    rows = set(Booking.objects.values_list("name", "email", "quantity", "total", "source", "source_note"))
    assert rows == {
        (name, email, 2, 0, "complimentary", "Press")
        for name, email in [("Pia", "pia@example.org"), ("Rui", "rui@example.org"), ("Eva Maria", "eva@example.org")]
    }
    assert Change.objects.filter(what="guest-invited").count() == 3
    letter = page.get(reverse("guests:booking", args=[event.slug, Booking.objects.first().pk]))
    assert "Complimentary · Press" in letter.content.decode()


def test_each_line_that_is_wrong_is_named_and_nothing_is_given(page, event):
    lines = ["Pia, pia@example.org", "Rui", "", "Eva, eva@", "Pia, PIA@example.org", f"{'x' * 121}, x@example.org"]
    answer = give(page, event, "\n".join(lines))
    words = answer.content.decode()
    assert answer.status_code == 422
    assert "Line 2: A name, a comma and one e-mail address." in words
    assert "Line 4: Enter a valid email address." in words
    assert "Line 5: The same address as in line 1." in words
    assert "Line 6: At most 120 characters" in words
    assert not Booking.objects.exists()


def test_more_guests_than_can_be_named_at_once_are_refused(page, event):
    answer = give(page, event, "\n".join(f"G{n}, g{n}@example.org" for n in range(101)))
    assert "At most 100 guests at once." in answer.content.decode()


def test_when_there_are_not_enough_for_all_nobody_gets_any(page, event):
    people = User.objects.count()
    answer = give(page, event, "\n".join(f"G{n}, g{n}@example.org" for n in range(6)))
    assert answer.status_code == 409
    assert "12 tickets are needed, and there are not that many free." in answer.content.decode()
    assert (Booking.objects.count(), User.objects.count(), Notice.objects.count()) == (0, people, 0)


def test_guests_whose_addresses_are_not_confirmed_get_theirs_in_one_go(event):
    for n in range(3):
        make_user(f"G{n}", email=f"g{n}@example.org")
    booked = operations.give_away(
        event=event,
        guests=[Invited(f"G{n}", f"g{n}@example.org") for n in range(3)],
        ticket_type=event.ticket_types.get(name="Crew").pk,
        quantity=1,
        reason="Crew",
        by=owner_of(event.organizer),
        now=timezone.now(),
    )
    assert {one.customer for one in booked} == {stand_in(team=event.organizer)}
    assert {one.name for one in booked} == {"G0", "G1", "G2"}


def test_the_page_of_the_box_office_asks_few_statements(page, event, django_assert_num_queries):
    with django_assert_num_queries(OFFICE_STATEMENTS):
        page.get(address(event))
