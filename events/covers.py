"""An event's cover: the uploaded picture, or art drawn for it. One address for both, which changes with
what it shows, so browsers may keep it for good."""

from hashlib import sha256

from django.urls import reverse

from events.art import ART_VERSION, HEIGHT, WIDTH, Circle, Line, Polygon, Shape, compose
from events.models import Event


def cover_version(event: Event) -> str:
    """What the cover shows, as a short digest."""
    shown = event.image.name or f"{ART_VERSION}:{event.category}:{event.pk}"
    return sha256(shown.encode()).hexdigest()[:12]


def cover_url(event: Event) -> str:
    """Where the cover is, without the host."""
    return f"{reverse('events:cover', args=[event.slug])}?v={cover_version(event)}"


def cover_svg(event: Event) -> str:
    """The drawn cover, 2 : 1. Shapes alone: no text, no style, nothing from elsewhere."""
    palette, shapes = compose(event.category, event.pk)
    body = "".join(map(_element, shapes))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}"'
        f' preserveAspectRatio="xMidYMid slice"><rect width="{WIDTH}" height="{HEIGHT}" fill="{palette.ground}"/>'
        f"{body}</svg>"
    )


def _element(shape: Shape) -> str:
    match shape:
        case Circle(x, y, radius, colour, 0):
            return f'<circle cx="{x:.0f}" cy="{y:.0f}" r="{radius:.0f}" fill="{colour}"/>'
        case Circle(x, y, radius, colour, width):
            return (
                f'<circle cx="{x:.0f}" cy="{y:.0f}" r="{radius:.0f}" fill="none"'
                f' stroke="{colour}" stroke-width="{width:.0f}"/>'
            )
        case Polygon(points, colour):
            return f'<polygon points="{_points(points)}" fill="{colour}"/>'
        case Line(points, colour, width):
            return (
                f'<polyline points="{_points(points)}" fill="none" stroke="{colour}"'
                f' stroke-width="{width:.0f}" stroke-linecap="round"/>'
            )


def _points(points: tuple[tuple[float, float], ...]) -> str:
    return " ".join(f"{x:.0f},{y:.0f}" for x, y in points)
