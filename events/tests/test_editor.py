from datetime import UTC, datetime, timedelta
from decimal import Decimal
from io import BytesIO
from zoneinfo import ZoneInfo

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from events import operations
from events.editor import row_numbers
from events.editor.moments import moment_at
from events.editor.payment import _half
from events.models import Event, TicketType, Venue
from events.operations import TicketTypeInput, VenueInput, input_of
from tests.factories import make_booking, make_draft, make_event, make_team, make_user

pytestmark = pytest.mark.django_db

LISBON = ZoneInfo("Europe/Lisbon")
YEAR = timezone.now().year + 1


@pytest.fixture
def team():
    return make_team(make_user("Olga"))


@pytest.fixture
def page(team) -> Client:
    client = Client()
    client.force_login(team.members.get())
    return client


def typed(**changes: object) -> dict[str, object]:
    """A page as somebody fills it in; None leaves a field away."""
    data = {
        "title": "Jazz",
        "category": "entertainment",
        "timezone": "Europe/Lisbon",
        "starts_at": f"{YEAR}-06-13T20:00",
        "ends_at": f"{YEAR}-06-13T23:00",
        "place": "venue",
        "venue_name": "Cais",
        "venue_city": "Lisboa",
        "venue_country": "PT",
        "capacity": "80",
        "currency": "EUR",
        "cancellation_hours": "24",
        "payment_methods": ["door"],
        "refund_rule": "all",
        "waitlist_order": "strict",
        "offer_minutes": "240",
        "row": ["0"],
        "types-0-name": "Standard",
        "types-0-price": "12.50",
        "types-0-min_per_booking": "1",
        "types-0-max_per_booking": "10",
        **changes,
    }
    return {name: value for name, value in data.items() if value is not None}


def shown(page: Client, event: Event) -> dict[str, object]:
    """What the browser would send back of an untouched page."""
    editor = page.get(url(event)).context["editor"]
    data = {name: editor.form[name].value() for name in editor.form.fields if name not in ("image", "remove_image")}
    data["row"] = [row.number for row in editor.rows]
    for row in editor.rows:
        data |= {row.add_prefix(name): row[name].value() for name in row.fields}
    return {name: "" if value is None else value for name, value in data.items()}


def url(event: Event) -> str:
    return reverse("organise:edit", args=[event.slug])


def create(page: Client, **changes: object):
    return page.post(reverse("organise:create"), typed(**changes))


def errors(answer) -> dict[str, list[str]]:
    editor = answer.context["editor"]
    return {form.add_prefix(name): found for form in (editor.form, *editor.rows) for name, found in form.errors.items()}


def test_a_page_becomes_a_draft(page, team):
    answer = create(page, tags="Jazz,  river , ", **{"types-0-capacity": "40"})
    event = Event.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, reverse("organise:event", args=["jazz"]))
    assert (event.organizer, event.status, event.tags) == (team, "draft", ["jazz", "river"])
    assert event.starts_at == datetime(YEAR, 6, 13, 19, tzinfo=UTC)
    assert str(event.venue) == "Cais, Lisboa"
    kind = event.ticket_types.get()
    assert (kind.name, kind.price, kind.inventory.capacity) == ("Standard", 1250, 40)


def test_online_events_ask_for_no_venue(page):
    create(page, place="online", online_url="https://example.org/jazz")
    event = Event.objects.get()
    assert (event.venue, event.online_url) == (None, "https://example.org/jazz")


def test_a_draft_may_wait_for_its_place_and_its_ticket_types(page):
    create(page, venue_name="", venue_city="", venue_country="", row=[])
    event = Event.objects.get()
    assert (event.venue, event.ticket_types.count()) == (None, 0)


