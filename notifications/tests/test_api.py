"""The API's doors to notices and preferences."""

from datetime import time, timedelta

import pytest
from django.utils import timezone

from notifications.kinds import KINDS
from notifications.models import Choice, Notice, QuietHours
from notifications.operations import Quiet, set_preferences
from notifications.tests.notices import make_notice
from tests.api import Api, assert_problem, unknown_id
from tests.factories import make_team, make_user

pytestmark = pytest.mark.django_db

LIST = "/api/notifications"
PREFERENCES = "/api/notifications/preferences"


@pytest.fixture
def ada():
    return make_user("Ada")


@pytest.fixture
def api(ada):
    return Api(ada)


def titles(answer) -> list[str]:
    return [notice["title"] for notice in answer.json()["results"]]


# --- Notices ------------------------------------------------------------------------------------------


def test_a_notice_says_what_there_is_to_know(api, ada):
    notice = make_notice(ada, "offer", title="2 seats are reserved for you", url="/waitlist/x")
    answer = api.send("GET", LIST)
    assert answer["Cache-Control"] == "private, no-store"
    assert answer.json()["results"] == [
        {
            "id": str(notice.pk),
            "kind": "offer",
            "group": "waitlist",
            "title": "2 seats are reserved for you",
            "line": notice.line,
            "created_at": notice.created_at.isoformat().replace("+00:00", "Z"),
            "read_at": None,
            "links": {
                "open": f"/notifications/{notice.pk}",
                "about": "/waitlist/x",
                "read": f"/api/notifications/{notice.pk}/read",
            },
        }
    ]


def test_the_newest_come_first_page_by_page_and_nobody_elses(api, ada):
    now = timezone.now()
    for number in range(5):
        make_notice(ada, at=now - timedelta(minutes=number), title=str(number))
    make_notice(make_user(), title="his")
    make_notice(ada, in_bell=False, title="mail alone")
    first = api.send("GET", f"{LIST}?limit=2")
    second = api.send("GET", first.json()["next"])
    third = api.send("GET", second.json()["next"])
    assert [titles(page) for page in (first, second, third)] == [["0", "1"], ["2", "3"], ["4"]]
    assert (first.json()["previous"], third.json()["next"]) == (None, None)
    assert titles(api.send("GET", third.json()["previous"])) == ["2", "3"]


def test_the_unread_alone(api, ada):
    make_notice(ada, title="read", read_at=timezone.now())
    make_notice(ada, title="unread")
    assert titles(api.send("GET", f"{LIST}?unread=true")) == ["unread"]
    assert len(titles(api.send("GET", f"{LIST}?unread=false"))) == 2
    assert api.send("GET", f"{LIST}/unread").json() == {"unread": 1}


@pytest.mark.parametrize(
    ("query", "field"), [("unread=x", "unread"), ("limit=0", "limit"), ("cursor=x", "cursor"), ("read=1", "read")]
)
def test_questions_that_make_no_sense(api, query, field):
    assert_problem(api.send("GET", f"{LIST}?{query}"), 400, "invalid", field)


@pytest.mark.parametrize("number", [1, 10])
def test_a_list_takes_one_statement_however_long(api, ada, django_assert_num_queries, number):
    for _ in range(number):
        make_notice(ada)
    with django_assert_num_queries(1):
        api.send("GET", LIST)


def test_one_is_marked_as_read_twice_without_harm(api, ada):
    notice = make_notice(ada)
    first = api.send("POST", f"{LIST}/{notice.pk}/read")
    again = api.send("POST", f"{LIST}/{notice.pk}/read")
    assert (first.status_code, again.status_code) == (200, 200)
    assert first.json()["read_at"] == again.json()["read_at"] != None  # noqa: E711


def test_somebody_elses_is_not_there(api):
    his = make_notice(make_user())
    for notice_id in (his.pk, unknown_id()):
        assert_problem(api.send("POST", f"{LIST}/{notice_id}/read"), 404, "not-found")
        assert_problem(api.send("POST", f"{LIST}/read", {"until": str(notice_id)}), 400, "invalid", "until")
    assert Notice.objects.unread().count() == 1


def test_all_are_marked_or_those_that_were_seen(api, ada):
    now = timezone.now()
    seen = make_notice(ada, at=now - timedelta(hours=1))
    make_notice(ada, at=now - timedelta(hours=2))
    make_notice(ada, at=now, title="new")
    assert api.send("POST", f"{LIST}/read", {"until": str(seen.pk)}).json() == {"read": 2}
    assert titles(api.send("GET", f"{LIST}?unread=true")) == ["new"]
    assert api.send("POST", f"{LIST}/read", {}).json() == {"read": 1}
    assert api.send("POST", f"{LIST}/read", {}).json() == {"read": 0}


