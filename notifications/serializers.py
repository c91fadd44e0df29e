"""What programs say and hear about notices and preferences."""

import re
from collections.abc import Iterable
from datetime import time
from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from core.rest.fields import Flag, Id, Moment, Text
from notifications.kinds import KINDS, Channel, Group, Kind
from notifications.models import Notice, QuietHours
from notifications.operations.channels import Wishes

PAGE_SIZE, LARGEST_PAGE = 20, 100
CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d", re.ASCII)
NAMES = [(name, kind.label) for name, kind in KINDS.items()]


class NoticeLinks(serializers.Serializer):
    open = serializers.CharField(help_text="A page of the site: marks it read and leads to `about`.")
    about = serializers.CharField(help_text="The page it is about.")
    read = serializers.CharField()


class NoticeOut(serializers.Serializer):
    id = serializers.UUIDField()
    kind = serializers.ChoiceField(NAMES)
    group = serializers.ChoiceField(Group.choices, source="sort.group")
    title = serializers.CharField()
    line = serializers.CharField()
    created_at = Moment()
    read_at = Moment(allow_null=True)
    links = serializers.SerializerMethodField()

    @extend_schema_field(NoticeLinks)
    def get_links(self, notice: Notice) -> dict[str, str]:
        return {
            "open": notice.get_absolute_url(),
            "about": notice.url,
            "read": f"/api/notifications/{notice.pk}/read",
        }


class NoticeQuery(serializers.Serializer):
    unread = serializers.BooleanField(required=False, help_text="Those alone that have not been read.")
    limit = serializers.IntegerField(min_value=1, max_value=LARGEST_PAGE, default=PAGE_SIZE)
    cursor = serializers.CharField(required=False)


class NoticePage(serializers.Serializer):
    results = NoticeOut(many=True)
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)


class UnreadOut(serializers.Serializer):
    unread = serializers.IntegerField(help_text="How many have not been read; 100 stands for more than 99.")


class ReadIn(serializers.Serializer):
    until = Id(required=False, allow_null=True, help_text="The newest one that was seen: what came later stays unread.")


class ReadOut(serializers.Serializer):
    read = serializers.IntegerField(help_text="How many were unread.")


class DeviceOut(serializers.Serializer):
    id = serializers.UUIDField()
    label = serializers.CharField(help_text="'Chrome on Android'")  # type: ignore[assignment]  # fields have one too
    created_at = Moment()
    reached_at = Moment(allow_null=True, help_text="When its push service last took a message.")


class DevicesOut(serializers.Serializer):
    results = DeviceOut(many=True)


class PushKeysIn(serializers.Serializer):
    p256dh = Text(max_length=120, help_text="The device’s public key: 65 bytes in base64url.")
    auth = Text(max_length=60, help_text="Its secret: 16 bytes in base64url.")


class DeviceIn(serializers.Serializer):
    """A subscription as browsers write it (`PushSubscription.toJSON()`)."""

    endpoint = Text(max_length=1000, help_text="Its push service’s address: https, on the internet.")
    keys = PushKeysIn()


class PushKeyOut(serializers.Serializer):
    public_key = serializers.CharField(allow_null=True, help_text="In base64url; null where this site does not push.")


@extend_schema_field(OpenApiTypes.STR)
class Clock(serializers.Field):
    """A time of the day: '22:00'."""

    default_error_messages = {"invalid": "A time of the day, such as 22:00."}

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, str) or not CLOCK.fullmatch(data):
            self.fail("invalid")
        return time.fromisoformat(data)

    def to_representation(self, value: time) -> str:
        return f"{value:%H:%M}"


class QuietHoursInOut(serializers.Serializer):
    """Devices stay silent from `begin` until `until`, which may be on the next morning, by the clock of `zone`."""

    begin = Clock()
    until = Clock()
    zone = Text(max_length=60, help_text="Such as Europe/Lisbon.")


class PreferencesIn(serializers.Serializer):
    kinds = serializers.DictField(
        child=serializers.DictField(child=Flag()), required=False, help_text="What is not named stays as it is."
    )
    quiet_hours = QuietHoursInOut(required=False, allow_null=True, help_text="null: none.")


class PreferencesOut(serializers.Serializer):
    kinds = serializers.DictField(
        child=serializers.DictField(child=serializers.BooleanField()),
        help_text="By kind and channel (`email`, `push`, `bell`): whether you hear it there.",
    )
    fixed = serializers.DictField(
        child=serializers.ListField(child=serializers.ChoiceField(Channel.choices)),
        help_text="By kind: the channels that can’t be switched off.",
    )
    quiet_hours = QuietHoursInOut(allow_null=True)


def preferences_of(kinds: Iterable[Kind], wishes: Wishes) -> dict[str, Any]:
    """What `PreferencesOut` takes."""
    kinds = list(kinds)
    hours: QuietHours | None = wishes.quiet
    return {
        "kinds": {kind.name: {str(one): wishes.hears(kind, one) for one in kind.channels} for kind in kinds},
        "fixed": {kind.name: list(kind.always) for kind in kinds if kind.always},
        "quiet_hours": hours,
    }