def test_rows_nobody_wrote_in_are_left_out(page):
    empty = {"types-1-min_per_booking": "1", "types-1-max_per_booking": "10", "types-1-price": "0", "types-1-name": ""}
    create(page, row=["0", "1"], **empty)
    assert [kind.name for kind in TicketType.objects.all()] == ["Standard"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("title", ""),
        ("title", "x" * 161),
        ("title", "a\x00b"),
        ("category", "party"),
        ("timezone", "Mars/Olympus"),
        ("timezone", ""),
        ("starts_at", "tomorrow"),
        ("starts_at", "2026-02-30T10:00"),
        ("starts_at", "0001-01-01T00:00"),
        ("starts_at", "9999-12-31T23:59"),
        ("starts_at", f"{YEAR}-06-13T20:00+01:00"),
        ("starts_at", "\x00"),
        ("ends_at", f"{YEAR}-06-13T19:00"),
        ("venue_city", ""),
        ("venue_country", "Portugal"),
        ("venue_latitude", "91"),
        ("venue_latitude", "NaN"),
        ("venue_latitude", "38.7"),
        ("capacity", "0"),
        ("capacity", "-5"),
        ("capacity", "1.5"),
        ("capacity", "9" * 5000),
        ("currency", "XXX"),
        ("max_per_person", "0"),
        ("cancellation_hours", "-1"),
        ("waitlist_order", "random"),
        ("offer_minutes", "9"),
        ("tags", ",".join(f"t{number}" for number in range(11))),
        ("tags", "x" * 41),
        ("types-0-name", ""),
        ("types-0-price", "-1"),
        ("types-0-price", "1e999999"),
        ("types-0-price", "12.345"),
        ("types-0-price", "12,50"),
        ("types-0-capacity", "0"),
        ("types-0-max_per_booking", "0"),
        ("types-0-id", "x"),
        ("types-0-sales_start_at", "soon"),
    ],
)
def test_what_makes_no_sense_is_named_and_saves_nothing(page, name, value):
    answer = create(page, **{name: value})
    assert answer.status_code == 422
    assert list(errors(answer)) == [name]
    assert Event.objects.count() == 0
    assert answer.context["editor"].form["venue_name"].value() == "Cais"


def test_two_types_of_one_name_are_refused_on_top_of_the_page(page):
    second = {f"types-1-{name}": value for name, value in [("name", "standard"), ("min_per_booking", 1)]}
    answer = create(page, row=["0", "1"], **second, **{"types-1-max_per_booking": 5})
    assert (answer.status_code, list(errors(answer))) == (422, ["__all__"])


def test_refusals_of_a_row_stand_beside_that_row(page):
    """The first row is empty, so the operation's first ticket type is the page's second."""
    later = {"types-7-name": "VIP", "types-7-min_per_booking": 5, "types-7-max_per_booking": 2}
    answer = create(page, row=["0", "7"], **later, **{"types-0-name": "", "types-0-price": "0"})
    assert list(errors(answer)) == ["types-7-max_per_booking"]


def test_a_time_that_clocks_skip_is_refused_and_says_so(page):
    answer = create(page, title="", starts_at="2027-03-28T01:30", **{"types-0-sales_end_at": "2027-03-28T01:00"})
    assert list(errors(answer)) == ["title", "starts_at", "types-0-sales_end_at"]
    assert "skip 01:30 on 28 March 2027" in errors(answer)["starts_at"][0]


def test_a_time_that_clocks_show_twice_is_the_first_one():
    assert moment_at(datetime(2026, 10, 25, 1, 30), LISBON) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)  # noqa: DTZ001


def test_an_untouched_page_changes_nothing_but_the_version(page, team):
    """Not even the seconds, nor the second of two equal times on the clock."""
    second = datetime(YEAR, 10, 31, 1, 30, 7, 123, tzinfo=UTC)  # the last Sunday of October in 2027
    event = make_event(
        team,
        timezone="Europe/Lisbon",
        starts_at=second,
        ends_at=second + timedelta(hours=2),
        tags=["b", "a"],
        online_url="",
        venue=VenueInput("Cais", "Lisboa", "PT", "Rua 1", Decimal("38.7"), Decimal("-9.1")),
        ticket_types=[
            TicketTypeInput(name="One", price=Decimal("7.5"), capacity=3, sales_end_at=second),
            TicketTypeInput(name="Two", description="Both", min_per_booking=2, max_per_booking=4),
        ],
    )
    before = input_of(event)
    answer = page.post(url(event), shown(page, event))
    event = Event.objects.with_place().get()
    assert (answer.status_code, input_of(event), event.version) == (302, before, 3)
    assert Venue.objects.count() == 1


def test_another_zone_keeps_the_clock_and_moves_the_moment(page, team):
    event = make_event(team, timezone="UTC")
    page.post(url(event), {**shown(page, event), "timezone": "Asia/Tokyo"})
    moved = Event.objects.get()
    assert moved.starts_at == event.starts_at - timedelta(hours=9)


