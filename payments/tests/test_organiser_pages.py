"""The organiser's pages of money."""

from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership
from bookings import operations as bookings
from payments import operations
from payments.models import Account, MoneyAct, Payment, Receipt, Refund
from payments.tests.handling import book_in, pay, rows, said, url
from payments.tests.paying import PRICE, again, basket, paid_event, under_way
from tests.factories import make_booking, make_event, make_team, make_user, owner_of, signed_in

pytestmark = pytest.mark.django_db
PAGE_STATEMENTS = 13


def test_money_that_came_in_confirms_the_booking(page, waiting):
    answer = book_in(page, waiting, amount="12.50", reference="SEPA 1", note="thanks", dated="2026-01-02")
    assert said(answer) == ["€12.50 booked in. The booking is paid."]
    receipt = Receipt.objects.get()
    assert (receipt.reference, receipt.by, receipt.note) == ("SEPA 1", owner_of(waiting.event.organizer), "thanks")
    assert again(waiting).status == "confirmed"
    assert "SEPA 1 · thanks" in answer.content.decode()


@pytest.mark.parametrize(
    ("amount", "asked", "then"),
    [
        ("10.00", "€2.50 less than what is missing", "€10.00 booked in. €2.50 of €12.50 is still to come."),
        ("20.00", "€7.50 more than what is missing", "€20.00 booked in. €7.50 goes back."),
    ],
)
def test_an_amount_that_is_not_the_missing_one_is_asked_about_first(page, waiting, amount, asked, then):
    answer = book_in(page, waiting, amount=amount, reference="SEPA 1")
    assert asked in answer.context["unusual"]
    assert not Receipt.objects.exists()
    answer = book_in(page, waiting, amount=amount, reference="SEPA 1", sure=answer.context["sure"])
    assert said(answer) == [then]


def test_being_sure_of_another_amount_counts_for_nothing(page, waiting):
    book_in(page, waiting, amount="10.00", reference="SEPA 1", sure=999)
    assert not Receipt.objects.exists()


def test_the_same_form_sent_twice_books_once(page, waiting):
    first, second = (book_in(page, waiting, amount="12.50", reference="SEPA 1", sure=PRICE) for _ in range(2))
    assert said(second) == ["€12.50 under “SEPA 1” was booked in before: nothing was changed."]
    assert Receipt.objects.count() == 1


def test_cash_has_no_reference_and_is_booked_once_all_the_same(page):
    booking = make_booking(paid_event("door"), make_user())
    page = signed_in(owner_of(booking.event.organizer))
    key = uuid4()
    for _ in range(2):
        book_in(page, booking, amount="12.50", key=str(key), sure=PRICE)
    assert Payment.objects.get().received == PRICE
    assert again(booking).paid_by == "money"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"amount": ""}, "amount"),
        ({"amount": "0"}, "amount"),
        ({"amount": "-5"}, "amount"),
        ({"amount": "12.505"}, "amount"),
        ({"amount": "NaN"}, "amount"),
        ({"amount": "1e30"}, "amount"),
        ({"amount": "99999999999999"}, "amount"),
        ({"reference": ""}, "reference"),
        ({"reference": "a\x00b"}, "reference"),
        ({"reference": "x" * 201}, "reference"),
        ({"dated": "2099-01-01"}, "dated"),
        ({"dated": "soon"}, "dated"),
        ({"key": "none"}, "key"),
        ({"sure": "x"}, "sure"),
    ],
)
def test_what_makes_no_sense_is_a_422_and_books_nothing(page, waiting, change, field):
    answer = book_in(page, waiting, **({"amount": "12.50", "reference": "SEPA 1"} | change))
    assert (answer.status_code, [*answer.context["form"].errors]) == (422, [field])
    assert not Receipt.objects.exists()


@pytest.mark.parametrize(
    ("currency", "good", "bad", "minor"), [("JPY", "1250", "1250.5", 1250), ("KWD", "12.505", "12.5055", 12505)]
)
def test_currencies_have_the_decimals_they_have(currency, good, bad, minor):
    event = paid_event("transfer", currency=currency, **({"ticket_types": whole()} if currency == "JPY" else {}))
    booking = basket(event)
    under_way(booking)
    page = signed_in(owner_of(event.organizer))
    assert book_in(page, booking, amount=bad, reference="1").status_code == 422
    book_in(page, booking, amount=good, reference="1", sure=minor)
    assert Receipt.objects.get().amount == minor


