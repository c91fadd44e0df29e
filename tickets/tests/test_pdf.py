from decimal import Decimal

import pypdfium2
import pytest
import zxingcpp
from django.core.management import call_command
from django.utils import timezone

from bookings import operations as bookings
from core.pdf import OwnFiles
from events.operations import TicketTypeInput, VenueInput
from tests.factories import make_booking, make_event, make_user
from tickets import codes, operations
from tickets.models import Ticket
from tickets.pdf import ticket_pdf

pytestmark = pytest.mark.django_db

LISBON = VenueInput("Teatro do Bairro Alto", "Lisbon", "PT", "Rua da Rosa 12")


@pytest.fixture(scope="module", autouse=True)
def fonts():
    call_command("build_fonts")


def tickets_of(event_changes: dict | None = None, quantity: int = 1, name: str = "Ada Lovelace") -> list[Ticket]:
    event = make_event(**(event_changes or {}))
    return operations.issued(booking=make_booking(event, make_user(name), quantity))


def text_of(document: pypdfium2.PdfDocument, page: int = 0) -> str:
    return " ".join(document[page].get_textpage().get_text_bounded().split())


def codes_on(document: pypdfium2.PdfDocument, page: int) -> list[str]:
    return [found.text for found in zxingcpp.read_barcodes(document[page].render(scale=2).to_pil())]


def test_each_ticket_has_a_page_and_its_qr_read_from_it_verifies():
    tickets = tickets_of(quantity=3)

    document = pypdfium2.PdfDocument(ticket_pdf(tickets))

    read = [codes.read(text).ticket_id for page in range(len(document)) for text in codes_on(document, page)]
    assert read == [ticket.pk for ticket in tickets]


def test_the_page_says_what_one_needs_at_the_door():
    priced = TicketTypeInput(name="Balcony", price=Decimal("12.50"))
    event = {"title": "Jazz by the River", "timezone": "Europe/Lisbon", "online_url": "", "venue": LISBON}
    (ticket,) = tickets_of(event | {"ticket_types": [priced]})

    text = text_of(pypdfium2.PdfDocument(ticket_pdf([ticket])))

    start = ticket.booking.event.local_start
    wanted = ["Jazz by the River", "Teatro do Bairro Alto", "Rua da Rosa 12, Lisbon", "Ada Lovelace", "Balcony"]
    wanted += ["Pay at the door", "€12.50", ticket.booking.reference, ticket.readable_code, "Europe/Lisbon"]
    wanted += [f"{start:%H:%M}", f"{start.day} {start:%B %Y}", start.tzname(), ticket.booking.event.organizer.name]
    assert [words for words in wanted if words not in text] == []


def test_the_qr_is_at_least_35_millimetres_wide():
    document = pypdfium2.PdfDocument(ticket_pdf(tickets_of()))
    scale = 4

    (found,) = zxingcpp.read_barcodes(document[0].render(scale=scale).to_pil())

    millimetres = (found.position.top_right.x - found.position.top_left.x) / scale / 72 * 25.4
    assert millimetres > 35


def test_the_document_names_itself_its_author_and_its_language():
    (ticket,) = tickets_of({"title": "Jazz & <b>Blues</b>"})

    document = pypdfium2.PdfDocument(ticket_pdf([ticket]))

    about = document.get_metadata_dict()
    assert (about["Title"], about["Author"]) == (
        "Ticket for Jazz & <b>Blues</b>",
        ticket.booking.event.organizer.name,
    )
    assert pypdfium2.raw.FPDFCatalog_IsTagged(document) == 1


def test_markup_in_what_people_wrote_is_text():
    (ticket,) = tickets_of({"title": '<img src="file:///etc/passwd">'}, name="<script>1</script>")

    text = text_of(pypdfium2.PdfDocument(ticket_pdf([ticket])))

    assert '<img src="file:///etc/ passwd">' in text  # broken over two lines, but never an image
    assert "<script>1</script>" in text


@pytest.mark.parametrize(
    "title",
    [
        "x" * 160,
        "مهرجان الموسيقى العربية",
        "東京 音楽祭 " * 12,
        "👩\u200d👩\u200d👧🎉" * 12,
        "Z\u0337\u0321a\u0336l\u0335g\u0334o\u0338" * 9,
        "a\u200fb\u200d\ufeffc",
    ],
)
def test_any_title_and_name_leaves_one_page_with_a_readable_code(title):
    (ticket,) = tickets_of({"title": title}, name=title[:120])

    document = pypdfium2.PdfDocument(ticket_pdf([ticket]))

    assert [len(document), len(codes_on(document, 0))] == [1, 1]


def test_a_cancelled_ticket_says_so():
    booking = make_booking()
    operations.issue(booking_id=booking.pk)
    bookings.cancel(booking=booking, now=timezone.now())

    text = text_of(pypdfium2.PdfDocument(ticket_pdf(booking.tickets.with_all())))

    assert "Cancelled" in text


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "http://127.0.0.1/", "https://example.org/x.png", "data:,x", "ftp://x/"]
)
def test_nothing_is_ever_fetched_from_elsewhere(url):
    with pytest.raises(ValueError, match="own files"):
        OwnFiles().fetch(url)