def test_save_and_stay_comes_back_to_the_page(page, team):
    event = make_draft(team)
    assert page.post(url(event), {**shown(page, event), "stay": "1"})["Location"] == url(event)


def test_two_editors_never_overwrite_each_other_silently(page, team):
    event = make_draft(team, title="Jazz")
    mine = {**shown(page, event), "title": "My title", "types-0-price": "5"}
    theirs = {**shown(page, event), "title": "Their title"}
    page.post(url(event), theirs)
    answer = page.post(url(event), mine)
    assert answer.status_code == 409
    assert Event.objects.get().title == "Their title"
    form = answer.context["editor"].form
    assert (form["title"].value(), form.fields["title"].theirs) == ("My title", "Their title")
    assert [name for name in form.fields if hasattr(form.fields[name], "theirs")] == ["title"]
    row = answer.context["editor"].rows[0]
    assert {name: field.theirs for name, field in row.fields.items() if hasattr(field, "theirs")} == {"price": "0.00"}
    assert b"Somebody else saved this event" in answer.content and b"Saved now: Their title" in answer.content
    assert answer.context["editor"].differences == [("Title", "id_title"), ("Admission, Price", "id_types-0-price")]
    assert b'<a href="#id_title">Title</a>' in answer.content
    deliberate = {**mine, "version": form["version"].value()}
    assert page.post(url(event), deliberate).status_code == 302
    assert Event.objects.get().title == "My title"


def test_after_a_conflict_types_come_back_and_new_ones_are_named(page, team):
    event = make_draft(team, ticket_types=[TicketTypeInput(name="Old")])
    mine = shown(page, event)
    fresh = {f"types-9-{name}": value for name, value in [("name", "New"), ("min_per_booking", 1)]}
    page.post(url(event), {**mine, "row": ["9"], **fresh, "types-9-max_per_booking": 1})
    answer = page.post(url(event), mine)
    assert (answer.status_code, answer.context["editor"].added) == (409, ["New"])
    assert "Saving your version adds it again" in errors(answer)["types-0-__all__"][0]
    version = answer.context["editor"].form["version"].value()
    assert page.post(url(event), {**mine, "types-0-id": "", "version": version}).status_code == 302
    assert [kind.name for kind in Event.objects.get().types_for_sale()] == ["Old"]


@pytest.mark.parametrize("version", ["", "0", "x", "9" * 40])
def test_a_page_without_a_version_is_not_saved(page, team, version):
    event = make_draft(team, title="Jazz")
    answer = page.post(url(event), {**shown(page, event), "title": "Rock", "version": version})
    assert answer.status_code in (409, 422)
    assert Event.objects.get().title == "Jazz"


def test_fewer_seats_than_are_taken_are_refused(page, team):
    event = make_event(team)
    make_booking(event, quantity=4)
    answer = page.post(url(event), {**shown(page, event), "capacity": "3"})
    assert answer.status_code == 409
    assert errors(answer) == {"__all__": ["The event has 4 seats taken, so 3 are too few."]}


def test_a_cancelled_event_stays_as_it_is(page, team):
    event = make_event(team, title="Jazz")
    data = shown(page, event)
    off = operations.cancel_event(event=event, version=event.version, by=team.members.get(), now=timezone.now())
    answer = page.post(url(event), {**data, "title": "Rock", "version": off.version})
    assert (answer.status_code, Event.objects.get().title) == (409, "Jazz")


def picture() -> SimpleUploadedFile:
    out = BytesIO()
    Image.new("RGB", (20, 10), "red").save(out, "PNG")
    return SimpleUploadedFile("../../x.png", out.getvalue(), "image/png")


