"""Cover art for events without a picture: one theme per category, one composition per event.

A composition is a list of plain shapes on a canvas of 1200 × 600, so that the same art becomes an SVG on
a page and pixels in a share image. It follows from the category and the event's id alone.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import cos, pi, sin
from random import Random
from uuid import UUID

from events.models import Category

WIDTH, HEIGHT = 1200, 600
ART_VERSION = 1  # count it up when the drawings change: browsers keep covers for a year

INK, STAGE, PLUM, BRAND = "#1f1a29", "#301253", "#4b1f7e", "#682dac"
ORCHID, LILAC, MIST = "#966cd7", "#c9adfd", "#e8dffc"
VOLT, MOSS, PAPER = "#c9f14c", "#94b32a", "#fcfaf6"


@dataclass(frozen=True)
class Palette:
    """A ground and what stands out on it: a quiet colour, a middle one, a loud one."""

    ground: str
    quiet: str
    middle: str
    loud: str


PALETTES = (
    Palette(STAGE, PLUM, ORCHID, VOLT),
    Palette(BRAND, PLUM, LILAC, VOLT),
    Palette(LILAC, ORCHID, PLUM, PAPER),
    Palette(VOLT, MOSS, STAGE, PAPER),
    Palette(MIST, LILAC, BRAND, VOLT),
    Palette(INK, STAGE, BRAND, LILAC),
)


@dataclass(frozen=True)
class Circle:
    """A disc, or with a `width` a ring."""

    x: float
    y: float
    radius: float
    colour: str
    width: float = 0


@dataclass(frozen=True)
class Polygon:
    """A filled outline."""

    points: tuple[tuple[float, float], ...]
    colour: str


@dataclass(frozen=True)
class Line:
    """A stroke through points."""

    points: tuple[tuple[float, float], ...]
    colour: str
    width: float


Shape = Circle | Polygon | Line


def compose(category: str, event_id: UUID) -> tuple[Palette, list[Shape]]:
    """The palette and the shapes, from back to front, of an event's cover."""
    dice = Random(event_id.int)  # noqa: S311  # a picture, not a secret
    palette = dice.choice(PALETTES)
    return palette, list(THEMES.get(category, _waves)(palette, dice))


def _rectangle(x: float, y: float, width: float, height: float, colour: str) -> Polygon:
    return Polygon(((x, y), (x + width, y), (x + width, y + height), (x, y + height)), colour)


def _auditorium(palette: Palette, dice: Random) -> Iterator[Shape]:
    """Rows of seats around a stage, some taken."""
    middle = dice.choice((300, 600, 900))
    yield Circle(middle, 640, 150, palette.loud)
    for row in range(7):
        radius = 220 + row * 78
        seats = 14 + row * 4
        for seat in range(seats + 1):
            angle = pi + pi * seat / seats
            x, y = middle + radius * cos(angle), 640 + radius * sin(angle)
            if dice.random() < 0.07:
                yield Circle(x, y, 20, palette.middle, 5)
            else:
                yield Circle(x, y, 22, palette.loud if dice.random() < 0.3 else palette.quiet)


