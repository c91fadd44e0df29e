"""Numbers that programs send."""

import math
from decimal import Decimal
from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers


class Number(serializers.FloatField):
    """A number that is one: neither infinite nor "not a number"."""

    def to_internal_value(self, data: Any) -> float:
        if isinstance(data, bool):
            self.fail("invalid")
        number = super().to_internal_value(data)
        if not math.isfinite(number):
            self.fail("invalid")
        return number


@extend_schema_field(OpenApiTypes.DOUBLE)
class Degrees(Number):
    """Degrees, kept to six decimals: a tenth of a metre."""

    def to_internal_value(self, data: Any) -> Decimal:  # type: ignore[override]
        return Decimal(f"{super().to_internal_value(data):.6f}")
