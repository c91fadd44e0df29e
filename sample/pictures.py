"""Posters for a few sample events, drawn instead of shipped, and uploaded like anybody's picture."""

from collections.abc import Callable
from io import BytesIO
from math import cos, pi, sin
from random import Random

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageChops, ImageDraw, ImageFilter

SIZE = WIDTH, HEIGHT = 1200, 675
INK, PLUM, VIOLET, LILAC = (28, 18, 40), (63, 0, 108), (109, 90, 212), (214, 196, 240)
VOLT, PAPER, EMBER, LAGOON = (205, 240, 60), (250, 246, 238), (236, 96, 17), (6, 162, 174)

Colour = tuple[int, int, int]


def draw(name: str) -> SimpleUploadedFile:
    """The poster of that name as an uploaded JPEG of 1200 × 675."""
    out = BytesIO()
    POSTERS[name]().save(out, "JPEG", quality=90)
    return SimpleUploadedFile(f"{name}.jpg", out.getvalue(), content_type="image/jpeg")


def _lamps() -> Image.Image:
    """Lit lamps over dark water."""
    image, dice = _gradient(INK, PLUM), Random("lamps")  # noqa: S311  repeatable, not secret
    lights = [(dice.randint(40, WIDTH - 40), dice.randint(60, 430), dice.randint(10, 26)) for _ in range(40)]
    glow = Image.new("RGB", SIZE)
    pen = ImageDraw.Draw(glow)
    for x, y, r in lights:
        pen.ellipse(_circle(x, y, r * 3), fill=(120, 60, 10))
        pen.ellipse((x - r, 860 - y - 6, x + r, 860 - y + 6), fill=(90, 40, 20))
    image = ImageChops.add(image, glow.filter(ImageFilter.GaussianBlur(22)))
    pen = ImageDraw.Draw(image)
    for x, y, r in lights:
        pen.line((x, 0, x, y), fill=(70, 40, 90), width=2)
        pen.ellipse(_circle(x, y, r), fill=(255, 206, 120))
        pen.ellipse(_circle(x, y, r // 2), fill=PAPER)
    for y in range(470, HEIGHT, 26):
        pen.line([(x, y + round(5 * sin(x / 60 + y))) for x in range(0, WIDTH + 20, 20)], fill=(88, 50, 120), width=2)
    return image


def _compass() -> Image.Image:
    """A compass rose on paper."""
    image = _gradient(PAPER, LILAC)
    pen = ImageDraw.Draw(image)
    x, y = WIDTH // 2, HEIGHT // 2
    for radius, colour in ((290, LILAC), (282, PAPER), (226, VIOLET), (220, PAPER)):
        pen.ellipse(_circle(x, y, radius), fill=colour)
    for step in range(72):
        inner = 240 if step % 6 == 0 else 258
        pen.line([_polar(x, y, inner, step * pi / 36), _polar(x, y, 272, step * pi / 36)], fill=PLUM, width=4)
    for length, offset, dark, light in ((150, pi / 4, VIOLET, LILAC), (250, 0, PLUM, VOLT)):
        for quarter in range(4):
            angle = offset + quarter * pi / 2
            tip = _polar(x, y, length, angle)
            pen.polygon([(x, y), _polar(x, y, 46, angle + pi / 4), tip], fill=dark)
            pen.polygon([(x, y), _polar(x, y, 46, angle - pi / 4), tip], fill=light)
    pen.ellipse(_circle(x, y, 18), fill=PAPER, outline=PLUM, width=6)
    return image


def _skyline() -> Image.Image:
    """A river, a low sun and lit windows."""
    image, dice = _gradient(VIOLET, EMBER), Random("skyline")  # noqa: S311  repeatable, not secret
    pen = ImageDraw.Draw(image)
    pen.ellipse(_circle(820, 400, 150), fill=(255, 214, 120))
    for layer, colour in enumerate(((112, 52, 120), (70, 26, 96), INK)):
        x = -20
        while x < WIDTH:
            width, top = dice.randint(50, 120), dice.randint(180, 330) + layer * 70
            pen.rectangle((x, top, x + width, HEIGHT), fill=colour)
            if layer:
                _windows(pen, (x, top, width), dice)
            x += width + dice.randint(0, 18)
    pen.rectangle((0, 610, WIDTH, HEIGHT), fill=(40, 16, 60))
    for y in range(620, HEIGHT, 12):
        pen.line((700 + (y % 5) * 12, y, 940 - (y % 7) * 10, y), fill=(214, 140, 90), width=3)
    return image


def _festival() -> Image.Image:
    """Hills, a lake and a sun made of sound."""
    image = _gradient(LAGOON, VOLT)
    pen = ImageDraw.Draw(image)
    for ring in range(9, 0, -1):
        pen.ellipse(_circle(600, 330, ring * 44), outline=PAPER, width=4 + ring)
    pen.ellipse(_circle(600, 330, 60), fill=EMBER)
    for base, height, length, colour in ((430, 46, 190, VIOLET), (500, 34, 130, PLUM), (580, 22, 240, INK)):
        ridge = [(x, round(base + height * sin(x / length + base))) for x in range(0, WIDTH + 20, 20)]
        pen.polygon([*ridge, (WIDTH, HEIGHT), (0, HEIGHT)], fill=colour)
    for x in range(70, WIDTH, 118):
        pen.polygon([(x, 650), (x + 34, 590), (x + 68, 650)], fill=(VOLT, EMBER, LILAC)[x % 3])
    return image


POSTERS: dict[str, Callable[[], Image.Image]] = {
    "lamps": _lamps,
    "compass": _compass,
    "skyline": _skyline,
    "festival": _festival,
}


def _gradient(top: Colour, bottom: Colour) -> Image.Image:
    mask = Image.linear_gradient("L").resize(SIZE)
    return Image.composite(Image.new("RGB", SIZE, bottom), Image.new("RGB", SIZE, top), mask)


def _windows(pen: ImageDraw.ImageDraw, building: tuple[int, int, int], dice: Random) -> None:
    left, top, width = building
    for y in range(top + 16, 600, 24):
        for x in range(left + 10, left + width - 12, 20):
            if dice.random() < 0.35:
                pen.rectangle((x, y, x + 8, y + 11), fill=(255, 214, 120))


def _circle(x: int, y: int, radius: int) -> tuple[int, int, int, int]:
    return (x - radius, y - radius, x + radius, y + radius)


def _polar(x: int, y: int, radius: float, angle: float) -> tuple[float, float]:
    """A point at an angle clockwise from north."""
    return (x + radius * sin(angle), y - radius * cos(angle))