def test_a_picture_is_kept_and_can_be_removed(page, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    create(page, image=picture())
    event = Event.objects.get()
    assert event.image.name.startswith("events/") and event.image.name.endswith(".webp")
    page.post(url(event), shown(page, event))
    assert Event.objects.get().image == event.image
    page.post(url(event), {**shown(page, event), "remove_image": "on"})
    assert not Event.objects.get().image


@pytest.mark.parametrize("content", [b"", b"GIF89a", b"<svg onload=alert(1)>", b"\x89PNG\r\n\x1a\n" + b"\x00" * 99])
def test_what_is_no_picture_is_refused(page, content, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    answer = create(page, image=SimpleUploadedFile("x.png", content, "image/png"))
    assert (answer.status_code, list(errors(answer))) == (422, ["image"])
    assert (Event.objects.count(), list(tmp_path.iterdir())) == (0, [])


def test_a_row_is_added_without_javascript_and_nothing_is_judged_or_lost(page):
    answer = create(page, title="", add_row="1")
    editor = answer.context["editor"]
    assert [row.number for row in editor.rows] == [0, 1]
    assert (editor.rows[0]["name"].value(), editor.form["venue_city"].value()) == ("Standard", "Lisboa")
    assert (answer.status_code, errors(answer), Event.objects.count()) == (200, {}, 0)


def test_a_row_is_removed_without_javascript(page):
    answer = create(page, row=["0", "3"], remove_row="0", **{"types-3-name": "VIP"})
    assert [(row.number, row["name"].value()) for row in answer.context["editor"].rows] == [(3, "VIP")]


def test_htmx_gets_the_new_row_alone(page):
    answer = page.post(reverse("organise:create"), typed(add_row="1"), headers={"HX-Request": "true"})
    assert answer.content.count(b"<fieldset") == 1 and b"<html" not in answer.content
    assert b'name="types-1-name"' in answer.content and b"autofocus" in answer.content
    answer = page.post(reverse("organise:create"), typed(remove_row="0"), headers={"HX-Request": "true"})
    assert b"Removed." in answer.content and b"<fieldset" not in answer.content


def test_row_numbers_that_make_no_sense_are_left_out(rf):
    post = rf.post("/", {"row": ["3", "3", "x", "-1", "²", "99999", "0"] + [str(n) for n in range(100, 200)]}).POST
    assert row_numbers(post)[:2] == [3, 0]
    assert len(row_numbers(post)) == 31


def test_a_ticket_type_of_another_event_is_not_taken_over(page, team):
    event, other = make_draft(team), make_draft(team)
    stolen = other.ticket_types.get()
    answer = page.post(url(event), {**shown(page, event), "types-0-id": str(stolen.pk)})
    assert answer.status_code == 422
    stolen.refresh_from_db()
    assert stolen.event == other


def test_of_several_teams_one_chooses(page, team):
    second = make_team(team.members.get())
    create(page, team=str(second.pk))
    assert Event.objects.get().organizer == second
    assert create(page, team=str(make_team().pk)).status_code == 404
    assert create(page, team="x").status_code == 404


def test_html_in_a_title_is_shown_as_text(page, team):
    event = make_draft(team, title="<script>alert(1)</script>")
    for name in ("event", "edit"):
        content = page.get(reverse(f"organise:{name}", args=[event.slug])).content
        assert b"<script>alert" not in content and b"&lt;script&gt;alert" in content


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"title": "Blues"}, b"Saved. 1 person hears of the change in a few minutes."),
        ({"summary": "With a band"}, b"Saved.</"),
    ],
)
def test_who_changes_what_guests_count_on_knows_that_they_hear_of_it(page, team, changes, said):
    event = make_event(team)
    make_booking(event)
    answer = page.post(url(event), {**shown(page, event), **changes}, follow=True)
    assert said in answer.content


def test_who_changes_a_postponed_event_knows_when_its_guests_hear_of_it(page, team):
    event = make_event(team)
    make_booking(event)
    event = operations.postpone_event(event=event, version=event.version, by=team.members.get(), now=timezone.now())
    answer = page.post(url(event), {**shown(page, event), "title": "Blues"}, follow=True)
    assert b"1 person hears of the change once it is back on sale." in answer.content


@pytest.mark.parametrize(
    "rule, typed_steps, steps",
    [
        ("all", {}, [[24, 100]]),
        ("half", {}, [[168, 100], [24, 50]]),
        ("none", {}, []),
        ("own", {"refund_hours_1": "72", "refund_percent_1": "80", "refund_hours_3": "24", "refund_percent_3": "10"},
         [[72, 80], [24, 10]]),
    ],
    ids=["all", "half", "none", "own"],
)  # fmt: skip
def test_how_guests_pay_and_what_comes_back(page, rule, typed_steps, steps):
    create(page, payment_methods=["card", "door"], refund_rule=rule, **typed_steps)
    event = Event.objects.get()
    assert (event.payment_methods, event.refund_steps) == (["card", "door"], steps)
    sent = shown(page, event)
    assert sent["refund_rule"] == rule
    page.post(url(event), sent)
    event.refresh_from_db()
    assert (event.payment_methods, event.refund_steps) == (["card", "door"], steps)


