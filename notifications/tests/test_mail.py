"""What arrives in a mailbox, read back from a real mail server."""

from email.utils import parseaddr, parsedate_to_datetime
from io import BytesIO
from uuid import uuid4

import pypdfium2
import pytest
import zxingcpp
from django.utils import timezone
from icalendar import Calendar as ParsedCalendar
from PIL import Image

from bookings.operations import cancel
from events.operations import TicketTypeInput
from notifications import unsubscribing
from notifications.kinds import KINDS
from notifications.letter import Calendar, Change, Letter, Link
from notifications.mail import send
from notifications.mail.enclosures import MOST_CODES
from notifications.mail.rendering import render
from notifications.models import Delivery, Notice
from tests.factories import make_booking, make_event, make_user
from tickets import codes
from tickets.models import Ticket

pytestmark = pytest.mark.django_db

LETTER = Letter(
    title="Tomorrow: Jazz by the River",
    line="Friday 4 December, 19:30 CET.",
    link=Link("See your tickets", "/tickets/booking/1"),
    topic="x",
    paragraphs=["Bring a jumper."],
    facts=[("Where", "Hall; Rua 1, Lisbon"), ("Stream", "https://stream.example/a?b=1&c=2")],
    changes=[Change("When", "Friday", "Saturday")],
    second=Link("Cancel the booking", "/bookings/1/cancel"),
    notes=["You can cancel until Thursday."],
)

HEADERS = {"Content-Type", "MIME-Version", "Subject", "From", "To", "Message-ID", "Date", "Auto-Submitted"}


def delivery_of(kind: str = "reminder_day", user=None, to: str = "ada@example.org") -> Delivery:
    notice = Notice(kind=kind, key=str(uuid4()), recipient=user)
    return Delivery(notice=notice, channel="email", address=to, due_at=timezone.now())


def arrived(mails, letter: Letter = LETTER, **about):
    send(delivery_of(**about), letter)
    return mails.received[-1]


def structure(message) -> object:
    """'text/plain', or [type, its parts]."""
    if not message.is_multipart():
        return message.get_content_type()
    return [message.get_content_type(), *map(structure, message.iter_parts())]


def test_a_plain_mail_is_text_and_html(mails):
    message = arrived(mails)
    assert structure(message) == ["multipart/alternative", "text/plain", "text/html"]
    assert message["Subject"] == "Tomorrow: Jazz by the River"
    assert message["To"] == "ada@example.org"
    assert parsedate_to_datetime(message["Date"]).tzinfo
    assert message["Auto-Submitted"] == "auto-generated"


def test_both_parts_say_everything(mails):
    message = arrived(mails, user=make_user("Ada"))
    text, html = (message.get_body([kind]).get_content().replace("\r\n", "\n") for kind in ("plain", "html"))
    everything = [LETTER.title, LETTER.line, *LETTER.paragraphs, *LETTER.notes, "was", "Friday", "now", "Saturday"]
    everything += ["Where", "Hall; Rua 1, Lisbon", "See your tickets", "Cancel the booking"]
    for words in everything:
        assert words in text
        assert words in html
    for path in ("/tickets/booking/1", "/bookings/1/cancel", "/notifications/preferences"):
        assert f"http://testserver{path}\n" in text
        assert f'href="http://testserver{path}"' in html
    assert "https://stream.example/a?b=1&c=2" in text
    assert 'href="https://stream.example/a?b=1&amp;c=2"' in html


def test_the_same_delivery_carries_the_same_message_id_each_time(mails):
    delivery = delivery_of()
    for _ in range(2):
        send(delivery, LETTER)
    assert [one["Message-ID"] for one in mails.received] == [delivery.message_id] * 2


def test_what_can_be_switched_off_says_how_by_one_click(mails):
    ada = make_user("Ada")
    message = arrived(mails, user=ada)
    url = unsubscribing.url(ada.pk, "reminder_day")
    assert message["List-Unsubscribe"].strip() == f"<{url}>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert url in message.get_body(["plain"]).get_content()


def test_what_cant_be_switched_off_does_not_offer_it(mails):
    message = arrived(mails, kind="event_cancelled", user=make_user("Ada"))
    assert message["List-Unsubscribe"] is None
    assert "/notifications/preferences" in message.get_body(["plain"]).get_content()


def test_who_has_no_account_has_nothing_to_choose(mails):
    message = arrived(mails, kind="way_in", user=None)
    assert "/notifications/" not in message.as_string()


def by(name: str) -> Letter:
    return Letter("Title", "Line.", Link("", ""), topic="x", by=name)


@pytest.mark.parametrize(
    ("organiser", "sender"),
    [
        ("Lantern & Sons", "Lantern & Sons via Evently"),
        ("東京ジャズ", "東京ジャズ via Evently"),
        ("", "Evently"),
        ("Bank <security@bank.example>", "Evently"),
        ("two\r\nBcc: eve@example.org", "Evently"),
        ("two\r\nlines", "two lines via Evently"),
    ],
)
def test_mail_comes_in_the_organisers_name_unless_it_could_mislead(mails, organiser, sender):
    message = arrived(mails, by(organiser))
    assert parseaddr(str(message["From"])) == (sender, "tickets@localhost")
    assert message["Bcc"] is None


