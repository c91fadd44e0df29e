"""What people want to hear, and when not."""

from datetime import time

import pytest

from core.errors import Invalid
from notifications.errors import AlwaysTold
from notifications.kinds import KINDS, Channel, Group
from notifications.models import Choice, QuietHours
from notifications.operations import Quiet, set_preferences
from notifications.operations.channels import wishes_of
from notifications.operations.preferences import kinds_for
from tests.factories import make_team, make_user
from tests.racing import race

pytestmark = pytest.mark.django_db

NIGHT = Quiet(time(22), time(7), "Europe/Lisbon")


@pytest.fixture
def ada(client):
    user = make_user("Ada")
    client.force_login(user)
    return user


def hears(user, kind: str, channel: str) -> bool:
    return wishes_of([user.pk])[user.pk].hears(KINDS[kind], Channel(channel))


def choices(user) -> dict[tuple[str, str], bool]:
    return {(one.kind, one.channel): one.wanted for one in Choice.objects.filter(user=user)}


# --- The operation ------------------------------------------------------------------------------------


def test_only_what_differs_from_the_table_is_kept(ada):
    wanted = {("reminder_day", "email"): False, ("reminder_day", "push"): True, ("booking_confirmed", "push"): True}
    set_preferences(user=ada, wanted=wanted)
    assert choices(ada) == {("reminder_day", "email"): False, ("booking_confirmed", "push"): True}
    set_preferences(user=ada, wanted={("reminder_day", "email"): True})
    assert choices(ada) == {("booking_confirmed", "push"): True}
    assert hears(ada, "reminder_day", "email")


def test_what_is_needed_cant_be_switched_off_and_then_nothing_changes(ada):
    wanted = {("reminder_day", "email"): False, ("booking_confirmed", "email"): False}
    with pytest.raises(AlwaysTold) as refusal:
        set_preferences(user=ada, wanted=wanted, quiet=NIGHT)
    assert refusal.value.extra["fixed"] == {"booking_confirmed": ["email"]}
    assert choices(ada) == {}
    assert not QuietHours.objects.exists()
    set_preferences(user=ada, wanted={("booking_confirmed", "email"): True})  # as it is anyhow


@pytest.mark.parametrize(
    ("pair", "field"),
    [
        (("nonsense", "email"), "kinds.nonsense"),
        (("verify", "push"), "kinds.verify.push"),
        (("verify", "pigeon"), "kinds.verify.pigeon"),
        (("sold_out", "email"), "kinds.sold_out"),
    ],
)
def test_kinds_and_channels_there_are_not(ada, pair, field):
    with pytest.raises(Invalid) as refusal:
        set_preferences(user=ada, wanted={pair: True})
    assert list(refusal.value.errors) == [field]
    assert choices(ada) == {}


def test_what_organisers_hear_concerns_members_of_teams_alone(ada):
    assert all(kind.group != Group.ORGANISING for kind in kinds_for(ada))
    make_team(ada)
    assert kinds_for(ada) == list(KINDS.values())
    set_preferences(user=ada, wanted={("sold_out", "email"): False})
    assert not hears(ada, "sold_out", "email")


def test_quiet_hours_are_set_changed_and_given_up(ada):
    set_preferences(user=ada, quiet=NIGHT)
    set_preferences(user=ada, quiet=Quiet(time(23), time(8), "UTC"))
    set_preferences(user=ada, wanted={("welcome", "bell"): False})  # leaves them as they are
    hours = QuietHours.objects.get()
    assert (hours.begin, hours.until, hours.zone) == (time(23), time(8), "UTC")
    set_preferences(user=ada, quiet=None)
    assert not QuietHours.objects.exists()


@pytest.mark.parametrize(
    ("quiet", "field"),
    [
        (Quiet(time(9), time(9), "UTC"), "quiet_hours.until"),
        (Quiet(time(22), time(7), "Europe/Atlantis"), "quiet_hours.zone"),
        (Quiet(time(22), time(7), ""), "quiet_hours.zone"),
    ],
)
def test_quiet_hours_that_make_no_sense(ada, quiet, field):
    with pytest.raises(Invalid) as refusal:
        set_preferences(user=ada, wanted={("welcome", "bell"): False}, quiet=quiet)
    assert list(refusal.value.errors) == [field]
    assert choices(ada) == {}


@pytest.mark.django_db(transaction=True)
def test_of_two_tabs_that_save_at_once_one_wins_as_a_whole(ada):
    free = [(kind.name, one) for kind in kinds_for(ada) for one in kind.channels if one not in kind.always]
    all_on, all_off = (dict.fromkeys(free, on) for on in (True, False))
    tabs = [(all_on, NIGHT), (all_off, None)] * 6
    outcomes = race([lambda tab=tab: set_preferences(user=ada, wanted=tab[0], quiet=tab[1]) for tab in tabs], threads=6)
    assert outcomes == [None] * len(tabs)
    wishes = wishes_of([ada.pk])[ada.pk]
    heard = {wishes.hears(KINDS[name], channel) for name, channel in free}
    assert heard == {bool(QuietHours.objects.filter(user=ada).exists())}