@pytest.mark.parametrize(
    "wrong, where",
    [
        ({"payment_methods": None}, "payment_methods"),
        ({"payment_methods": ["cash"]}, "payment_methods"),
        ({"refund_rule": "some"}, "refund_rule"),
        ({"refund_rule": "own", "refund_hours_1": "72"}, "refund_percent_1"),
        ({"refund_rule": "own", "refund_hours_1": "7", "refund_percent_1": "101"}, "refund_percent_1"),
        (
            {"refund_rule": "own", "refund_hours_1": "7", "refund_percent_1": "1", "refund_hours_2": "9",
             "refund_percent_2": "1"},
            "refund_rule",
        ),
    ],
    ids=["no way", "unknown way", "unknown rule", "half a row", "too much", "rising"],
)  # fmt: skip
def test_what_makes_no_sense_about_money_is_said_beside_it(page, wrong, where):
    answer = create(page, **wrong)
    assert answer.status_code == 422 and [*errors(answer)] == [where]
    assert not Event.objects.exists()


def test_a_longer_deadline_than_a_week_leaves_no_half():
    assert _half(200) == [[200, 100]]


def test_rows_of_steps_that_were_typed_are_there_after_adding_a_ticket_type(page):
    answer = create(page, payment_methods=["card"], refund_rule="own", refund_hours_1="72", add_row="1")
    form = answer.context["editor"].form
    assert (form["payment_methods"].value(), form["refund_hours_1"].value()) == (["card"], "72")


def test_a_conflict_about_money_says_what_is_saved_now(page, team):
    event = make_draft(team, payment_methods=["card", "transfer"], refund_steps=[])
    mine = shown(page, event)
    page.post(url(event), mine | {"title": "Changed meanwhile"})
    answer = page.post(url(event), mine | {"payment_methods": ["door"], "refund_rule": "all"})
    theirs = [field.field.theirs for field in answer.context["editor"].form if hasattr(field.field, "theirs")]
    assert theirs == [
        "Changed meanwhile",
        "By card, before the booking is confirmed, By bank transfer: seats are held until the money is there",
        "Nothing",
    ]


def test_a_copy_is_paid_as_its_original(page, team):
    event = make_event(team, payment_methods=["card"], refund_steps=[[72, 100]])
    copy = operations.duplicate_event(event=event, by=team.members.get(), now=timezone.now())
    assert (copy.payment_methods, copy.refund_steps) == (["card"], [[72, 100]])


def test_tax_fee_and_hiding_are_typed_in_and_come_back(page):
    more = {
        "types-0-tax_rate": "6",
        "types-0-hidden": "on",
        "fee_name": "handling",
        "fee_fixed": "1.5",
        "fee_percent": "2",
    }
    assert page.post(reverse("organise:create"), typed(**more)).status_code == 302
    event = Event.objects.get()
    seat = event.types_for_sale().get()
    assert (seat.own_tax_rate, seat.hidden, seat.asked_price, seat.price, seat.fee) == (6, True, 1250, 1425, 175)
    assert (event.fee_name, event.fee_fixed, event.fee_percent) == ("handling", 150, 2)
    assert page.post(url(event), shown(page, event)).status_code == 302
    assert event.types_for_sale().get().price == 1425


@pytest.mark.parametrize(
    ("field", "value"),
    [("types-0-tax_rate", "101"), ("types-0-tax_rate", "x"), ("fee_fixed", "-1"), ("fee_fixed", "0.001"),
     ("fee_percent", "NaN"), ("fee_percent", "100.1"), ("fee_name", "\u202e")],
)  # fmt: skip
def test_a_tax_or_a_fee_that_makes_no_sense_is_named(page, field, value):
    answer = page.post(reverse("organise:create"), typed(**{field: value}))
    assert (answer.status_code, len(answer.context["editor"].mistakes)) == (422, 1)
    assert not Event.objects.exists()
