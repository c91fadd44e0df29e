"""Staff send something again, after its cause is mended or because somebody has lost it."""

from datetime import datetime

from django.db import transaction

from notifications.errors import NotAgain
from notifications.facts import letter_due
from notifications.kinds import Channel
from notifications.letter import is_composed
from notifications.models import Delivery
from outbox.models import Message
from outbox.operations import announce, resend

Status = Delivery.Status


@transaction.atomic
def send_again(*, delivery: Delivery, now: datetime) -> None:
    """On its way once more, if it is still true and wanted then. Raises NotAgain."""
    delivery = Delivery.objects.select_for_update(of=("self",)).select_related("notice").get(pk=delivery.pk)
    # What was given up still stands in the ledger, with what it says if that is kept nowhere else.
    dead = Message.objects.filter(status=Message.Status.DEAD, payload__delivery_id=str(delivery.pk)).first()
    if delivery.status == Status.PENDING:
        raise NotAgain("It is on its way.")
    if delivery.notice.is_late(now):
        raise NotAgain("It would come too late.")
    if delivery.channel == Channel.PUSH and delivery.device_id is None:
        raise NotAgain("The device was removed.")
    if dead is None and not is_composed(delivery.notice.kind):
        raise NotAgain("What it said was not kept, as it let people in. They can ask for a new one.")
    delivery.again += delivery.status == Status.SENT
    delivery.status, delivery.due_at = Status.PENDING, now
    delivery.save(update_fields=["status", "due_at", "again"])
    if dead:
        resend(message=dead, now=now)
    else:
        announce(letter_due, delivery_id=delivery.pk)  # ahead of mailings: somebody waits for it
