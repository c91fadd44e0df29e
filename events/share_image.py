"""The picture that messengers and social networks show for a link: 1200 × 630, drawn with Pillow.

It shows the cover, the title, when and where; never seats, which would be wrong a minute later.
"""

from hashlib import sha256
from io import BytesIO

from PIL import Image, ImageDraw, ImageFont, ImageOps

from core.fonts import UNICODES, font_file
from events.art import HEIGHT, INK, PAPER, VOLT, WIDTH, Circle, Line, Polygon, Shape, compose
from events.covers import cover_version
from events.models import Event

SIZE = (1200, 630)
DRAWABLE = frozenset(UNICODES)
LAYOUT_VERSION = 2  # count it up when the drawing changes
SCALE = 2  # shapes are drawn larger and shrunk, which smooths their edges
COVER_HEIGHT = 300
MARGIN = 64
NOTCH = 26
TITLE_SIZES = (76, 64, 54, 46)
MOST_LINES = 2


def share_version(event: Event) -> str:
    """A digest of everything the picture shows."""
    shown = [LAYOUT_VERSION, cover_version(event), event.title, _when_and_where(event)]
    return sha256(repr(shown).encode()).hexdigest()[:16]


def draw_share_image(event: Event) -> bytes:
    """The picture as PNG. Needs `venue` fetched."""
    picture = Image.new("RGB", SIZE, PAPER)
    picture.paste(_cover(event), (0, 0))
    pen = ImageDraw.Draw(picture)
    _perforation(pen)
    _words(pen, event)
    if not event.image:
        picture = picture.quantize(192, dither=Image.Dither.NONE)  # few colours: a third of the bytes
    out = BytesIO()
    picture.save(out, "PNG", optimize=True)
    return out.getvalue()


def _cover(event: Event) -> Image.Image:
    size = (SIZE[0], COVER_HEIGHT)
    if event.image:
        with event.image.open() as file, Image.open(file, formats=["WEBP"]) as photo:
            return ImageOps.fit(photo.convert("RGB"), size)
    palette, shapes = compose(event.category, event.pk)
    canvas = Image.new("RGB", (WIDTH * SCALE, HEIGHT * SCALE), palette.ground)
    pen = ImageDraw.Draw(canvas)
    for shape in shapes:
        _draw(pen, shape)
    return ImageOps.fit(canvas, size)


def _draw(pen: ImageDraw.ImageDraw, shape: Shape) -> None:
    match shape:
        case Circle(x, y, radius, colour, 0):
            pen.circle((x * SCALE, y * SCALE), radius * SCALE, fill=colour)
        case Circle(x, y, radius, colour, width):
            # A stroke lies on the edge in SVG, and inside it in Pillow.
            pen.circle((x * SCALE, y * SCALE), (radius + width / 2) * SCALE, outline=colour, width=round(width * SCALE))
        case Polygon(points, colour):
            pen.polygon([(x * SCALE, y * SCALE) for x, y in points], fill=colour)
        case Line(points, colour, width):
            pen.line([(x * SCALE, y * SCALE) for x, y in points], fill=colour, width=round(width * SCALE))


def _perforation(pen: ImageDraw.ImageDraw) -> None:
    """Where the stub is torn off: two notches and a row of dots."""
    for x in (0, SIZE[0]):
        pen.circle((x, COVER_HEIGHT), NOTCH, fill=INK)
    for x in range(NOTCH + 22, SIZE[0] - NOTCH - 10, 18):
        pen.circle((x, COVER_HEIGHT), 3, fill=INK)


def _words(pen: ImageDraw.ImageDraw, event: Event) -> None:
    font, lines = _fitted(_drawable(event.title), SIZE[0] - 2 * MARGIN)
    y = COVER_HEIGHT + 48
    for line in lines:
        pen.text((MARGIN, y), line, font=font, fill=INK)
        y += round(font.size * 1.12)
    text = ImageFont.truetype(font_file("text-semibold"), 34)
    when = _shortened(_drawable(_when_and_where(event)), text, SIZE[0] - 2 * MARGIN - 200)
    pen.text((MARGIN, SIZE[1] - 44), when, font=text, fill=INK, anchor="ls")
    _brand(pen)


def _brand(pen: ImageDraw.ImageDraw) -> None:
    font = ImageFont.truetype(font_file("heading-bold"), 36)
    corner = (SIZE[0] - MARGIN, SIZE[1] - 44)
    left, top, right, bottom = pen.textbbox(corner, "Evently", font=font, anchor="rs")
    pen.rounded_rectangle((left - 14, top - 10, right + 14, bottom + 10), 10, fill=VOLT)
    pen.text(corner, "Evently", font=font, fill=INK, anchor="rs")


def _when_and_where(event: Event) -> str:
    return f"{event.local_start:%A} {event.local_start.day} {event.local_start:%B %Y, %H:%M} · {event.place}"


def _drawable(text: str) -> str:
    """What our fonts have letters for: empty boxes say less than nothing."""
    kept = "".join(letter if ord(letter) in DRAWABLE else " " for letter in text)
    return " ".join(kept.split()).strip(" ·,:;-–—/|")


def _fitted(title: str, width: int) -> tuple[ImageFont.FreeTypeFont, list[str]]:
    """The largest size at which the title fits on its lines; at the smallest it is cut."""
    for size in TITLE_SIZES:
        font = ImageFont.truetype(font_file("heading-bold"), size)
        lines = _wrapped(title, font, width)
        if len(lines) <= MOST_LINES and all(font.getlength(line) <= width for line in lines):
            break
    kept = lines[: MOST_LINES - 1] + [" ".join(lines[MOST_LINES - 1 :])] if len(lines) > MOST_LINES else lines
    return font, [_shortened(line, font, width) for line in kept]


def _wrapped(text: str, font: ImageFont.FreeTypeFont, width: int) -> list[str]:
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and font.getlength(longer) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def _shortened(line: str, font: ImageFont.FreeTypeFont, width: int) -> str:
    if font.getlength(line) <= width:
        return line
    while line and font.getlength(f"{line}…") > width:
        line = line[:-1]
    return f"{line.rstrip()}…"
