"""Who changed what: one order of the trail and of money, filters, pages, files, and who may see it."""

import csv
import io
from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import operations as accounts
from accounts.models import Change, Membership, What
from accounts.operations import trail
from analytics import history
from analytics.history import Asked
from events.models import Event
from events.operations import TicketTypeInput
from payments import operations as payments
from payments.models import MoneyAct, Receipt
from tests.factories import make_booking, make_draft, make_event, make_user, owner_of, signed_in

pytestmark = pytest.mark.django_db
# Session, person, team, role; who changed something, members, events; the order, changes; their events; the bell.
STATEMENTS = 11


def of_team(team, suffix: str = "") -> str:
    return reverse(f"history:team{suffix}", args=[team.pk])


def of_event(event: Event, suffix: str = "") -> str:
    return reverse(f"history:event{suffix}", args=[event.slug])


def words(answer) -> list[str]:
    return [line.words for line in answer.context["lines"]]


def write(team, count: int, **more) -> None:
    by, start = owner_of(team), timezone.now() - timedelta(hours=1)
    for number in range(count):
        at = start + timedelta(seconds=number)
        trail.record(team_id=team.pk, by=by, what="note", label=f"{number}", now=at, **more)


def paid_at_the_door(event: Event) -> Receipt:
    booking = make_booking(event)
    return payments.take_in(
        booking_id=booking.pk, amount=1000, reference="Cash 1", by=owner_of(event.organizer), now=timezone.now()
    )


def test_changes_and_money_stand_in_one_order_with_what_was_before(team, page):
    event = make_event(team, title="Quartet", ticket_types=[TicketTypeInput("Seat", price=Decimal(10))])
    receipt = paid_at_the_door(event)
    payments.refund_by_hand(
        booking_id=receipt.payment.booking_id, amount=400, reason="Bad seat", by=owner_of(team), now=timezone.now()
    )
    accounts.change_role(team=team, user=_member(team, "Ben", "door"), role="manager", by=owner_of(team))
    answer = page.get(of_team(team))
    assert words(answer) == [
        "Role changed", "€4.00 given back", "€10.00 booked in", "Event published", "Event created",
    ]  # fmt: skip
    role, refund, money, *_ = answer.context["lines"]
    assert (role.label, role.who, role.changes) == ("Ben", "Olga", [("Role", "Door staff", "Manager")])
    assert (refund.note, money.note, money.label) == ("Bad seat", "", receipt.payment.booking.reference)
    assert (money.event, money.event_url) == ("Quartet", reverse("organise:event", args=[event.slug]))
    assert "Door staff" in answer.text and "Manager" in answer.text


def _member(team, name: str, role: str):
    user = make_user(name)
    Membership.objects.create(team=team, user=user, role=role)
    return user


def test_an_events_page_tells_of_that_event_alone(team, page):
    event = make_event(team, title="Quartet", ticket_types=[TicketTypeInput("Seat", price=Decimal(10))])
    paid_at_the_door(event)
    make_event(team, title="Another")
    assert words(page.get(of_event(event))) == ["€10.00 booked in", "Event published", "Event created"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("what=events", ["Event created"]),
        ("what=team", ["Role changed"]),
        ("what=money", []),
        ("what=settings", ["Tax changed"]),
        ("what=line", []),
    ],
)
def test_it_is_narrowed_by_what(team, page, query, expected):
    make_draft(team)
    accounts.change_role(team=team, user=_member(team, "Ben", "door"), role="manager", by=owner_of(team))
    trail.record(team_id=team.pk, by=owner_of(team), what=What.TAX_CHANGED, subject=team)
    assert words(page.get(f"{of_team(team)}?{query}")) == expected


def test_it_is_narrowed_by_who_and_by_event(team, page):
    ben = _member(team, "Ben", "manager")
    write(team, 1)
    trail.record(team_id=team.pk, by=ben, what=What.EVENT_EDITED, label="by Ben")
    event = make_draft(team, title="Quartet")
    assert words(page.get(f"{of_team(team)}?by={ben.pk}")) == ["Event edited"]
    assert words(page.get(f"{of_team(team)}?event={event.slug}")) == ["Event created"]


def test_pages_go_on_where_the_last_one_ended_and_each_change_stands_on_one(team, page):
    write(team, history.PAGE_SIZE + 5)
    same = timezone.now() - timedelta(minutes=1)  # and some at one moment, across the end of a page
    Change.objects.filter(label__in=[str(number) for number in range(3, 9)]).update(at=same)
    first = page.get(of_team(team))
    second = page.get(of_team(team) + first.context["older_url"])
    labels = [line.label for one in (first, second) for line in one.context["lines"]]
    assert len(first.context["lines"]) == history.PAGE_SIZE
    assert sorted(labels, key=int) == [str(number) for number in range(history.PAGE_SIZE + 5)]
    assert (second.context["older_url"], second.context["latest_url"]) == (None, of_team(team))


