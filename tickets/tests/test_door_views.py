"""The door's pages, without scripts and with them."""

from datetime import timedelta
from decimal import Decimal
from io import BytesIO
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from bookings.models import REFERENCE_LENGTH
from events import operations as events
from events.operations import TicketTypeInput
from tests.factories import make_booking, make_draft, make_event, make_user, owner_of
from tickets import codes, frames, qr
from tickets.models import Scan, Ticket
from tickets.tests.doors import make_door, make_door_staff, make_tickets, scan

pytestmark = pytest.mark.django_db
PARTS = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def at_the_door(client):
    """An event, and a client of somebody at its door."""
    event, rui = make_door(title="Quartet")
    client.force_login(rui)
    return event


def url(name, event, *rest):
    return reverse(f"door:{name}", args=[event.slug, *rest])


def post(client, event, code, **more):
    return client.post(url("scan", event), {"code": code, **more})


def jpeg(picture: Image.Image) -> bytes:
    out = BytesIO()
    picture.convert("RGB").save(out, "JPEG", quality=70)
    return out.getvalue()


def photo(ticket: Ticket) -> bytes:
    """A frame of a camera with the ticket's code in it."""
    frame = Image.new("RGB", (720, 540), "#665544")
    frame.paste(Image.open(BytesIO(qr.png(codes.sign(ticket)))).resize((360, 360)).rotate(7, fillcolor=255), (180, 90))
    return jpeg(frame)


def send_frame(client, event, data, content_type="image/jpeg"):
    return client.post(url("frame", event), data, content_type=content_type)


# --- Scanning -----------------------------------------------------------------------------------------


def test_a_typed_code_is_answered_by_a_whole_page(client, at_the_door):
    (ticket,) = make_tickets(at_the_door, customer=make_user("Ada"))
    key = str(uuid4())

    first = post(client, at_the_door, ticket.readable_code.lower(), gate="North", scan=key)
    reloaded = post(client, at_the_door, ticket.readable_code.lower(), gate="North", scan=key)
    second = post(client, at_the_door, codes.sign(ticket), gate="North")

    pages = [answer.content.decode() for answer in (first, reloaded, second)]
    assert [answer.status_code for answer in (first, reloaded, second)] == [200] * 3
    assert ['data-result="welcome"' in page for page in pages] == [True, True, False]
    assert 'data-result="already-in"' in pages[2] and "gate North, checked in by Rui" in pages[2]
    assert 'value="North"' in pages[0] and "<strong>1</strong> of 1 in" in pages[0]
    assert list(Scan.objects.order_by("id").values_list("result", "gate")) == [
        ("welcome", "North"),
        ("already-in", "North"),
    ]


def test_going_back_and_typing_another_code_is_another_scan(client, at_the_door):
    one, other = make_tickets(at_the_door, 2)
    key = str(uuid4())
    pages = [post(client, at_the_door, ticket.code, scan=key).content.decode() for ticket in (one, other)]
    assert ['data-result="welcome"' in page for page in pages] == [True, True]


def test_scripts_get_the_verdict_alone(client, at_the_door):
    (ticket,) = make_tickets(at_the_door)
    answer = client.post(url("scan", at_the_door), {"code": ticket.code}, **PARTS)
    assert answer.content.decode().strip().startswith("<section")
    assert "Welcome" in answer.content.decode()


def test_nothing_typed_is_said_at_the_field(client, at_the_door):
    answer = post(client, at_the_door, "  ")
    assert answer.status_code == 422
    assert "type the code under it" in answer.content.decode()
    assert not Scan.objects.exists()


@pytest.mark.parametrize("code", ["\x00" * 12, "x" * 10_000, "🎟️", "<script>alert(1)</script>", "0" * 12], ids=range(5))
def test_whatever_is_typed_is_answered_and_recorded(client, at_the_door, code):
    answer = post(client, at_the_door, code, gate="\x00North\n", scan="none of ours")
    assert answer.status_code == 200
    assert 'data-result="not-valid"' in answer.content.decode()
    assert "<script>alert" not in client.get(url("scans", at_the_door)).content.decode()
    assert Scan.objects.get().gate == "North"