def test_where_nothing_is_paid_by_hand_nothing_is_booked_in(page, event):
    booking = basket(event)
    assert 'name="amount"' not in page.get(url("book_in", booking)).content.decode()
    answer = book_in(page, booking, amount="12.50", reference="1", sure=PRICE)
    assert (answer.status_code, Receipt.objects.count()) == (409, 0)


def test_a_refund_by_hand_says_why_and_waits_to_be_paid_back(page, event, paid):
    answer = page.post(url("refund", paid), {"amount": "5", "reason": "Broken seat"}, follow=True)
    assert said(answer) == ["€5.00 goes back."]
    refund = Refund.objects.get()
    assert (refund.amount, refund.reason, refund.by) == (500, "Broken seat", owner_of(event.organizer))
    assert rows(page.get(reverse("money:payments", args=[event.slug]))) == [paid.reference]
    page.post(url("paid_back", paid, refund.pk), {"note": "Cash"})
    refund.refresh_from_db()
    assert (refund.status, MoneyAct.objects.get().note) == ("done", "Cash")
    answer = page.post(url("paid_back", paid, refund.pk), {"note": "Again"})
    assert (answer.status_code, MoneyAct.objects.count()) == (409, 1)


@pytest.mark.parametrize(
    ("data", "status"),
    [
        ({"amount": "25.01", "reason": "All"}, 409),
        ({"amount": "5"}, 422),
        ({"amount": "-5", "reason": "x"}, 422),
        ({"amount": "5.001", "reason": "x"}, 422),
        ({"amount": "Infinity", "reason": "x"}, 422),
        ({"amount": "5", "reason": "a\nb"}, 422),
    ],
)
def test_refunds_that_make_no_sense_are_refused(page, paid, data, status):
    assert page.post(url("refund", paid), data).status_code == status
    assert not Refund.objects.exists()


def test_single_tickets_are_cancelled_after_it_was_said_what_goes_back(page, paid):
    line = paid.lines.get()
    data = {"tickets": [f"{line.pk}-2"], "reason": "One is ill"}
    answer = page.post(url("tickets", paid), data)
    assert (answer.context["count"], answer.context["back"]) == (1, "€12.50")
    assert not Refund.objects.exists()
    answer = page.post(url("tickets", paid), data | {"expected": "1250"}, follow=True)
    assert said(answer) == ["1 ticket cancelled, €12.50 goes back."]
    refund = Refund.objects.get()
    assert (refund.amount, refund.kind, refund.reason) == (PRICE, "part", "One is ill")
    assert (again(paid).quantity, again(paid).status) == (1, "confirmed")
    assert bookings.audit_inventory() == []
    assert operations.audit_money(now=timezone.now()) == []


def test_all_tickets_are_the_whole_booking(page, paid):
    line = paid.lines.get()
    data = {"tickets": [f"{line.pk}-1", f"{line.pk}-2"], "reason": "Moved away", "expected": "2500"}
    page.post(url("tickets", paid), data)
    assert (again(paid).status, Refund.objects.get().amount) == ("cancelled", 2 * PRICE)
    assert page.post(url("tickets", paid), data).status_code == 409


@pytest.mark.parametrize("ticket", ["1-3", "x", "0-1", "999999-1", "-"])
def test_tickets_that_there_are_not_are_a_422(page, paid, ticket):
    assert page.post(url("tickets", paid), {"tickets": [ticket], "reason": "x"}).status_code == 422


def test_when_another_amount_goes_back_now_it_is_shown_again(page, paid):
    line = paid.lines.get()
    data = {"tickets": [f"{line.pk}-1"], "reason": "x", "expected": "9999"}
    answer = page.post(url("tickets", paid), data)
    assert (answer.status_code, answer.context["expected"]) == (409, PRICE)
    assert again(paid).quantity == 2


def test_a_cancelled_event_says_before_and_after_what_goes_back(page, event, paid, waiting):
    pay(waiting, 500, "part")
    asked = page.get(reverse("organise:cancel", args=[event.slug])).content.decode()
    assert "2 guests get €30.00 back" in asked
    by = owner_of(event.organizer)
    event.refresh_from_db()
    from events import operations as events

    events.cancel_event(event=event, version=event.version, by=by, now=timezone.now())
    address = reverse("money:refunds", args=[event.slug])
    progress = page.get(address).context["progress"]
    assert (progress.cancelled, progress.bookings, progress.is_moving) == (0, 1, True)
    bookings.cancel_some(event_id=event.pk, now=timezone.now())
    operations.settle_up(booking_id=paid.pk, now=timezone.now())
    operations.look_at_the_clock(now=timezone.now())
    progress = page.get(address).context["progress"]
    assert (progress.cancelled, progress.refunds, progress.by_hand, progress.is_moving) == (1, 2, 2, False)
    for refund in Refund.objects.all():
        operations.mark_paid_back(refund_id=refund.pk, note="Bank", by=by, now=timezone.now())
    assert page.get(address).context["progress"].is_finished
    assert sum(refund.amount for refund in Refund.objects.all()) == 3000


