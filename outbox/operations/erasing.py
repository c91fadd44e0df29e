"""What the ledger says about people who have gone."""

from django.db.models import Q
from django.utils import timezone

from core import facts
from outbox.models import Message


def erase(about: Q) -> int:
    """Call off what was to be said privately and has not been (its payload is the letter), where the payload is `about`
    somebody, as in Q(payload__to="ada@example.org"). How many there were."""
    private = [name for name in facts.names() if (fact := facts.find(name)) and fact.private]
    kept = Message.objects.filter(about, fact__in=private).exclude(status=Message.Status.DONE)
    return kept.update(status=Message.Status.DONE, payload={}, last_error="", done_at=timezone.now())