def test_what_is_to_pay_and_a_wrong_day_are_said(client):
    event, rui = make_door(ticket_types=[TicketTypeInput("Seat", price=Decimal(12))])
    client.force_login(rui)
    (ticket,) = make_tickets(event)
    page = post(client, event, ticket.code).content.decode()
    assert [words for words in ("€12.00", "This event begins on") if words not in page] == []


def test_the_camera_is_allowed_here_and_the_page_is_nobody_elses(client, at_the_door):
    here, elsewhere = client.get(url("door", at_the_door)), client.get(url("scans", at_the_door))
    assert "camera=(self)" in here["Permissions-Policy"] and "microphone=()" in here["Permissions-Policy"]
    assert "camera=()" in elsewhere["Permissions-Policy"]
    assert "no-store" in here["Cache-Control"]


# --- Frames -------------------------------------------------------------------------------------------


def test_the_server_reads_a_code_in_a_frame(client, at_the_door):
    (ticket,) = make_tickets(at_the_door)
    answer = send_frame(client, at_the_door, photo(ticket))
    assert answer.json() == {"text": codes.sign(ticket)}
    assert not Scan.objects.exists()


def test_a_frame_without_a_code_says_nothing(client, at_the_door):
    assert send_frame(client, at_the_door, jpeg(Image.new("RGB", (640, 480), "white"))).json() == {"text": None}


def bomb() -> bytes:
    """A small file of sixty megapixels."""
    return jpeg(Image.new("L", (9000, 7000)))[: frames.MOST_BYTES]