def test_htmx_gets_the_progress_alone(page, event, paid):
    answer = page.get(reverse("money:refunds", args=[event.slug]), headers={"HX-Request": "true"})
    assert answer.content.decode().strip().startswith("<section")


ALL = ["booking", "book_in", "refund", "tickets", "give_back", "ask"]


@pytest.mark.parametrize("name", ALL)
def test_door_staff_and_other_teams_have_no_business_here(event, paid, name):
    ben = make_user("Ben")
    Membership.objects.create(team=event.organizer, user=ben, role=Membership.Role.DOOR)
    stranger = owner_of(make_team())
    method = "post" if name == "ask" else "get"
    statuses = [getattr(signed_in(who), method)(url(name, paid)).status_code for who in (ben, stranger)]
    assert statuses == [403, 404]
    assert getattr(Client(), method)(url(name, paid)).status_code == 302


def test_bookings_and_refunds_of_other_events_are_not_there(page, event, paid):
    theirs = make_booking(make_event(make_team(make_user("Else"))))
    mine = [event.slug, theirs.pk]
    assert page.get(reverse("money:booking", args=mine)).status_code == 404
    assert page.get(reverse("money:paid_back", args=[event.slug, paid.pk, uuid4()])).status_code == 404


def test_a_bookings_page_takes_the_same_statements_however_much_happened(page, paid, django_assert_num_queries):
    page.get(url("booking", paid))
    with django_assert_num_queries(PAGE_STATEMENTS):
        page.get(url("booking", paid))
    by = make_user("Olga")
    for _ in range(2):
        (refund,) = operations.refund_by_hand(booking_id=paid.pk, amount=100, reason="x", by=by, now=timezone.now())
        operations.mark_paid_back(refund_id=refund.pk, note="x", by=by, now=timezone.now())
    with django_assert_num_queries(PAGE_STATEMENTS):
        page.get(url("booking", paid))


def test_owners_set_up_how_the_team_is_paid_and_never_see_a_key(event):
    Account.objects.all().delete()
    page = signed_in(owner_of(event.organizer))
    address = reverse("money:account", args=[event.organizer_id])
    data = {"transfer_days": "7", "stripe_key": "sk_test_51Hdesk0000x7Qa", "statement": "OUR TEAM"}
    answer = page.post(address, data, follow=True)
    account = Account.objects.get()
    text = answer.content.decode()
    assert "…x7Qa" in text and "sk_test_51Hdesk" not in text
    assert f"/webhooks/stripe/{account.pk}" in text
    page.post(address, {"transfer_days": "8"})
    account.refresh_from_db()
    assert (account.takes_cards, account.statement, account.transfer_days) == (True, "", 8)
    page.post(address, {"transfer_days": "8", "forget_stripe_key": "on"})
    account.refresh_from_db()
    assert not account.takes_cards


def test_a_wrong_iban_is_named_and_nothing_is_saved(event):
    page = signed_in(owner_of(event.organizer))
    data = {"transfer_days": "5", "bank_holder": "T", "bank_account": "PT51 0002 0123 1234 5678 9015 4"}
    answer = page.post(reverse("money:account", args=[event.organizer_id]), data)
    assert (answer.status_code, [*answer.context["form"].errors]) == (422, ["bank_account"])
    assert Account.objects.get().bank_holder == "Team"


@pytest.mark.parametrize(("role", "status"), [("manager", 403), ("door", 403)])
def test_only_owners_see_it(event, role, status):
    member = make_user("Max")
    Membership.objects.create(team=event.organizer, user=member, role=role)
    address = reverse("money:account", args=[event.organizer_id])
    assert signed_in(member).get(address).status_code == status
    assert signed_in(owner_of(make_team())).get(address).status_code == 404


def test_a_way_to_pay_that_the_team_cannot_take_is_named_where_it_is_chosen(page, event):
    Account.objects.update(bank_account="")
    for name in ("event", "edit"):
        text = page.get(reverse(f"organise:{name}", args=[event.slug])).content.decode()
        assert "Bank transfer is offered, but your team can’t be paid that way yet" in text


def whole():
    from decimal import Decimal

    from events.operations import TicketTypeInput

    return [TicketTypeInput(name="Seat", price=Decimal(1250))]
