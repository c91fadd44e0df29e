"""The Why page: who may see it, what it says, how it turns its pages."""

import re
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership
from analytics import ledger
from bookings import operations as bookings
from events.models import Event, Movement
from events.operations import TicketTypeInput
from tests.factories import make_booking, make_draft, make_event, make_place, make_team, make_user, owner_of, signed_in
from waitlist import operations as line

pytestmark = pytest.mark.django_db
# Session, person, event and its types, role (2); limits, who comes first; movements, whose they are (2); traces, the
# line's counts; the bell.
STATEMENTS = 14


def why(event: Event) -> str:
    return reverse("why:why", args=[event.slug])


def move(event: Event, reason: str, change: int, *, minutes_ago: float = 0, times: int = 1, **whose) -> None:
    """Movements of the house, a second apart, the first so long ago."""
    first = timezone.now() - timedelta(minutes=minutes_ago)
    Movement.objects.bulk_create(
        Movement(
            inventory_id=event.inventory_id, reason=reason, change=change, at=first + timedelta(seconds=n), **whose
        )
        for n in range(times)
    )


def told(answer) -> list[list[str]]:
    """The words of each line."""
    return [[part.words for part in line.parts] for line in answer.context["lines"]]


def test_strangers_are_asked_to_sign_in():
    event = make_event()
    for name in ("why:why", "why:csv"):
        answer = Client().get(reverse(name, args=[event.slug]))
        assert (answer.status_code, answer["Location"][:15]) == (302, "/account/login/")


def test_other_teams_find_nothing_here():
    event = make_event()
    stranger = signed_in(owner_of(make_team()))
    assert [stranger.get(reverse(name, args=[event.slug])).status_code for name in ("why:why", "why:csv")] == [404, 404]
    assert stranger.get("/organise/events/nowhere/why").status_code == 404


@pytest.mark.parametrize(("role", "status"), [("owner", 200), ("manager", 200), ("door", 403)])
def test_those_who_run_the_event_may_look(team, role, status):
    event, member = make_event(team), make_user("Ben")
    Membership.objects.create(team=team, user=member, role=role)
    for name in ("why:why", "why:csv"):
        assert signed_in(member).get(reverse(name, args=[event.slug])).status_code == status


def test_platform_staff_see_every_event():
    event = make_event()
    assert signed_in(make_user("Sam", is_staff=True)).get(why(event)).status_code == 200


def test_a_post_is_refused(page, team):
    assert page.post(why(make_event(team))).status_code == 405


def test_a_draft_has_a_page_too(page, team):
    answer = page.get(why(make_draft(team)))
    assert told(answer) == [["10 seats added"]]
    assert "All 10 seats are free." in answer.content.decode()


def test_it_says_why_an_event_is_sold_out(page, team):
    event = make_event(team, capacity=4)
    make_booking(event, quantity=3)
    make_place(event, quantity=2)
    content = page.get(why(event)).content.decode()
    assert "Why is this sold out?" in content
    assert "Of 4 seats 3 are booked and 1 free but wait for party #1 (needs 2)." in content
    assert "One party waits." in content


def test_a_cancellation_that_is_handed_on_reads_as_a_story(page, team):
    event = make_event(team, capacity=2)
    first = make_booking(event, quantity=2)
    waits, behind = make_place(event, quantity=2), make_place(event, quantity=2)
    now = timezone.now()
    bookings.cancel(booking=first, now=now)
    waits.refresh_from_db()
    line.pass_up(entry=waits, now=now + timedelta(seconds=1))
    behind.refresh_from_db()
    bookings.accept(entry=behind, now=now + timedelta(seconds=2))
    answer = page.get(why(event))
    assert told(answer) == [
        ["2 accepted by #2"],
        ["2 offered to #2"],
        ["2 passed on by #1"],
        ["2 offered to #1"],
        ["2 booked", "2 cancelled"],
        ["2 seats added"],
    ]
    assert [one.at_once for one in answer.context["lines"]] == [False, True, False, True, False, False]
    assert answer.context["lines"][4].parts[0].whose == first.reference


def test_no_name_of_a_guest_stands_on_the_page(page, team):
    event = make_event(team, capacity=2)
    make_booking(event, make_user("Zebedee", email="zeb@example.org"), quantity=2)
    make_place(event, customer=make_user("Yolanda", email="yoyo@example.org"))
    for name in ("why:why", "why:csv"):
        answer = page.get(reverse(name, args=[event.slug]))
        content = answer.getvalue().decode()
        assert not re.search("Zebedee|zeb@|Yolanda|yoyo@", content)


