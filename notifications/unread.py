"""How many notices somebody has not read: the number on the bell, which every page of theirs shows."""

from dataclasses import dataclass

from django.http import HttpRequest

from core.freshness import on_every_page
from notifications.models import Notice

MOST = 99  # what the bell counts up to


@dataclass(frozen=True)
class Unread:
    """A number that stops at MOST, and how it is written."""

    counted: int

    def __bool__(self) -> bool:
        return self.counted > 0

    def __str__(self) -> str:
        return f"{MOST}+" if self.counted > MOST else str(self.counted)


def count_unread(user) -> Unread:
    """One read of an index that holds unread notices alone."""
    return Unread(Notice.objects.of(user).unread()[: MOST + 1].count())


@on_every_page
def unread_of(request: HttpRequest) -> int:
    """Counted once for a request, however many parts of the page ask."""
    if not request.user.is_authenticated:
        return 0
    if not hasattr(request, "_unread"):
        request._unread = count_unread(request.user).counted  # type: ignore[attr-defined]
    return request._unread  # type: ignore[attr-defined]
