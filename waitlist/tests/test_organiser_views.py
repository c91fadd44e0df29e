"""The organiser's page of a line."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership
from bookings import operations as bookings
from events.models import Event
from events.operations import TicketTypeInput
from tests.factories import make_booking, make_event, make_place, make_team, make_user, owner_of, signed_in
from waitlist import operations, organising
from waitlist.models import Entry

pytestmark = pytest.mark.django_db
STATEMENTS = 12  # session, person, event and its types; counts; places, position; traces; three permissions; bell

FIGURE = re.compile(r'<span class="figure numbers">(\d+)</span>')


@pytest.fixture
def team():
    return make_team(make_user("Olga"))


@pytest.fixture
def page(team) -> Client:
    return signed_in(owner_of(team))


@pytest.fixture
def event(team) -> Event:
    """Sold out: 4 of 4."""
    event = make_event(team, capacity=4)
    make_booking(event, make_user("Bob"), quantity=4)
    return event


@pytest.fixture
def door(team, event):
    ben = make_user("Ben")
    Membership.objects.create(team=team, user=ben, role=Membership.Role.DOOR)
    return signed_in(ben)


def url(name: str, event: Event, entry: Entry | None = None) -> str:
    return reverse(f"line:{name}", args=[event.slug, *([entry.pk] if entry else [])])


def places(answer) -> list[tuple[int, int | None]]:
    """Number and position of each row."""
    return [(row.entry.number, row.position) for row in answer.context["page"].results]


def said(answer) -> list[str]:
    return [str(message) for message in answer.context["messages"]]


def test_strangers_are_asked_to_sign_in(event):
    entry = make_place(event)
    for address in (url("line", event), url("invite", event, entry), url("remove", event, entry)):
        answer = Client().get(address)
        assert (answer.status_code, answer["Location"][:15]) == (302, "/account/login/")


def test_other_teams_find_nothing_here(event):
    entry = make_place(event)
    stranger = signed_in(owner_of(make_team()))
    assert stranger.get(url("line", event)).status_code == 404
    for name in ("invite", "remove"):
        assert stranger.get(url(name, event, entry)).status_code == 404
        assert stranger.post(url(name, event, entry), {"reason": "Because"}).status_code == 404
    entry.refresh_from_db()
    assert entry.status == "waiting"


def test_a_place_in_another_events_line_is_not_found_here(page, team, event):
    other = make_event(team, capacity=1)
    make_booking(other)
    entry = make_place(other)
    assert page.post(url("remove", event, entry), {"reason": "Because"}).status_code == 404
    entry.refresh_from_db()
    assert entry.status == "waiting"


def test_door_staff_neither_look_nor_act(door, event):
    entry = make_place(event)
    assert door.get(url("line", event)).status_code == 403
    for name in ("invite", "remove"):
        assert door.get(url(name, event, entry)).status_code == 403
        assert door.post(url(name, event, entry), {"reason": "Because"}).status_code == 403
    entry.refresh_from_db()
    assert entry.status == "waiting"


def test_those_who_wait_are_named(page, event):
    make_place(event, customer=make_user("Yolanda", email="yoyo@example.org"))
    content = page.get(url("line", event)).content.decode()
    assert "Yolanda" in content and "yoyo@example.org" in content


def test_an_empty_line_says_so(page, event):
    for shelf, words in [("waiting", "Nobody waits"), ("offered", "No offers are open"), ("over", "Nobody has left")]:
        assert words in page.get(url("line", event), {"show": shelf}).content.decode()


def test_each_place_stands_on_its_shelf(page, team, event):
    first, second, third = (make_place(event, quantity=2) for _ in range(3))
    operations.leave(entry=second, now=timezone.now())
    answer = page.get(url("line", event))
    assert places(answer) == [(1, 1), (3, 2)]
    assert places(page.get(url("line", event), {"show": "over"})) == [(2, None)]
    bookings.cancel(booking=event.bookings.get(), now=timezone.now())
    assert places(page.get(url("line", event), {"show": "offered"})) == [(1, None), (3, None)]
    assert answer.context["line"] == {"waiting": 2, "offered": 0, "over": 1}
    assert page.get(url("line", event)).context["shelf"] == "offered"  # while nobody waits
    assert "left" in page.get(url("line", event)).content.decode()


def test_what_a_party_wants_stands_beside_it(page, team):
    event = make_event(team, capacity=2, ticket_types=[TicketTypeInput("Seat"), TicketTypeInput("Box")])
    seat, box = event.ticket_types.order_by("position")
    make_booking(event, items=[(seat.pk, 2)])
    entry = make_place(event, quantity=2, ticket_type_id=box.pk, lead_hours=3)
    make_place(event)
    content = page.get(url("line", event)).content.decode()
    assert "2 seats, Box" in content and "1 seat, any ticket" in content
    until = (event.starts_at - timedelta(hours=3)).astimezone(event.zone)
    assert entry.last_moment == until and until.isoformat() in content


def test_pages_stay_put_while_people_leave(page, event, monkeypatch):
    monkeypatch.setattr(organising, "PAGE_SIZE", 2)
    entries = [make_place(event) for _ in range(5)]
    first = page.get(url("line", event))
    assert places(first) == [(1, 1), (2, 2)]
    operations.leave(entry=entries[0], now=timezone.now())
    second = page.get(url("line", event), {"show": "waiting", "cursor": first.context["page"].next_cursor})
    assert places(second) == [(3, 2), (4, 3)]
    third = page.get(url("line", event), {"show": "waiting", "cursor": second.context["page"].next_cursor})
    assert places(third) == [(5, 4)] and third.context["page"].next_cursor is None
    for shelf in ("offered", "over"):
        for entry in Entry.objects.live():
            operations.leave(entry=entry, now=timezone.now())
        assert page.get(url("line", event), {"show": shelf}).status_code == 200
    over = page.get(url("line", event), {"show": "over"})
    rest = page.get(url("line", event), {"show": "over", "cursor": over.context["page"].next_cursor})
    assert len({*places(over), *places(rest)}) == 4


@pytest.mark.parametrize("cursor", ["x", "AAAA", "1" * 5000, "W10", "é"])
def test_a_cursor_that_is_none_is_refused_in_a_sentence(page, event, cursor):
    answer = page.get(url("line", event), {"cursor": cursor})
    assert answer.status_code == 400 and "Use a cursor from the page before" in answer.content.decode()


def test_an_unknown_shelf_is_who_waits(page, event):
    assert page.get(url("line", event), {"show": "nonsense"}).context["shelf"] == "waiting"


def test_somebody_is_removed_for_a_reason_that_stays(page, event):
    entry = make_place(event)
    assert page.get(url("remove", event, entry)).status_code == 200
    answer = page.post(url("remove", event, entry), {"reason": "Two  accounts"}, follow=True)
    assert said(answer) == ["#1 is out of the line."]
    entry.refresh_from_db()
    assert (entry.status, entry.by.name, entry.reason) == ("removed", "Olga", "Two accounts")
    content = answer.content.decode()
    assert "#1: removed</strong> by Olga" in content and "“Two accounts”" in content


def test_removing_twice_is_done_once(page, event):
    entry = make_place(event)
    for words in ("#1 is out of the line.", "#1: removed by the organiser already."):
        assert said(page.post(url("remove", event, entry), {"reason": "Two accounts"}, follow=True)) == [words]


def test_who_left_meanwhile_cannot_be_removed(page, event):
    entry = make_place(event)
    operations.leave(entry=entry, now=timezone.now())
    answer = page.post(url("remove", event, entry), {"reason": "Two accounts"})
    assert answer.status_code == 409 and "This place in line is over: left." in answer.content.decode()
    entry.refresh_from_db()
    assert (entry.status, entry.by) == ("left", None)


@pytest.mark.parametrize("reason", ["", " ", "x", "y" * 201, "a\x00b", "a\nb", "\u202eabc"])
@pytest.mark.parametrize("name", ["remove", "invite"])
def test_a_reason_is_asked_for(page, event, name, reason):
    entry = make_place(event)
    answer = page.post(url(name, event, entry), {"reason": reason})
    assert answer.status_code == 422 and "reason" in answer.context["form"].errors
    entry.refresh_from_db()
    assert (entry.status, entry.by) == ("waiting", None)


def test_somebody_is_invited_out_of_order(page, team):
    event = make_event(team, capacity=4)
    make_booking(event, quantity=2)
    big, small = make_place(event, quantity=4), make_place(event, quantity=2)
    assert "1 party stands in front of them" in page.get(url("invite", event, small)).content.decode()
    answer = page.post(url("invite", event, small), {"reason": "They are the band"}, follow=True)
    assert said(answer) == ["Seats are reserved for #2."]
    small.refresh_from_db(), big.refresh_from_db()
    assert (small.status, small.by.name, big.status) == ("offered", "Olga", "waiting")
    assert "#2: invited out of order</strong> by Olga" in answer.content.decode()
    again = page.post(url("invite", event, small), {"reason": "They are the band"}, follow=True)
    assert said(again) == ["#2: seats offered already."]
    event.inventory.refresh_from_db()
    assert event.inventory.offered == 2


def test_an_invitation_for_which_there_are_no_seats_is_refused_in_a_sentence(page, event):
    entry = make_place(event, quantity=2)
    answer = page.post(url("invite", event, entry), {"reason": "They are the band"})
    assert answer.status_code == 409 and "They are 2, and 0 seats are free." in answer.content.decode()
    entry.refresh_from_db()
    assert (entry.status, entry.by) == ("waiting", None)


def test_removing_who_has_an_offer_hands_their_seats_on(page, event):
    first, second = make_place(event, quantity=4), make_place(event, quantity=4)
    bookings.cancel(booking=event.bookings.get(), now=timezone.now())
    assert "4 seats are reserved for Ada" in page.get(url("remove", event, first)).content.decode()
    page.post(url("remove", event, first), {"reason": "Two accounts"})
    second.refresh_from_db()
    assert second.status == "offered"


def test_the_number_of_statements_does_not_grow(page, event, django_assert_max_num_queries):
    make_place(event)
    with django_assert_max_num_queries(STATEMENTS):
        page.get(url("line", event))
    for _ in range(4):
        make_place(event)
    with django_assert_max_num_queries(STATEMENTS):
        page.get(url("line", event))


def test_the_overview_adds_up_and_leads_here(page, team):
    event = make_event(team, capacity=10)
    make_booking(event, quantity=7)
    make_place(event, quantity=4)
    content = page.get(reverse("organise:event", args=[event.slug])).content.decode()
    assert "kept for the line" in content and "1 party waits" in content
    assert url("line", event) in content and reverse("why:why", args=[event.slug]) in content
    figures = [int(figure) for figure in FIGURE.findall(content)]
    assert figures == [7, 0, 0, 3, 10]