def test_until_is_an_id(api):
    assert_problem(api.send("POST", f"{LIST}/read", {"until": 5}), 400, "invalid", "until")


# --- Preferences --------------------------------------------------------------------------------------


def test_preferences_say_what_one_hears_and_what_is_fixed(api, ada):
    set_preferences(user=ada, quiet=Quiet(time(22), time(7), "Europe/Lisbon"))
    answer = api.send("GET", PREFERENCES).json()
    assert answer["kinds"]["booking_confirmed"] == {"email": True, "push": False, "bell": True}
    assert answer["kinds"]["verify"] == {"email": True}
    assert answer["fixed"]["security"] == ["email", "bell"]
    assert "sold_out" not in answer["kinds"]
    assert answer["quiet_hours"] == {"begin": "22:00", "until": "07:00", "zone": "Europe/Lisbon"}
    make_team(ada)
    assert list(api.send("GET", PREFERENCES).json()["kinds"]) == list(KINDS)


def test_what_is_named_is_changed_and_the_rest_stays(api):
    hours = {"begin": "23:30", "until": "06:15", "zone": "UTC"}
    body = {"kinds": {"reminder_day": {"email": False}, "offer": {"email": True, "push": False}}, "quiet_hours": hours}
    answer = api.send("PATCH", PREFERENCES, body)
    assert answer.status_code == 200
    assert answer.json()["kinds"]["reminder_day"] == {"email": False, "push": True, "bell": True}
    assert answer.json()["quiet_hours"] == hours
    assert Choice.objects.count() == 2
    assert api.send("PATCH", PREFERENCES, {}).json() == answer.json()
    assert api.send("PATCH", PREFERENCES, {"quiet_hours": None}).json()["quiet_hours"] is None
    assert Choice.objects.count() == 2


def test_what_is_needed_is_named_in_the_refusal(api):
    body = {"kinds": {"booking_confirmed": {"email": False, "bell": False}}, "quiet_hours": None}
    problem = assert_problem(api.send("PATCH", PREFERENCES, body), 409, "always-told")
    assert problem["fixed"] == {"booking_confirmed": ["email"]}
    assert not Choice.objects.exists()


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"kinds": {"nonsense": {"email": True}}}, "kinds.nonsense"),
        ({"kinds": {"sold_out": {"email": True}}}, "kinds.sold_out"),
        ({"kinds": {"verify": {"push": True}}}, "kinds.verify.push"),
        ({"kinds": {"verify": {"email": 1}}}, "kinds.verify.email"),
        ({"kinds": {"verify": True}}, "kinds.verify"),
        ({"kinds": []}, "kinds"),
        ({"kinds": None}, "kinds"),
        ({"quiet_hours": {"begin": "22:00", "until": "07:00"}}, "quiet_hours.zone"),
        ({"quiet_hours": {"begin": "22:00", "until": "07:00", "zone": "Mars"}}, "quiet_hours.zone"),
        ({"quiet_hours": {"begin": "24:00", "until": "07:00", "zone": "UTC"}}, "quiet_hours.begin"),
        ({"quiet_hours": {"begin": "22:00", "until": "07:00+02:00", "zone": "UTC"}}, "quiet_hours.until"),
        ({"quiet_hours": {"begin": 22, "until": "07:00", "zone": "UTC"}}, "quiet_hours.begin"),
        ({"quiet_hours": {"begin": "22:00", "until": "22:00", "zone": "UTC"}}, "quiet_hours.until"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_makes_no_sense_is_named_and_changes_nothing(api, body, field):
    body = {"kinds": {"welcome": {"bell": False}}, **body} if "kinds" not in body else body
    assert_problem(api.send("PATCH", PREFERENCES, body), 400, "invalid", field)
    assert not Choice.objects.exists()
    assert not QuietHours.objects.exists()


@pytest.mark.parametrize(
    ("method", "path"), [("GET", LIST), ("GET", f"{LIST}/unread"), ("POST", f"{LIST}/read"), ("PATCH", PREFERENCES)]
)
def test_programs_need_a_token(method, path):
    assert_problem(Api().send(method, path, {}), 401, "not-authenticated")