@pytest.mark.parametrize(
    "title",
    [
        "Jazz\r\nBcc: eve@example.org",
        "Jazz\nContent-Type: text/html\n\n<b>",
        "\x00Jazz\x1b[31m\u2028x",
        "東京" * 80,
        "حفلة موسيقية " * 12,
        "<script>alert(1)</script> & {{ letter }} {% now %}",
        "👩‍👩‍👧‍👦" * 20,
        "x" * 160,
    ],
)
def test_a_title_of_any_kind_stays_in_its_place(mails, title):
    letter = Letter(title, title, Link(title, "/"), topic="x", paragraphs=[title], facts=[(title, title)], by=title)
    message = arrived(mails, letter)
    assert set(message.keys()) == HEADERS
    assert structure(message) == ["multipart/alternative", "text/plain", "text/html"]
    assert str(message["Subject"]).split() == "".join(one if one.isprintable() else " " for one in title).split()
    assert "<script>" not in message.get_body(["html"]).get_content()


def test_a_code_stands_in_place_of_a_button(mails):
    letter = Letter("Your code", "To sign in.", Link("", ""), topic="x", code="KX7-42Q")
    message = arrived(mails, letter, kind="way_in")
    html = message.get_body(["html"]).get_content()
    assert "KX7-42Q" in html and "KX7-42Q" in message.get_body(["plain"]).get_content()
    assert "button-link" not in html.partition("<body")[2]


# --- Tickets ----------------------------------------------------------------------------------------


def tickets_letter(booking, **more) -> Letter:
    return Letter(
        "Your tickets",
        "Friday.",
        Link("See", "/x"),
        topic="x",
        tickets_of=booking.pk,
        calendar=Calendar(booking.pk),
        **more,
    )


def files(message) -> dict[str, object]:
    return {part.get_content_type(): part for part in message.iter_attachments()}


def test_tickets_come_as_pictures_in_the_mail_and_as_a_pdf(mails):
    booking = make_booking(quantity=2)
    assert not Ticket.objects.exists()  # nobody has issued them yet
    message = arrived(mails, tickets_letter(booking), kind="booking_confirmed")
    related = ["multipart/related", "text/html", "image/png", "image/png"]
    assert structure(message) == [
        "multipart/mixed",
        ["multipart/alternative", "text/plain", related],
        "application/pdf",
        "text/calendar",
    ]
    tickets = list(Ticket.objects.with_all().in_order())
    assert len(tickets) == 2
    html = message.get_body(["html"]).get_content()
    for ticket, picture in zip(
        tickets, [p for p in message.walk() if p.get_content_type() == "image/png"], strict=True
    ):
        assert f'src="cid:{picture["Content-ID"].strip("<>")}"' in html
        assert f'alt="QR code of ticket {ticket.readable_code}"' in html
        assert ticket.readable_code in message.get_body(["plain"]).get_content()
        [found] = zxingcpp.read_barcodes(Image.open(BytesIO(picture.get_content())))
        assert found.text == codes.sign(ticket)
    pdf = files(message)["application/pdf"]
    assert pdf.get_filename() == f"Evently-{booking.reference}.pdf"
    assert len(pypdfium2.PdfDocument(pdf.get_content())) == 2


def test_a_group_gets_the_first_codes_in_the_mail_and_all_tickets_in_the_pdf(mails):
    booking = make_booking(
        make_event(capacity=20, ticket_types=[TicketTypeInput(name="A", max_per_booking=20)]), quantity=12
    )
    message = arrived(mails, tickets_letter(booking), kind="booking_confirmed")
    assert [part.get_content_type() for part in message.walk()].count("image/png") == MOST_CODES
    assert len(pypdfium2.PdfDocument(files(message)["application/pdf"].get_content())) == 12
    assert "All 12 tickets are in the PDF too" in message.get_body(["plain"]).get_content()


def entry_in(message):
    part = files(message)["text/calendar"]
    calendar = ParsedCalendar.from_ical(part.get_content())
    assert part.get_param("method") == calendar["METHOD"]
    [entry] = calendar.walk("VEVENT")
    return calendar["METHOD"], entry


def test_the_calendar_entry_goes_in_and_comes_out_again(mails):
    booking = make_booking(make_event(title="Jazz"))
    method, entry = entry_in(arrived(mails, tickets_letter(booking), kind="booking_confirmed"))
    assert (method, entry["STATUS"], entry["SUMMARY"]) == ("PUBLISH", "CONFIRMED", "Jazz")
    assert entry["DTSTART"].dt == booking.event.starts_at

    cancel(booking=booking, now=timezone.now())
    gone = Letter("Cancelled", "x", Link("See", "/"), topic="x", calendar=Calendar(booking.pk, cancelled=True))
    method, out = entry_in(arrived(mails, gone, kind="booking_cancelled"))
    assert (method, out["STATUS"]) == ("CANCEL", "CANCELLED")
    assert out["UID"] == entry["UID"]
    assert out["SEQUENCE"] > entry["SEQUENCE"]


def test_two_bookings_for_one_event_are_two_entries(mails):
    event, ada = make_event(), make_user("Ada")
    uids = {
        entry_in(arrived(mails, tickets_letter(make_booking(event, ada)), kind="booking_confirmed"))[1]["UID"]
        for _ in range(2)
    }
    assert len(uids) == 2


def test_a_mail_with_tickets_takes_few_statements(mails, django_assert_num_queries):
    booking = make_booking(quantity=3)
    delivery = delivery_of("booking_confirmed")
    send(delivery, tickets_letter(booking))
    with django_assert_num_queries(4):  # the booking, its tickets; the booking with its lines for the calendar
        send(delivery, tickets_letter(booking))


def test_nothing_is_fetched_from_elsewhere():
    html = render(LETTER, KINDS["reminder_day"]).html
    assert "<img" not in html and "url(" not in html and "<link" not in html and "<script" not in html
