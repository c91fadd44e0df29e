import xml.etree.ElementTree as ElementTree
from io import BytesIO
from uuid import uuid4

import zxingcpp
from PIL import Image

from bookings.models import Booking
from tickets import codes, qr
from tickets.models import Ticket

CODE = codes.sign(Ticket(booking=Booking(event_id=uuid4())))
SVG = "{http://www.w3.org/2000/svg}"


def test_the_png_reads_back_as_the_signed_code():
    (found,) = zxingcpp.read_barcodes(Image.open(BytesIO(qr.png(CODE))))

    assert (found.text, found.ec_level) == (CODE, "M")


def test_the_png_has_four_quiet_modules_around_a_version_6_code():
    image = Image.open(BytesIO(qr.png(CODE)))

    assert image.size == ((41 + 8) * 8, (41 + 8) * 8)
    assert image.crop((0, 0, image.width, 32)).getcolors() == [(image.width * 32, 255)]


def test_the_svg_draws_the_same_modules_as_the_png():
    root = ElementTree.fromstring(qr.svg(CODE))  # noqa: S314  our own drawing
    paper, ink = root.findall(f"{SVG}path")
    drawn = set()
    for run in ink.get("d").split("M")[1:]:
        at, _, width = run.partition("h")
        x, y = map(int, at.split())
        drawn |= {(column, y) for column in range(x, x + int(width.partition("v")[0]))}

    image = Image.open(BytesIO(qr.png(CODE))).convert("L")
    dark = {(x, y) for x in range(49) for y in range(49) if image.getpixel((x * 8 + 4, y * 8 + 4)) == 0}
    assert (root.get("viewBox"), paper.get("fill")) == ("0 0 49 49", "#fff")
    assert drawn == dark


def test_the_svg_has_no_inline_style_and_a_label_that_is_escaped():
    drawn = qr.svg(CODE, label='"><script>')

    assert "style" not in drawn
    assert ElementTree.fromstring(drawn).get("aria-label") == '"><script>'  # noqa: S314  our own drawing