def test_what_happens_together_stands_in_one_line(page, team):
    event = make_event(team)
    Movement.objects.filter(inventory=event.inventory_id).delete()
    start = timezone.now().replace(minute=0, second=0, microsecond=0) - timedelta(hours=2)
    for minute, reason, change in [
        (1, "booked", 2), (2, "booked", 1), (3, "cancelled", -1), (14, "booked", 4),  # in one quarter of an hour
        (16, "booked", 1), (17, "capacity", 5), (18, "booked", 1), (19, "capacity", 1), (20, "capacity", -1),
    ]:  # fmt: skip
        Movement.objects.create(
            inventory_id=event.inventory_id, reason=reason, change=change, at=start + timedelta(minutes=minute),
            booking_id=event.pk if reason == "booked" else None,
        )  # fmt: skip
    folded = [
        ["1 seat taken away"], ["1 seat added"], ["1 booked"], ["5 seats added"], ["1 booked"],
        ["7 booked", "1 cancelled"],
    ]  # fmt: skip
    assert told(page.get(why(event))) == folded
    assert [one.effect for one in page.get(why(event)).context["lines"]] == [-1, 1, -1, 5, -1, -6]
    assert len(told(page.get(why(event), {"each": "on"}))) == 9


def test_a_rush_is_one_line(page, team, monkeypatch):
    event = make_event(team, capacity=1000)
    quarter = timezone.now().replace(minute=0, second=0, microsecond=0)
    Movement.objects.bulk_create(
        Movement(inventory_id=event.inventory_id, reason="booked", change=2, at=quarter, booking_id=event.pk)
        for _ in range(300)
    )
    assert ["600 booked"] in told(page.get(why(event)))
    monkeypatch.setattr(ledger, "MOST", 100)  # of which a page looks at so many
    answer = page.get(why(event))
    assert answer.context["older_url"]


def walk(page: Client, event: Event, **query) -> list[list]:
    """All pages, from the latest to the oldest."""
    pages, url = [], why(event)
    while url:
        answer = page.get(url, query if url == why(event) else None)
        pages.append(answer.context["lines"])
        url = answer.context["older_url"] and why(event) + answer.context["older_url"]
        assert len(pages) < 50
    return pages


def test_pages_stay_put_while_movements_come_in(page, team, monkeypatch):
    monkeypatch.setattr(ledger, "PAGE_SIZE", 3)
    event = make_event(team)
    move(event, "booked", 1, minutes_ago=10, times=10, booking_id=event.pk)
    every = [one.first_at for lines in walk(page, event, each="on") for one in lines]
    assert len(every) == 11 and every == sorted(every, reverse=True)
    second = page.get(why(event) + page.get(why(event), {"each": "on"}).context["older_url"])
    move(event, "cancelled", -1, times=2)
    again = page.get(why(event) + second.context["newer_url"])
    assert [one.first_at for one in again.context["lines"]] == every[:3]
    assert "before=" not in page.get(why(event) + again.context["newer_url"]).wsgi_request.get_full_path()
    back = page.get(why(event) + again.context["older_url"])
    assert [one.first_at for one in back.context["lines"]] == [one.first_at for one in second.context["lines"]]


def test_too_few_newer_lines_for_a_page_show_the_latest_page(page, team, monkeypatch):
    monkeypatch.setattr(ledger, "PAGE_SIZE", 3)
    event = make_event(team)
    move(event, "booked", 1, minutes_ago=10, times=4, booking_id=event.pk)
    first = page.get(why(event), {"each": "on"})
    second = page.get(why(event) + first.context["older_url"])
    back = page.get(why(event) + second.context["newer_url"])
    assert told(back) == told(first) and back.context["newer_url"] is None


def test_filters_narrow(page, team):
    event = make_event(team, capacity=5, ticket_types=[TicketTypeInput("Seat"), TicketTypeInput("Box", capacity=2)])
    box = event.ticket_types.get(name="Box")
    make_booking(event, items=[(box.pk, 2)])
    assert told(page.get(why(event), {"kind": "capacity"})) == [["5 seats added"]]
    assert told(page.get(why(event), {"limit": str(box.pk)})) == [["2 booked"], ["2 seats added"]]
    assert told(page.get(why(event), {"kind": "waitlist"})) == []
    today = timezone.localdate(timezone=event.zone)
    assert len(told(page.get(why(event), {"since": today.isoformat(), "until": today.isoformat()}))) == 2
    assert told(page.get(why(event), {"until": (today - timedelta(days=1)).isoformat()})) == []
    assert told(page.get(why(event), {"since": (today + timedelta(days=1)).isoformat()})) == []


