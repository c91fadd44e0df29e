"""What the accounts app has to say: told like all else, but its words are not kept."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from core.ids import new_id
from core.live import marks as live
from notifications.facts import private_letter_due
from notifications.kinds import KINDS, Channel
from notifications.letters.private import kind_of, private_letter
from notifications.models import Delivery, Notice
from outbox.operations import announce


@transaction.atomic
def tell_privately(*, template: str, to: str, user_id: UUID | None, subject: str, text: str, now: datetime) -> Notice:
    """Write down that somebody is told this, and have it sent to that address, which need not be an account's.
    `template` is the accounts app's name for it.

    The notice keeps nothing that lets anybody in: of what the bell does not show, not even the first sentence.
    """
    kind = KINDS[kind_of(template)]
    letter = private_letter(template=template, subject=subject, text=text)
    in_bell = Channel.BELL in kind.channels and user_id is not None
    notice = Notice.objects.create(
        kind=kind.name,
        key=f"{kind.name}:{new_id()}",
        recipient_id=user_id,
        title=letter.title[:250],
        line=letter.line[:500] if in_bell else "",
        url=letter.link.url if in_bell else "",
        in_bell=in_bell,
        created_at=now,
    )
    delivery = Delivery.objects.create(notice=notice, channel=Channel.EMAIL, address=to, created_at=now, due_at=now)
    announce(private_letter_due, delivery_id=delivery.pk, template=template, subject=subject, text=text)
    if in_bell and user_id:
        live.tell(user_id, "notice", notice.pk)
    return notice
