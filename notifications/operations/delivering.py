"""Send one message by its channel, once as far as its reader can see."""

from uuid import UUID

from django.db.models import F
from django.utils import timezone

from notifications import mail, push
from notifications.errors import Unreachable
from notifications.kinds import Channel
from notifications.letter import Letter, compose
from notifications.models import Delivery
from notifications.operations import devices
from notifications.operations.channels import still_hears

ANSWER = 2000  # characters kept of what the other side said


def deliver(*, delivery_id: UUID | str, private: Letter | None = None) -> None:
    """Send it, unless it was sent, is not true any more, or not wanted any more.

    `private` is what it says where that is not to be kept. Raises what the channel raises: `GiveUp` for a refusal that
    is final, `Later`, or anything else for another try.
    """
    delivery = Delivery.objects.with_all().filter(pk=delivery_id).first()
    if delivery is None or delivery.status in (Delivery.Status.SENT, Delivery.Status.DROPPED):
        return
    letter = private or compose([delivery.notice]).get(delivery.notice_id)
    why_not = _why_not(delivery) if letter else "It is not true any more."
    if why_not or letter is None:
        Delivery.objects.filter(pk=delivery.pk).update(status=Delivery.Status.DROPPED, answer=why_not)
        return
    send = mail.send if delivery.channel == Channel.EMAIL else push.send
    try:
        answer = send(delivery, letter)
    except Unreachable as gone:
        if delivery.device_id:
            devices.remove(device_id=delivery.device_id)
        _note(delivery, str(gone), status=Delivery.Status.DROPPED)
        return
    except Exception as error:  # whatever it is, staff want to read it beside the message
        _note(delivery, f"{type(error).__name__}: {error}")
        raise
    _note(delivery, answer, status=Delivery.Status.SENT, sent_at=timezone.now())
    if delivery.device_id:
        devices.reached(device_id=delivery.device_id, now=timezone.now())


def give_up(*, delivery_id: UUID | str, error: str) -> None:
    """No more attempts: staff see it among what was given up, and can send it again."""
    Delivery.objects.filter(pk=delivery_id, status=Delivery.Status.PENDING).update(
        status=Delivery.Status.FAILED, answer=error[:ANSWER]
    )


def _why_not(delivery: Delivery) -> str:
    """Why it need not be sent any more; empty where it must be."""
    notice = delivery.notice
    if notice.is_late(timezone.now()):
        return "It would come too late."
    if delivery.channel == Channel.PUSH and delivery.device is None:
        return "The device was removed."
    if notice.recipient is None:
        return ""
    if not notice.recipient.is_active:
        return "The account is closed."
    wanted = still_hears(notice.recipient.pk, notice.sort, Channel(delivery.channel))
    return "" if wanted else "They don't want it any more."


def _note(delivery: Delivery, answer: str, **changes: object) -> None:
    """One more attempt, and what came of it."""
    Delivery.objects.filter(pk=delivery.pk).update(attempts=F("attempts") + 1, answer=answer[:ANSWER], **changes)