def test_a_page_costs_the_same_however_much_there_is(team, page, django_assert_num_queries):
    event = make_event(team)
    write(team, 3, event_id=event.pk)
    with django_assert_num_queries(STATEMENTS):
        page.get(of_team(team))
    make_event(team)
    write(team, 30, event_id=event.pk)
    with django_assert_num_queries(STATEMENTS):
        page.get(of_team(team))


def test_the_file_holds_everything_that_is_asked_and_calculates_nothing(team, page, monkeypatch):
    monkeypatch.setattr(history, "TOGETHER", 4)
    write(team, 10)
    event = make_draft(team, title="=HYPERLINK(1)")
    answer = page.get(of_team(team, "_csv"))
    rows = list(csv.reader(io.StringIO(b"".join(answer).decode("utf-8-sig"))))
    assert rows[0] == ["When", "Who", "What", "To what", "Event", "Before", "After", "Note"]
    assert [row[3] for row in rows[1:]] == ["'=HYPERLINK(1)", *(str(number) for number in reversed(range(10)))]
    answer = page.get(f"{of_event(event, '_csv')}?what=events")
    assert len(b"".join(answer).decode().splitlines()) == 2
    assert answer["Content-Disposition"] == f'attachment; filename="{event.slug}-history.csv"'


def test_who_closed_their_account_is_nobody_by_name(team, page):
    ben = _member(team, "Ben Amato", "manager")
    trail.record(team_id=team.pk, by=ben, what=What.EVENT_EDITED, label="Quartet")
    accounts.close_account(user=ben, now=timezone.now())
    answer = page.get(of_team(team))
    assert [line.who for line in answer.context["lines"]] == ["Somebody whose account is closed"] * 2
    assert "Ben Amato" not in answer.text and "@invalid" not in answer.text


def test_secrets_of_payment_settings_never_stand_there(team, page):
    changes = {"stripe_key": "sk_test_51Hdesk0000x7Qa", "legal_name": "Team Ltd"}
    payments.change_account(team=team, changes=changes, by=owner_of(team), now=timezone.now())
    answer = page.get(of_team(team))
    assert answer.context["lines"][0].changes == [("Legal name", "", "Team Ltd"), ("Stripe key", None, "changed")]
    assert "sk_test" not in answer.text


def test_what_was_written_before_there_was_a_trail_is_told_too(team, page):
    payments.change_account(team=team, changes={"legal_name": "A"}, by=owner_of(team), now=timezone.now())
    Change.objects.all().delete()
    MoneyAct.objects.create(
        kind=MoneyAct.Kind.ACCOUNT, account=team.payment_account, by=owner_of(team), note="Changed: bank"
    )
    assert [line.note for line in page.get(of_team(team)).context["lines"]] == ["Changed: bank"]


@pytest.mark.parametrize(("role", "status"), [("owner", 200), ("manager", 200), ("door", 403), (None, 404)])
def test_managers_see_it_and_door_staff_do_not(team, role, status):
    event = make_draft(team)
    user = _member(team, "Ben", role) if role else make_user("Ben")
    for address in (of_team(team), of_team(team, "_csv"), of_event(event), of_event(event, "_csv")):
        assert signed_in(user).get(address).status_code == status
    assert Client().get(of_team(team)).status_code == 302


@pytest.mark.parametrize(
    "query",
    [
        "by=x", "by=00000000-0000-0000-0000-000000000000", "what=nonsense", "event=nowhere", "before=x", "before=~",
        "before=2026-01-01T00:00:00~1", "before=2026-01-01T00:00:00%2B00:00~%27",
        "before=0001-01-01T00:00:00%2B14:00~1", "before=9999-12-31T23:59:59-14:00~1",
        "before=%00", f"before={'9' * 5000}", "by=%00",
    ],
)  # fmt: skip
def test_filters_that_make_no_sense_are_named(team, page, query):
    write(team, 1)
    answer = page.get(f"{of_team(team)}?{query}")
    assert (answer.status_code, "Changes, the latest first" in answer.text) == (400, False)
    assert page.get(f"{of_team(team, '_csv')}?{query}").status_code == 400


def test_another_teams_changes_are_never_told(team, page):
    other = make_event()
    assert page.get(of_team(team)).context["lines"] == []
    assert page.get(f"{of_team(team)}?event={other.slug}").status_code == 400
    assert page.get(of_event(other)).status_code == 404
    assert page.get(of_team(other.organizer)).status_code == 404
    assert page.get(reverse("history:team", args=[uuid4()])).status_code == 404
    assert history.page(Asked(team.pk, other)).entries == []
