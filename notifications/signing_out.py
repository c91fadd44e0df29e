"""Sessions that end, and accounts that are closed, take the devices with them that were told in their name."""

from typing import Any
from uuid import UUID

from allauth.account.signals import password_changed, password_reset, password_set
from django.contrib.auth.signals import user_logged_out
from django.dispatch import receiver
from django.http import HttpRequest

from accounts.facts import account_closed, session_ended
from accounts.models import User
from core.facts import on
from core.live.messages import session_digest
from notifications.operations import devices


@receiver(user_logged_out)
def forget_its_device(*, request: HttpRequest | None, **_: Any) -> None:
    if request is not None and (key := request.session.session_key):
        devices.sign_out(session=session_digest(key))


@on(session_ended)
def forget_a_program_s_device(*, session: str) -> None:
    devices.sign_out(session=session)


@receiver([password_changed, password_set])
def forget_devices_elsewhere(*, request: HttpRequest, user: User, **_: Any) -> None:
    """A new password ends all other sessions, and gives this one a new key."""
    devices.sign_out_elsewhere(
        user_id=user.pk,
        device_id=request.session.get(devices.IN_SESSION),
        session=session_digest(request.session.session_key or ""),
    )


@receiver(password_reset)
def forget_all_devices(*, user: User, **_: Any) -> None:
    devices.sign_out_elsewhere(user_id=user.pk, device_id=None, session="")


@on(account_closed)
def forget_devices_of_a_closed_account(*, user_id: str, **_: Any) -> None:
    devices.sign_out_elsewhere(user_id=UUID(user_id), device_id=None, session="")
