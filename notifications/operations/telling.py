"""Tell people something: notices for the bell, and what is to be sent."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from accounts.models import User
from core.live import marks as live
from notifications.facts import bulk_letter_due, letter_due
from notifications.kinds import Channel
from notifications.letter import Letter, compose
from notifications.models import Delivery, Notice
from notifications.operations.channels import Wishes, wishes_of
from outbox.operations import announce_many


@dataclass(frozen=True)
class News:
    """What happened to whom. `key` names the occurrence: of the same key only the first is told, ever.

    `about` is the id of what the kind's letter is about; `email` an address other than the person's own.
    """

    kind: str
    to: UUID
    key: str
    about: UUID
    data: dict[str, Any] = field(default_factory=dict)
    email: str = ""
    expires_at: datetime | None = None


@transaction.atomic
def tell(news: Sequence[News], *, now: datetime) -> list[Notice]:
    """Write down who is told what, by which channels, and have it sent. About ten statements, however many.

    Returns what is told for the first time. What is no longer true is told to nobody; closed accounts hear nothing.
    """
    people = User.objects.filter(pk__in={one.to for one in news}, is_active=True).in_bulk()
    wishes = wishes_of(people)
    drafts = {notice.pk: (notice, one) for notice, one in _drafts(news, people, now)}
    letters = compose(notice for notice, _ in drafts.values())
    fresh = _save([_worded(drafts[pk][0], letter, wishes[drafts[pk][1].to]) for pk, letter in letters.items()])
    deliveries: list[Delivery] = []
    for notice in fresh:
        one = drafts[notice.pk][1]
        deliveries += _deliveries(notice, one, people[one.to], wishes[one.to], now)
        _show(notice)
    _send(deliveries)
    return fresh


def _drafts(news: Iterable[News], people: Mapping[UUID, User], now: datetime) -> Iterator[tuple[Notice, News]]:
    for one in news:
        if one.to in people:
            yield (
                Notice(
                    kind=one.kind,
                    key=one.key,
                    recipient_id=one.to,
                    about=one.about,
                    data=one.data,
                    created_at=now,
                    expires_at=one.expires_at,
                ),
                one,
            )


def _worded(notice: Notice, letter: Letter, wishes: Wishes) -> Notice:
    notice.title, notice.line, notice.url = letter.title[:250], letter.line[:500], letter.page or letter.link.url
    notice.in_bell = wishes.hears(notice.sort, Channel.BELL)
    return notice


def _save(notices: Sequence[Notice]) -> list[Notice]:
    """Those of them that are new: others of the same key were told before, or are being told by another worker."""
    in_order = sorted(notices, key=lambda notice: notice.key)  # two workers with the same keys never wait in a circle
    Notice.objects.bulk_create(in_order, ignore_conflicts=True)
    new = set(Notice.objects.filter(pk__in=[notice.pk for notice in notices]).values_list("pk", flat=True))
    return [notice for notice in notices if notice.pk in new]


def _deliveries(notice: Notice, one: News, person: User, wishes: Wishes, now: datetime) -> Iterator[Delivery]:
    address = one.email or person.address
    if address and wishes.hears(notice.sort, Channel.EMAIL):
        yield Delivery(notice=notice, channel=Channel.EMAIL, address=address, created_at=now, due_at=now)
    due_at = wishes.push_at(now)
    if wishes.hears(notice.sort, Channel.PUSH) and not notice.is_late(due_at):
        for device in wishes.devices:
            yield Delivery(notice=notice, channel=Channel.PUSH, device=device, created_at=now, due_at=due_at)


def _send(deliveries: Sequence[Delivery]) -> None:
    Delivery.objects.bulk_create(deliveries)
    for due, bulk in ((letter_due, False), (bulk_letter_due, True)):
        if some := [one for one in deliveries if one.notice.sort.bulk is bulk]:
            announce_many(due, [{"delivery_id": one.pk} for one in some], at=[one.due_at for one in some])


def _show(notice: Notice) -> None:
    """On pages of theirs that are open: the bell counts it, and what is news to them is said at once."""
    if notice.in_bell and notice.recipient_id:
        toast = notice.sort.toast
        message = {"message": notice.title, "tone": toast} if toast else {}
        live.tell(notice.recipient_id, "notice", notice.pk, **message)