def test_days_are_meant_in_the_events_zone(page, team):
    event = make_event(team, timezone="Pacific/Auckland")
    Movement.objects.filter(inventory=event.inventory_id).delete()
    night = datetime(2026, 3, 10, 0, 30, tzinfo=event.zone)  # still the 9th in UTC
    Movement.objects.create(inventory_id=event.inventory_id, reason="cancelled", change=-1, at=night)
    assert len(told(page.get(why(event), {"since": "2026-03-10", "until": "2026-03-10"}))) == 1
    assert told(page.get(why(event), {"until": "2026-03-09"})) == []
    assert "Tuesday 10 March 2026" in page.get(why(event)).content.decode()


WRONG = [
    ({"limit": "nonsense"}, "limit"),
    ({"limit": "00000000-0000-0000-0000-000000000000"}, "limit"),
    ({"kind": "'; DROP TABLE"}, "kind"),
    ({"since": "yesterday"}, "since"),
    ({"until": "2026-02-30"}, "until"),
    ({"since": "9999-12-31"}, "since"),
    ({"until": "0001-01-01"}, "until"),
    ({"since": "2026-05-02", "until": "2026-05-01"}, "until"),
    ({"before": "x"}, "before"),
    ({"after": "1" * 5000}, "after"),
    ({"before": "00000000-0000-0000-0000-000000000000"}, "__all__"),
]


@pytest.mark.parametrize(("query", "field"), WRONG)
def test_filters_that_make_no_sense_are_named_and_show_nothing(page, team, query, field):
    answer = page.get(why(make_event(team)), query)
    assert (answer.status_code, list(answer.context["form"].errors)) == (400, [field])
    assert answer.context["lines"] == []
    assert "Nothing is shown until the filters make sense" in answer.content.decode()


def test_the_first_and_the_last_day_there_is_are_answered(page, team):
    for zone in ("Pacific/Kiritimati", "Pacific/Pago_Pago"):
        event = make_event(team, timezone=zone)
        assert page.get(why(event), {"since": "2000-01-01", "until": "2100-12-31"}).status_code == 200


def test_another_events_movement_is_no_place_to_begin_at(page, team):
    theirs = Movement.objects.filter(inventory=make_event().inventory_id).first()
    assert page.get(why(make_event(team)), {"before": str(theirs.pk)}).status_code == 400


def test_what_the_team_did_by_hand_stands_there_with_its_reason(page, team):
    event = make_event(team, capacity=4)
    make_booking(event, quantity=4)
    big, small = make_place(event, quantity=4), make_place(event, quantity=2)
    line.remove(entry=big, by=owner_of(team), reason="Asked by phone", now=timezone.now())
    content = page.get(why(event)).content.decode()
    assert "#1: removed</strong> by Olga" in content and "“Asked by phone”" in content
    small.refresh_from_db()
    assert small.status == "waiting"


def test_an_invitation_out_of_order_is_told_where_it_happened(page, team):
    event = make_event(team, capacity=4)
    make_booking(event, quantity=2)
    make_place(event, quantity=4)
    small = make_place(event, quantity=2)
    line.invite(entry=small, by=owner_of(team), reason="They are the band", now=timezone.now())
    newest = page.get(why(event)).context["lines"][0]
    assert (newest.parts[0].words, newest.parts[0].notes) == (
        "2 offered to #2", ["Invited out of order by Olga: They are the band"],
    )  # fmt: skip


def test_the_number_of_statements_does_not_grow(page, team, django_assert_max_num_queries):
    event = make_event(team, capacity=500, ticket_types=[TicketTypeInput("Seat"), TicketTypeInput("Box", capacity=2)])
    seat, box = event.ticket_types.order_by("position")
    with django_assert_max_num_queries(STATEMENTS):
        page.get(why(event))
    for _ in range(3):
        make_booking(event, items=[(seat.pk, 3)])
    make_booking(event, items=[(box.pk, 2)])
    for _ in range(3):
        make_place(event, ticket_type_id=box.pk)
    bookings.hold(request=bookings.Request(event.pk, [(seat.pk, 1)]), customer_id=make_user().pk, now=timezone.now())
    with django_assert_max_num_queries(STATEMENTS):
        page.get(why(event))


def test_a_page_is_read_from_the_index_in_its_order():
    event = make_event()
    newest = Movement.objects.filter(inventory=event.inventory_id).order_by("-at", "-id")
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off")
        assert "Index Scan Backward using movement_by_moment" in newest[:100].explain()
