"""What the API's fields accept: JSON's own types, said once, so that "2", 2.0 and true are not a 2."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils.dateparse import parse_datetime
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request

FIRST_YEAR, LAST_YEAR = 1970, 2199
WIDEST_OFFSET = timedelta(hours=14)
BAD_MOMENT = (
    f"A date and time with its offset, such as 2027-05-01T19:30:00+02:00, between {FIRST_YEAR} and {LAST_YEAR}."
)


class Text(serializers.CharField):
    """A JSON string; numbers are not taken for one."""

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class Password(serializers.CharField):
    """A JSON string, taken as it is, white space included. Its length is bounded: hashing costs."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(trim_whitespace=False, max_length=1000, write_only=True, **kwargs)

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class Whole(serializers.IntegerField):
    """A JSON integer."""

    def to_internal_value(self, data: Any) -> int:
        if isinstance(data, bool) or not isinstance(data, int):
            self.fail("invalid")
        return data


class Flag(serializers.BooleanField):
    """A JSON true or false."""

    default_error_messages = {"invalid": "true or false."}

    def to_internal_value(self, data: Any) -> bool:
        if not isinstance(data, bool):
            self.fail("invalid")
        return data


class Id(serializers.UUIDField):
    """A UUID in its usual spelling."""

    def to_internal_value(self, data: Any) -> UUID:
        if not isinstance(data, str):
            self.fail("invalid", value=data)
        return super().to_internal_value(data)


@extend_schema_field(OpenApiTypes.DATETIME)
class Moment(serializers.Field):
    """A moment: ISO 8601 with an offset that exists on Earth, as UTC inside."""

    default_error_messages = {"invalid": BAD_MOMENT}

    def to_internal_value(self, data: Any) -> datetime:
        moment = read_moment(data) if isinstance(data, str) else None
        if moment is None:
            self.fail("invalid")
        return moment

    def to_representation(self, value: datetime) -> str:
        return write_moment(value)


def write_moment(moment: datetime) -> str:
    """As UTC: '2027-05-01T17:30:00Z'."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def read_moment(text: str) -> datetime | None:
    """A moment in UTC, or None for what is none: no offset, one beyond ±14:00, a year that nobody plans for."""
    try:
        moment = parse_datetime(text)
    except ValueError:
        return None
    offset = moment.utcoffset() if moment else None
    if moment is None or offset is None or abs(offset) > WIDEST_OFFSET:
        return None
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        return None
    return moment.astimezone(UTC)


def cleaned(serializer: type[serializers.Serializer], request: Request) -> dict[str, Any]:
    """What a request's body says, checked. Raises ValidationError with the fields named."""
    checked = serializer(data=request.data)
    checked.is_valid(raise_exception=True)
    return checked.validated_data


def asked(serializer: type[serializers.Serializer], request: Request) -> dict[str, Any]:
    """What a request's query string says, checked. Raises ValidationError naming the parameter, also for
    one that does not exist: a filter with a typing error must not look like one that found everything."""
    fields = serializer().fields
    unknown = [name for name in request.query_params if name not in fields]
    if unknown:
        sentence = f"There is no such parameter; there are: {', '.join(fields)}."
        raise serializers.ValidationError({name: [sentence] for name in unknown})
    many = {name for name, field in fields.items() if isinstance(field, serializers.ListField)}
    params = request.query_params
    given = {name: params.getlist(name) if name in many else params[name] for name in params}
    checked = serializer(data=given)
    checked.is_valid(raise_exception=True)
    return checked.validated_data
