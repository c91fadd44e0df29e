"""What tests of messages look at: who was told what, and by which channels."""

from django.utils import timezone

from core.facts import Lane
from notifications.letter import Letter, compose
from notifications.models import Delivery, Notice
from outbox.models import Message
from outbox.operations import deliver_some


def work() -> None:
    """The worker's part of everything announced so far."""
    while deliver_some(lane=Lane.FACTS, now=timezone.now()):
        pass


def work_twice() -> None:
    """The same, and all of it again: whatever it does again must do nothing."""
    work()
    again()
    work()


def again() -> None:
    """Everything announced is due again, as after a crash between the work and its mark."""
    Message.objects.filter(lane="facts").exclude(fact="offer_due").update(status=Message.Status.PENDING, done_at=None)


def told(kind: str) -> list[tuple[str, list[str]]]:
    """(whose name, by which channels) for each notice of a kind, in the order in which they were told."""
    notices = Notice.objects.filter(kind=kind).select_related("recipient").order_by("created_at", "id")
    return [(str(one.recipient), _channels(one)) for one in notices]


def the_letter(kind: str) -> Letter:
    """The letter of the only notice of a kind, as it would be sent now."""
    notice = Notice.objects.get(kind=kind)
    return compose([notice])[notice.pk]


def words(letter: Letter) -> str:
    """All that it says, as one text."""
    facts = [f"{label}: {value}" for label, value in letter.facts]
    return "\n".join([letter.title, letter.line, *letter.paragraphs, *facts, *letter.notes])


def _channels(notice: Notice) -> list[str]:
    sent = Delivery.objects.filter(notice=notice).order_by("channel").values_list("channel", flat=True)
    return [*sent, *(["bell"] if notice.in_bell else [])]
