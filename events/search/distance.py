"""Events around a point: a box that the index on coordinates knows, then the true distance."""

from math import asin, cos, degrees, radians, sin

from django.db.models import F, FloatField, IntegerField, Q, QuerySet, Value
from django.db.models.functions import ASin, Cast, Cos, Least, Power, Radians, Round, Sin, Sqrt

from events.models import Event

Point = tuple[float, float]

EARTH_RADIUS = 6371.0088  # km, the mean radius R1 (Moritz, Geodetic Reference System 1980)


def close_to(queryset: QuerySet[Event], near: Point, within: float) -> QuerySet[Event]:
    """Events at venues at most `within` km from `near`. Annotates `distance` in metres, an integer."""
    metres = Cast(Round(_kilometres(near) * 1000), IntegerField())
    boxed = queryset.filter(_box(near, within))
    return boxed.annotate(distance=metres).filter(distance__lte=int(within * 1000))


def _kilometres(near: Point):
    """The great-circle distance by the haversine formula (R. W. Sinnott, "Virtues of the Haversine",
    Sky and Telescope 68, 1984), which stays exact for points that lie close together."""
    latitude, longitude = (Radians(Value(degree, FloatField())) for degree in near)
    venue_latitude = Radians(Cast(F("venue__latitude"), FloatField()))
    venue_longitude = Radians(Cast(F("venue__longitude"), FloatField()))
    half_chord = Power(Sin((venue_latitude - latitude) / 2.0), 2) + Cos(latitude) * Cos(venue_latitude) * Power(
        Sin((venue_longitude - longitude) / 2.0), 2
    )
    return ASin(Sqrt(Least(half_chord, Value(1.0)))) * (2 * EARTH_RADIUS)


def _box(near: Point, within: float) -> Q:
    """The smallest box of degrees around the circle (J. P. Matuschek, "Finding Points Within a Distance of
    a Latitude/Longitude Using Bounding Coordinates", 2010): all longitudes where it holds a pole, two
    boxes where it crosses the 180th meridian."""
    latitude, longitude = near
    reach = degrees(within / EARTH_RADIUS)
    south, north = latitude - reach, latitude + reach
    box = Q(venue__latitude__gte=round(south, 6), venue__latitude__lte=round(north, 6))
    if south <= -90 or north >= 90:
        return box & Q(venue__longitude__isnull=False)
    spread = degrees(asin(min(sin(radians(reach)) / cos(radians(latitude)), 1.0)))
    return box & _between(longitude - spread, longitude + spread)


def _between(west: float, east: float) -> Q:
    if west < -180:
        return Q(venue__longitude__gte=round(west + 360, 6)) | Q(venue__longitude__lte=round(east, 6))
    if east > 180:
        return Q(venue__longitude__gte=round(west, 6)) | Q(venue__longitude__lte=round(east - 360, 6))
    return Q(venue__longitude__gte=round(west, 6), venue__longitude__lte=round(east, 6))
