"""What somebody asks the list of events."""

import re
from datetime import datetime
from decimal import Decimal
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from core.rest.fields import Moment
from events.models import Category
from events.operations.inputs import MAX_TAG_LENGTH
from events.search import DEFAULT_WITHIN, MAX_WITHIN, ORDERINGS
from events.serializers.numbers import Number

PAGE_SIZE, LARGEST_PAGE = 20, 100


class MomentAsked(Moment):
    """A moment in a query string, where a plus sign that was not escaped has become a space."""

    def to_internal_value(self, data: Any) -> datetime:
        return super().to_internal_value(re.sub(r" (\d\d:\d\d)$", r"+\1", str(data)))


@extend_schema_field({"type": "string", "example": "38.72,-9.14"})
class Place(serializers.CharField):
    """`latitude,longitude` in degrees."""

    default_error_messages = {"invalid": "Latitude and longitude in degrees, such as 38.72,-9.14."}

    def to_internal_value(self, data: Any) -> tuple[float, float]:  # type: ignore[override]
        try:
            latitude, longitude = (float(part) for part in str(data).split(","))
        except ValueError:
            self.fail("invalid")
        if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
            self.fail("invalid")
        return latitude, longitude


class EventQuery(serializers.Serializer):
    """Filters narrow the list together; `category` and `tag` may be repeated (any of the categories, all
    of the tags)."""

    search = serializers.CharField(max_length=200, required=False, allow_blank=True)
    category = serializers.ListField(child=serializers.ChoiceField(Category.choices), required=False)
    tag = serializers.ListField(child=serializers.CharField(max_length=MAX_TAG_LENGTH), required=False, max_length=10)
    city = serializers.CharField(max_length=120, required=False, allow_blank=True)
    starts_after = MomentAsked(required=False)
    starts_before = MomentAsked(required=False)
    price_min = serializers.DecimalField(max_digits=12, decimal_places=4, min_value=Decimal(0), required=False)
    price_max = serializers.DecimalField(max_digits=12, decimal_places=4, min_value=Decimal(0), required=False)
    free = serializers.BooleanField(required=False, help_text="Has tickets for nothing.")
    available = serializers.BooleanField(required=False, help_text="Can be booked right now.")
    online = serializers.BooleanField(required=False)
    organizer = serializers.UUIDField(required=False)
    near = Place(required=False, help_text="`latitude,longitude`")
    within = Number(
        min_value=0.1, max_value=MAX_WITHIN, required=False, help_text=f"Kilometres; {DEFAULT_WITHIN:g} if not said."
    )
    past = serializers.BooleanField(required=False, help_text="Also what is over.")
    ordering = serializers.ChoiceField(list(ORDERINGS), required=False)
    limit = serializers.IntegerField(min_value=1, max_value=LARGEST_PAGE, default=PAGE_SIZE)
    cursor = serializers.CharField(max_length=500, required=False, help_text="From `next` or `previous`.")
