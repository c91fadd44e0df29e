"""What programs say and hear about tickets."""

from rest_framework import serializers

from core.rest.fields import Moment, Text

LONGEST_CODE = 1000


class CodeIn(serializers.Serializer):
    """What a scanner read in the QR code, or the short code printed under it."""

    code = Text(max_length=LONGEST_CODE)


class VerifiedEvent(serializers.Serializer):
    id = serializers.UUIDField()
    title = serializers.CharField()
    starts_at = Moment()
    ends_at = Moment()
    timezone = serializers.CharField()


class VerifiedType(serializers.Serializer):
    id = serializers.UUIDField()
    name = serializers.CharField()


class Verdict(serializers.Serializer):
    """`unknown` has no event and no ticket type. `holder` is for the event's own staff, else null."""

    status = serializers.ChoiceField(["valid", "used", "cancelled", "unknown"])
    event = VerifiedEvent(allow_null=True)
    ticket_type = VerifiedType(allow_null=True)
    holder = serializers.CharField(allow_null=True)
