"""The pages of the bell."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from notifications.models import Notice
from notifications.tests.notices import make_notice
from tests.factories import make_event, make_user

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}


@pytest.fixture
def ada(client):
    user = make_user("Ada")
    client.force_login(user)
    client.get("/account/")  # the first page sets the cookie that goes with the tokens of its forms
    return user


def shown(client, query: str = "", **headers) -> list[str]:
    response = client.get(f"/notifications/{query}", headers=headers)
    assert response.status_code == 200
    return [notice.title for notice in response.context["page"].results]


def badge(client, path: str = "/notifications/bell") -> str:
    return client.get(path).content.decode()


# --- The number ---------------------------------------------------------------------------------------


def test_the_bell_says_how_many_are_unread(client, ada):
    assert "unread" not in badge(client)
    for _ in range(3):
        make_notice(ada)
    make_notice(ada, read_at=timezone.now())
    make_notice(ada, in_bell=False)
    make_notice(make_user())
    assert "Notifications, 3 unread" in badge(client)


def test_it_stops_counting_at_ninety_nine(client, ada):
    for _ in range(101):
        make_notice(ada)
    assert "Notifications, 99+ unread" in badge(client)


@pytest.mark.parametrize("path", ["/", "/account/", "/bookings/", "/nowhere", "/notifications/"])
def test_it_stands_on_every_page_of_those_who_are_signed_in(client, ada, path):
    make_notice(ada)
    assert "Notifications, 1 unread" in badge(client, path)


def test_strangers_have_none(client):
    assert 'class="bell' not in badge(client, "/")
    assert client.get("/notifications/bell").status_code == 204


def test_who_has_signed_out_elsewhere_does_not_sign_in_within_a_list(client, ada):
    client.logout()
    response = client.get("/notifications/", headers=HTMX)
    assert (response.status_code, response["HX-Refresh"], response.content) == (204, "true", b"")
    assert client.get("/notifications/").status_code == 302


def test_a_page_that_was_kept_is_made_anew_when_there_is_more_to_read(client, ada):
    path = make_event().get_absolute_url()
    etag = client.get(path)["ETag"]
    assert client.get(path, headers={"If-None-Match": etag}).status_code == 304
    make_notice(ada)
    assert client.get(path, headers={"If-None-Match": etag}).status_code == 200


# --- The list -----------------------------------------------------------------------------------------


def test_the_newest_come_first_and_nobody_elses(client, ada):
    now = timezone.now()
    for hours, title in ((2, "two"), (0, "none"), (1, "one")):
        make_notice(ada, at=now - timedelta(hours=hours), title=title)
    make_notice(make_user(), title="his")
    make_notice(ada, in_bell=False, title="mail alone")
    assert shown(client) == ["none", "one", "two"]


def test_the_unread_alone(client, ada):
    make_notice(ada, title="read", read_at=timezone.now())
    make_notice(ada, title="unread")
    assert shown(client, "?show=unread") == ["unread"]
    assert shown(client, "?show=nonsense") == ["unread", "read"]


def test_a_kind_that_there_is_no_more_is_shown_all_the_same(client, ada):
    make_notice(ada, "of_old", title="Long ago")
    assert shown(client) == ["Long ago"]


def test_an_empty_list_says_what_will_stand_there(client, ada):
    assert b"Nothing yet" in client.get("/notifications/").content
    make_notice(ada, read_at=timezone.now())
    assert b"You have seen everything" in client.get("/notifications/?show=unread").content


def test_pages_go_on_and_back(client, ada):
    now = timezone.now()
    for number in range(45):
        make_notice(ada, at=now - timedelta(minutes=number), title=str(number))
    first = client.get("/notifications/?show=unread")
    second = client.get(f"/notifications/{first.context['next_url']}")
    assert [notice.title for notice in second.context["page"].results] == [str(number) for number in range(20, 40)]
    make_notice(ada, title="new")  # nothing moves because of it
    third = client.get(f"/notifications/{second.context['next_url']}")
    assert [notice.title for notice in third.context["page"].results] == [str(number) for number in range(40, 45)]
    back = client.get(f"/notifications/{third.context['previous_url']}")
    assert [notice.title for notice in back.context["page"].results] == [str(number) for number in range(20, 40)]
    assert "show=unread" in third.context["previous_url"]


@pytest.mark.parametrize("cursor", ["x", "W10", "%00", "a" * 500])
def test_a_cursor_that_is_none_is_a_bad_request(client, ada, cursor):
    assert client.get(f"/notifications/?cursor={cursor}").status_code == 400


@pytest.mark.parametrize("number", [1, 20])
def test_the_list_takes_four_statements_however_long(client, ada, django_assert_num_queries, number):
    for _ in range(number):
        make_notice(ada)
    with django_assert_num_queries(4):  # session, user, how many are unread, the list
        client.get("/notifications/")


def test_what_is_new_is_counted_and_moves_nothing(client, ada):
    now = timezone.now()
    top = make_notice(ada, at=now, title="top")
    for seconds in (1, 2):
        make_notice(ada, at=now + timedelta(seconds=seconds), title="new")
    assert shown(client, f"?top={top.pk}", **HTMX) == ["top"]
    fresh = client.get(f"/notifications/?top={top.pk}", headers=HTMX)
    assert fresh.context["newer"] == 2
    assert b"2 new: show them" in fresh.content
    assert b"<html" not in fresh.content


@pytest.mark.parametrize("top", ["x", "01900000-0000-7000-8000-000000000000", ""])
def test_a_top_that_is_none_shows_all(client, ada, top):
    make_notice(ada)
    assert len(shown(client, f"?top={top}", **HTMX)) == 1


# --- Opening and reading ------------------------------------------------------------------------------


def test_opening_marks_it_read_and_leads_on(client, ada):
    notice = make_notice(ada, url="/bookings/?page=1")
    response = client.get(notice.get_absolute_url())
    assert (response.status_code, response["Location"]) == (302, "/bookings/?page=1")
    notice.refresh_from_db()
    assert notice.read_at


def test_what_a_browser_fetches_in_advance_is_not_read(client, ada):
    notice = make_notice(ada)
    client.get(notice.get_absolute_url(), headers={"Sec-Purpose": "prefetch"})
    client.head(notice.get_absolute_url())
    notice.refresh_from_db()
    assert notice.read_at is None


@pytest.mark.parametrize(
    "url", ["//evil.example", "https://evil.example/", "javascript:alert(1)", "/\\evil.example", ""]
)
def test_it_leads_to_no_other_site(client, ada, url):
    notice = make_notice(ada, url=url)
    assert client.get(notice.get_absolute_url())["Location"] == "/notifications/"


def test_somebody_elses_is_not_there(client, ada):
    his = make_notice(make_user())
    for path in (f"/notifications/{his.pk}", f"/notifications/{uuid4()}"):
        assert client.get(path).status_code == 404
    assert client.post(f"/notifications/{his.pk}/read").status_code == 404
    his.refresh_from_db()
    assert his.read_at is None


def test_who_is_not_signed_in_comes_back_to_it(client):
    notice = make_notice(make_user())
    assert client.get(notice.get_absolute_url())["Location"] == f"/account/login/?next=/notifications/{notice.pk}"


def test_one_is_marked_without_opening_and_back_on_the_same_page(client, ada):
    notice = make_notice(ada)
    response = client.post(f"/notifications/{notice.pk}/read?show=unread&cursor=abc")
    assert response["Location"] == f"/notifications/?show=unread&cursor=abc#notice-{notice.pk}"
    assert not Notice.objects.unread().exists()
    client.post(f"/notifications/{notice.pk}/read", {"unread": "1"})
    assert Notice.objects.unread().exists()


def test_for_htmx_the_notice_comes_back_and_the_bell_is_asked_again(client, ada):
    notice = make_notice(ada)
    response = client.post(f"/notifications/{notice.pk}/read", headers=HTMX)
    assert response["HX-Trigger"] == "notices-changed" or "notices-changed" in response["HX-Trigger"]
    assert b"Mark as unread" in response.content
    assert b"<html" not in response.content


def test_marking_all_spares_what_came_since_the_page_was_made(client, ada):
    top = make_notice(ada)
    make_notice(ada, title="since", at=timezone.now() + timedelta(seconds=1))
    response = client.post("/notifications/read?show=unread", {"top": top.pk})
    assert response["Location"] == "/notifications/?show=unread"
    assert [notice.title for notice in Notice.objects.unread()] == ["since"]


@pytest.mark.parametrize("top", ["", "x", "01900000-0000-7000-8000-000000000000"])
def test_marking_all_of_nothing_does_nothing(client, ada, top):
    make_notice(ada)
    assert client.post("/notifications/read", {"top": top}).status_code == 302
    assert Notice.objects.unread().exists()


def test_lookers_on_change_nothing(client, ada):
    notice = make_notice(ada)
    assert client.get("/notifications/read").status_code == 405
    assert client.get(f"/notifications/{notice.pk}/read").status_code == 405
    assert Notice.objects.unread().exists()