def _tiles(palette: Palette, dice: Random) -> Iterator[Shape]:
    """Quarter discs in squares, as if cut and laid by hand."""
    side = 150
    for column in range(WIDTH // side):
        for row in range(HEIGHT // side):
            x, y = column * side, row * side
            yield _rectangle(x, y, side, side, dice.choice((palette.ground, palette.ground, palette.quiet)))
            colour = dice.choice((palette.middle, palette.middle, palette.loud, palette.quiet))
            yield _quarter(x, y, side, dice.randrange(4), colour)


def _quarter(x: float, y: float, side: float, corner: int, colour: str) -> Polygon:
    centre_x, centre_y = x + side * (corner in (1, 2)), y + side * (corner in (2, 3))
    start = corner * pi / 2
    arc = [
        (centre_x + side * cos(start + step * pi / 24), centre_y + side * sin(start + step * pi / 24))
        for step in range(13)
    ]
    return Polygon(((centre_x, centre_y), *arc), colour)


def _network(palette: Palette, dice: Random) -> Iterator[Shape]:
    """People and whom they know."""
    people = [
        (80 + column * 173 + dice.uniform(-60, 60), 90 + row * 140 + dice.uniform(-50, 50))
        for column in range(7)
        for row in range(4)
    ]
    for one in people:
        nearest = sorted(people, key=lambda other: (other[0] - one[0]) ** 2 + (other[1] - one[1]) ** 2)
        for other in nearest[1:4]:
            yield Line((one, other), palette.quiet, 5)
    for x, y in people:
        radius = dice.choice((12, 16, 24, 34))
        yield Circle(x, y, radius, palette.loud if dice.random() < 0.35 else palette.middle)
        if radius == 34:
            yield Circle(x, y, 54, palette.middle, 5)


def _confetti(palette: Palette, dice: Random) -> Iterator[Shape]:
    """Big bubbles and what flies between them."""
    for _ in range(6):
        yield Circle(dice.uniform(0, WIDTH), dice.uniform(0, HEIGHT), dice.uniform(110, 230), palette.quiet)
    for _ in range(5):
        yield Circle(dice.uniform(0, WIDTH), dice.uniform(0, HEIGHT), dice.uniform(60, 150), palette.middle, 12)
    for _ in range(46):
        x, y, turn = dice.uniform(0, WIDTH), dice.uniform(0, HEIGHT), dice.uniform(0, pi)
        reach_x, reach_y = 17 * cos(turn), 17 * sin(turn)
        colour = dice.choice((palette.loud, palette.loud, palette.middle))
        yield Line(((x - reach_x, y - reach_y), (x + reach_x, y + reach_y)), colour, 11)


def _steps(palette: Palette, dice: Random) -> Iterator[Shape]:
    """Bars that climb, and a sun."""
    yield Circle(dice.uniform(180, 420), dice.uniform(130, 210), 120, palette.loud)
    heights = sorted(dice.uniform(70, 520) for _ in range(12))
    for index, height in enumerate(heights):
        colour = palette.middle if index % 3 == 2 else palette.quiet
        yield _rectangle(index * 100 + 8, HEIGHT - height, 84, height, colour)
        yield Circle(index * 100 + 50, HEIGHT - height, 42, colour)


def _spotlights(palette: Palette, dice: Random) -> Iterator[Shape]:
    """Beams from the wings, and rings of sound."""
    source = dice.choice((140, WIDTH - 140))
    for beam in range(11):
        if beam % 2 == 0:
            start, end = -0.15 + beam * 0.31, -0.15 + (beam + 1) * 0.31
            far = [(source + 1500 * cos(angle), 660 - 1500 * sin(angle)) for angle in (start, end)]
            yield Polygon(((source, 660), *far), palette.quiet)
    for ring in range(5):
        yield Circle(source, 660, 170 + ring * 95, palette.middle, 14 - ring * 2)
    yield Circle(source, 660, 120, palette.loud)
    for _ in range(14):
        yield Circle(dice.uniform(0, WIDTH), dice.uniform(0, 380), dice.choice((5, 8, 14)), palette.loud)


def _lanes(palette: Palette, dice: Random) -> Iterator[Shape]:
    """A running track around a bend."""
    x, y = dice.choice((0, WIDTH)), dice.choice((0, HEIGHT))
    for lane in range(8, 0, -1):
        radius = 130 + lane * 105
        yield Circle(x, y, radius, (palette.quiet, palette.ground)[lane % 2])
        yield Circle(x, y, radius, palette.middle, 5)
    runner = 130 + dice.randrange(2, 6) * 105 - 52
    angle = dice.uniform(0.35, 1.2)
    yield Circle(abs(x - runner * cos(angle)), abs(y - runner * sin(angle)), 40, palette.loud)


def _folds(palette: Palette, dice: Random) -> Iterator[Shape]:
    """Folded paper: triangles that catch the light differently."""
    side = 150
    for column in range(WIDTH // side):
        for row in range(HEIGHT // side):
            x, y = column * side, row * side
            corners = [(x, y), (x + side, y), (x + side, y + side), (x, y + side)]
            turn = dice.randrange(4)
            first, second, third, fourth = corners[turn:] + corners[:turn]
            light, dark = dice.choice(
                ((palette.quiet, palette.ground), (palette.middle, palette.quiet), (palette.ground, palette.loud),
                 (palette.ground, palette.quiet), (palette.middle, palette.ground))
            )  # fmt: skip
            yield Polygon((first, second, third), light)
            yield Polygon((first, third, fourth), dark)


def _arches(palette: Palette, dice: Random) -> Iterator[Shape]:
    """Arcades, one of them lit."""
    lit = dice.randrange(6)
    for column in range(6):
        x = 100 + column * 200
        for layer, colour in enumerate((palette.quiet, palette.ground, palette.middle, palette.ground)):
            radius = 92 - layer * 20
            yield from _arch(x, 250, radius, colour)
        if column == lit or dice.random() < 0.2:
            yield from _arch(x, 250, 32, palette.loud)
    for column in range(7):
        yield Circle(column * 200, 84, 26, palette.middle, 8)


def _arch(x: float, y: float, radius: float, colour: str) -> Iterator[Shape]:
    yield Circle(x, y, radius, colour)
    yield _rectangle(x - radius, y, 2 * radius, HEIGHT - y, colour)


def _waves(palette: Palette, dice: Random) -> Iterator[Shape]:
    """Waves, and the holes of a ticket's edge."""
    phase, length = dice.uniform(0, 2 * pi), dice.uniform(170, 260)
    for wave in range(7):
        level = 60 + wave * 85
        crest = tuple((x, level + 34 * sin(x / length * 2 + phase + wave * 0.7)) for x in range(-20, WIDTH + 40, 20))
        colour = (palette.quiet, palette.ground, palette.middle)[wave % 3]
        yield Polygon((*crest, (WIDTH + 20, HEIGHT), (-20, HEIGHT)), colour)
    yield Circle(dice.uniform(200, 1000), 150, 90, palette.loud)


THEMES: dict[str, Callable[[Palette, Random], Iterator[Shape]]] = {
    Category.CONFERENCE: _auditorium,
    Category.WORKSHOP: _tiles,
    Category.NETWORKING: _network,
    Category.SOCIAL: _confetti,
    Category.BUSINESS: _steps,
    Category.ENTERTAINMENT: _spotlights,
    Category.SPORTS: _lanes,
    Category.EDUCATION: _folds,
    Category.CULTURAL: _arches,
    Category.OTHER: _waves,
}