@pytest.mark.parametrize(
    "data",
    [b"", b"no picture", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n" + b"\x00" * 50, b"\xff\xd8\xff" + b"x" * 400_000],
    ids=["empty", "text", "begun", "png", "large"],
)
def test_what_is_no_frame_is_refused(client, at_the_door, data):
    assert send_frame(client, at_the_door, data).status_code == 400


def test_pictures_of_other_kinds_and_bombs_are_refused(client, at_the_door):
    png = BytesIO()
    Image.new("L", (100, 100)).save(png, "PNG")
    for data in (png.getvalue(), bomb()):
        assert send_frame(client, at_the_door, data).status_code == 400


def test_half_a_picture_says_nothing(client, at_the_door):
    half = jpeg(Image.effect_noise((640, 480), 90))[:2000]
    assert send_frame(client, at_the_door, half).status_code in (200, 400)


# --- Guests -------------------------------------------------------------------------------------------


def names(client, event, asked):
    return client.get(url("guests", event), {"q": asked})


def test_guests_are_found_by_name_reference_code_and_whole_address(client, at_the_door):
    (ticket,) = make_tickets(at_the_door, customer=make_user("José Ångström", email="jose@example.org"))
    make_tickets(at_the_door, customer=make_user("Grace"))
    found = ["jose", "ANGSTROM josé", ticket.booking.reference.lower(), ticket.readable_code, "Jose@example.org"]
    lost = ["jose@example", "example.org", "angstrom grace", "%", "_", "", "\x00", "' OR 1=1", "x" * 500]
    seen = {asked: "José Ångström" in names(client, at_the_door, asked).content.decode() for asked in found + lost}
    assert seen == {**dict.fromkeys(found, True), **dict.fromkeys(lost, False)}


def test_a_name_that_is_as_long_as_a_reference_is_still_a_name(client, at_the_door):
    make_tickets(at_the_door, customer=make_user("Wilhelmina"))
    assert len("Wilhelmina") == REFERENCE_LENGTH
    assert names(client, at_the_door, "wilhelmina").context["found"] != []


def test_the_search_shows_no_address_and_issues_what_was_not_issued_yet(client, at_the_door):
    booking = make_booking(at_the_door, make_user("Ada", email="ada@secret.example"))
    page = names(client, at_the_door, "ada").content.decode()
    assert booking.reference in page
    assert "secret.example" not in page
    assert booking.tickets.count() == 1


def test_a_guest_who_was_found_is_checked_in(client, at_the_door):
    (ticket,) = make_tickets(at_the_door, customer=make_user("Ada"))
    answer = client.post(url("let_in", at_the_door, ticket.pk), {"gate": "North"})
    assert 'data-result="welcome"' in answer.content.decode()
    assert Scan.objects.values_list("by_hand", "gate").get() == (True, "North")
    page = names(client, at_the_door, "ada").content.decode()
    assert "In since" in page and "Check in<" not in page


# --- Undo ---------------------------------------------------------------------------------------------


def test_a_manager_takes_a_check_in_back_from_the_list_and_door_staff_are_not_asked(client, at_the_door):
    (ticket,) = make_tickets(at_the_door)
    post(client, at_the_door, ticket.code)
    undo = url("undo", at_the_door, ticket.pk)
    assert undo not in client.get(url("scans", at_the_door)).content.decode()
    assert client.post(undo).status_code == 403

    client.force_login(owner_of(at_the_door.organizer))
    assert undo in client.get(url("scans", at_the_door)).content.decode()
    for words in ("The ticket is good again", "is not checked in"):
        assert words in client.post(undo, follow=True).content.decode()
    assert list(Scan.objects.order_by("id").values_list("result", flat=True)) == ["welcome", "undone"]


# --- Who may ------------------------------------------------------------------------------------------


def every_page(event, ticket):
    gets = [url(name, event) for name in ("door", "count", "guests", "scans")]
    posts = [url(name, event) for name in ("scan", "frame")]
    return gets, [*posts, url("let_in", event, ticket.pk), url("undo", event, ticket.pk)]


def test_doors_of_others_and_of_drafts_are_not_there(client, at_the_door):
    other, draft = make_event(), make_draft(at_the_door.organizer)
    (ticket,) = make_tickets(other)
    for event in (other, draft):
        gets, posts = every_page(event, ticket)
        assert {client.get(page).status_code for page in gets} == {404}
        assert {client.post(page, {"code": ticket.code}).status_code for page in posts} == {404}
    assert client.post(url("let_in", at_the_door, ticket.pk)).status_code == 404
    assert not Scan.objects.exists()


def test_guests_and_strangers_have_no_door(client, at_the_door):
    (ticket,) = make_tickets(at_the_door)
    gets, posts = every_page(at_the_door, ticket)
    client.force_login(ticket.booking.customer)
    assert {client.get(page).status_code for page in gets} == {404}
    assert {client.post(page).status_code for page in posts} == {404}
    client.logout()
    assert {client.get(page).status_code for page in gets} == {302}
    assert {client.post(page).status_code for page in posts} == {302}
    assert not Scan.objects.exists()


def test_the_list_of_doors_has_what_is_coming_and_mine(client, at_the_door):
    team, now = at_the_door.organizer, timezone.now()
    make_event(title="Somebody else's")
    make_draft(team, title="A draft")
    off = make_event(team, title="Called off")
    events.cancel_event(event=off, version=off.version, by=owner_of(team), now=now)
    before = now - timedelta(days=9)
    make_event(
        team, before, title="Last week", starts_at=before + timedelta(days=1), ends_at=before + timedelta(days=2)
    )
    make_event(team, title="Tomorrow", starts_at=now + timedelta(days=1), ends_at=now + timedelta(days=1, hours=1))

    page = client.get(reverse("door:home")).content.decode()

    titles = ("Tomorrow", "Quartet", "Somebody", "A draft", "Called off", "Last week")
    assert [one for one in titles if one in page] == ["Tomorrow", "Quartet"]
    assert page.index("Tomorrow") < page.index("Quartet")


def test_a_wrong_events_guest_is_not_named_in_the_list(client, at_the_door):
    (ticket,) = make_tickets(make_event(title="Elsewhere"), customer=make_user("Secretive"))
    post(client, at_the_door, ticket.code)
    page = client.get(url("scans", at_the_door)).content.decode()
    assert "A ticket for another event" in page
    assert "Secretive" not in page


@pytest.mark.parametrize("quantity", [1, 4])
def test_pages_of_the_door_take_so_many_statements(client, at_the_door, django_assert_num_queries, quantity):
    tickets = make_tickets(at_the_door, quantity, make_user("Ada"))
    for ticket in tickets:
        scan(ticket, make_door_staff(at_the_door))
    with django_assert_num_queries(6):
        client.get(url("door", at_the_door))
    with django_assert_num_queries(6):
        client.get(url("count", at_the_door))
    with django_assert_num_queries(8):
        names(client, at_the_door, "ada")
    with django_assert_num_queries(7):
        client.get(url("scans", at_the_door))
    with django_assert_num_queries(4):
        client.get(reverse("door:home"))