# --- The page -----------------------------------------------------------------------------------------

PAGE = "/notifications/preferences"


def sent(user, *off: str, **more) -> dict[str, object]:
    """What the page's form sends with all boxes ticked but these."""
    kinds = kinds_for(user)
    boxes = [f"{kind.name}.{one}" for kind in kinds for one in kind.channels if one not in kind.always]
    return {"shown": [kind.name for kind in kinds], "on": [name for name in boxes if name not in off], **more}


def test_the_page_shows_how_it_is(client, ada):
    set_preferences(user=ada, wanted={("reminder_day", "email"): False}, quiet=NIGHT)
    response = client.get(PAGE)
    cells = {cell.name: cell for _, rows in response.context["table"] for row in rows for cell in row.cells}
    assert not cells["reminder_day.email"].on
    assert cells["reminder_day.push"].on
    assert cells["booking_confirmed.email"].fixed
    assert not cells["verify.push"].there
    assert "sold_out.email" not in cells
    page = response.content.decode()
    assert 'value="22:00"' in page
    assert '<option value="Europe/Lisbon" selected>' in page


def test_what_is_ticked_is_what_one_hears(client, ada):
    form = sent(ada, "reminder_day.email", "waitlist_joined.bell", quiet="on", begin="21:30", until="06:00", zone="UTC")
    assert client.post(PAGE, form)["Location"] == PAGE
    assert not hears(ada, "reminder_day", "email")
    assert not hears(ada, "waitlist_joined", "bell")
    assert hears(ada, "booking_confirmed", "push")
    assert QuietHours.objects.get().begin == time(21, 30)
    client.post(PAGE, sent(ada))
    assert hears(ada, "reminder_day", "email")
    assert not QuietHours.objects.exists()


def test_kinds_that_the_page_did_not_show_stay_as_they_are(client, ada):
    form = sent(ada)
    make_team(ada)
    client.post(PAGE, form)
    assert hears(ada, "sold_out", "email")


def test_boxes_there_are_not_mean_nothing(client, ada):
    form = sent(ada)
    form["on"] += ["nonsense.email", "verify.push"]
    form["shown"] += ["nonsense", "sold_out"]
    assert client.post(PAGE, form).status_code == 302
    assert choices(ada) == {(kind.name, one): True for kind in kinds_for(ada) for one in kind.asked}


@pytest.mark.parametrize(
    ("hours", "field"),
    [
        ({"begin": "", "until": "07:00", "zone": "UTC"}, "begin"),
        ({"begin": "22:00", "until": "25:00", "zone": "UTC"}, "until"),
        ({"begin": "22:00", "until": "22:00", "zone": "UTC"}, "until"),
        ({"begin": "22:00", "until": "07:00", "zone": "Europe/Atlantis"}, "zone"),
    ],
)
def test_hours_that_make_no_sense_are_said_so_and_nothing_that_was_ticked_is_lost(client, ada, hours, field):
    response = client.post(PAGE, sent(ada, "reminder_day.email", quiet="on", **hours))
    assert response.status_code == 422
    assert list(response.context["form"].errors) == [field]
    cells = {cell.name: cell.on for _, rows in response.context["table"] for row in rows for cell in row.cells}
    assert (cells["reminder_day.email"], cells["reminder_day.push"]) == (False, True)
    assert choices(ada) == {}


def test_quiet_hours_are_suggested_in_the_visitors_zone(client, ada):
    client.cookies["tz"] = "America/New_York"
    assert '<option value="America/New_York" selected>' in client.get(PAGE).content.decode()


def test_where_the_zone_is_not_known_none_is_suggested(client, ada):
    assert '<option value="" selected>Choose a zone</option>' in client.get(PAGE).content.decode()
    form = sent(ada, quiet="on", begin="22:00", until="07:00", zone="")
    assert list(client.post(PAGE, form).context["form"].errors) == ["zone"]
    assert client.post(PAGE, sent(ada, begin="22:00", until="07:00", zone="")).status_code == 302


def test_the_page_takes_so_many_statements(client, ada, django_assert_num_queries):
    make_team(ada)
    client.get(PAGE)
    with django_assert_num_queries(7):  # session, user; choices, hours, devices, whether in a team; what is unread
        client.get(PAGE)


def test_strangers_sign_in_first(client):
    assert client.get(PAGE)["Location"] == f"/account/login/?next={PAGE}"
