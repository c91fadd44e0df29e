"""The API's doors to what one is told, on which devices, and to what one wants to hear."""

from uuid import UUID

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.permissions import IsAuthenticated
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.agents import name_of
from accounts.models import User
from accounts.requests import SignedInCall
from accounts.tokens import session_key
from core.errors import Invalid
from core.limits import limit
from core.live.messages import session_digest
from core.paging import page_of
from core.rest.fields import asked, cleaned
from core.rest.freshness import page_link, private
from notifications import operations, serializers
from notifications.models import Device, Notice
from notifications.operations import Quiet, devices
from notifications.operations.channels import wishes_of
from notifications.operations.preferences import KEEP, kinds_for
from notifications.push import vapid
from notifications.unread import count_unread


class Notices(APIView):
    permission_classes = [IsAuthenticated]

    @extend_schema(
        parameters=[serializers.NoticeQuery], responses=serializers.NoticePage, operation_id="notifications_list"
    )
    def get(self, request: SignedInCall) -> Response:
        """What you were told, the newest first."""
        query = asked(serializers.NoticeQuery, request)
        mine = Notice.objects.of(request.user).in_bell()
        page = page_of((mine.unread() if query.get("unread") else mine).by_age(), query.get("cursor"), query["limit"])
        data = {
            "results": page.results,
            "next": page_link(request, page.next_cursor),
            "previous": page_link(request, page.previous_cursor),
        }
        return private(Response(serializers.NoticePage(data).data))


class Unread(APIView):
    permission_classes = [IsAuthenticated]

    @extend_schema(responses=serializers.UnreadOut, operation_id="notifications_unread")
    def get(self, request: SignedInCall) -> Response:
        """How many you have not read: the number on the bell."""
        return private(Response({"unread": count_unread(request.user).counted}))


class ReadAll(APIView):
    permission_classes = [IsAuthenticated]

    @extend_schema(
        request=serializers.ReadIn, responses={200: serializers.ReadOut}, operation_id="notifications_read_all"
    )
    def post(self, request: SignedInCall) -> Response:
        """Mark all of them as read, or those until the newest that you have seen."""
        until = cleaned(serializers.ReadIn, request).get("until")
        newest = Notice.objects.of(request.user).in_bell().filter(pk=until).first() if until else None
        if until and newest is None:
            raise Invalid({"until": ["The id of one of your notifications."]})
        read = operations.mark_all_read(user=request.user, now=timezone.now(), until=newest)
        return private(Response({"read": read}))


class ReadOne(APIView):
    permission_classes = [IsAuthenticated]

    @extend_schema(request=None, responses={200: serializers.NoticeOut}, operation_id="notifications_read")
    def post(self, request: SignedInCall, notice_id: UUID) -> Response:
        """Mark one of them as read. Doing so twice is harmless."""
        operations.mark_read(notice=_mine(request, notice_id), now=timezone.now())
        return private(Response(serializers.NoticeOut(_mine(request, notice_id)).data))


class Preferences(APIView):
    permission_classes = [IsAuthenticated]

    @extend_schema(responses=serializers.PreferencesOut, operation_id="notifications_preferences")
    def get(self, request: SignedInCall) -> Response:
        """What you hear by which channel, and when your devices stay silent."""
        return _preferences(request.user)

    @extend_schema(
        request=serializers.PreferencesIn,
        responses=serializers.PreferencesOut,
        operation_id="notifications_preferences_update",
    )
    def patch(self, request: SignedInCall) -> Response:
        """Change some of it: `{"kinds": {"reminder_day": {"email": false}}, "quiet_hours": null}`.

        409 `always-told` names under `fixed` what can't be switched off.
        """
        data = cleaned(serializers.PreferencesIn, request)
        kinds = data.get("kinds", {})
        wanted = {(name, channel): yes for name, channels in kinds.items() for channel, yes in channels.items()}
        hours = data.get("quiet_hours", KEEP)
        quiet = Quiet(**hours) if isinstance(hours, dict) else hours
        operations.set_preferences(user=request.user, wanted=wanted, quiet=quiet)
        return _preferences(request.user)


class Devices(APIView):
    permission_classes = [IsAuthenticated]

    @extend_schema(responses=serializers.DevicesOut, operation_id="notifications_devices")
    def get(self, request: SignedInCall) -> Response:
        """The devices that you are told on, the newest first. There are ten at most."""
        mine = Device.objects.of(request.user).newest_first()
        return private(Response(serializers.DevicesOut({"results": mine}).data))

    @extend_schema(
        request=serializers.DeviceIn, responses={201: serializers.DeviceOut}, operation_id="notifications_devices_add"
    )
    def post(self, request: SignedInCall) -> Response:
        """Be told on a device by web push (RFC 8030), from its subscription with our public key.

        The same endpoint again is the same device. It is removed when you sign out with this session's tokens. 409
        `push-is-off` where this site does not push.
        """
        limit(request, "device")
        data = cleaned(serializers.DeviceIn, request)
        try:
            device = devices.register(
                user_id=request.user.pk,
                endpoint=data["endpoint"],
                **data["keys"],
                label=name_of(request.headers.get("User-Agent", "")),
                session=session_digest(key) if (key := session_key(request.auth)) else "",
                now=timezone.now(),
            )
        except Invalid as wrong:
            raise Invalid(
                {"endpoint" if name == "endpoint" else f"keys.{name}": said for name, said in wrong.errors.items()}
            ) from wrong
        return private(Response(serializers.DeviceOut(device).data, status=201))


class DeviceDoor(APIView):
    permission_classes = [IsAuthenticated]

    @extend_schema(responses={204: None}, operation_id="notifications_devices_remove")
    def delete(self, request: SignedInCall, device_id: UUID) -> Response:
        """Be told nothing more on a device."""
        devices.remove(device_id=get_object_or_404(Device.objects.of(request.user), pk=device_id).pk)
        return Response(status=204)


class PushKey(APIView):
    permission_classes = [IsAuthenticated]

    @extend_schema(responses=serializers.PushKeyOut, operation_id="notifications_push_key")
    def get(self, request: SignedInCall) -> Response:
        """The key to subscribe with: `applicationServerKey` in browsers."""
        return private(Response({"public_key": vapid.public_key() or None}))


def _mine(request: SignedInCall, notice_id: UUID) -> Notice:
    return get_object_or_404(Notice.objects.of(request.user).in_bell(), pk=notice_id)


def _preferences(user: User) -> Response:
    shown = serializers.preferences_of(kinds_for(user), wishes_of([user.pk])[user.pk])
    return private(Response(serializers.PreferencesOut(shown).data))
