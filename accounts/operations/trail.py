"""The trail of who changed what: written in the transaction of the change itself, so neither is there alone."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db.models import Model
from django.utils import timezone

from accounts.models import Change, User
from accounts.models.change import MAX_LABEL

LONGEST_VALUE = 500
ERASED = "somebody whose account is closed"

Words = Mapping[str, object]


def record(
    *,
    team_id: UUID,
    by: User | None,
    what: str,
    subject: Model | None = None,
    label: str = "",
    old: Words | None = None,
    new: Words | None = None,
    event_id: UUID | None = None,
    person: User | None = None,
    now: datetime | None = None,
) -> Change:
    """Write down one change. Of `old` and `new`, both by names that people know, what is equal is left out.

    `subject` is what was changed, and `label` what to call it, unless its own words do. `by` is None for what the
    platform did by itself; `person` whose name or address stands in the words, unless the subject is that person.
    Never pass a secret: say that it changed.
    """
    old, new = differing(old or {}, new or {})
    if person is None and isinstance(subject, User):
        person = subject
    return Change.objects.create(
        team_id=team_id,
        event_id=event_id,
        by=by,
        at=now or timezone.now(),
        what=what,
        subject_kind=subject._meta.label_lower if subject else "",
        subject_id=str(subject.pk) if subject else "",
        label=(label or (str(subject) if subject else ""))[:MAX_LABEL],
        person=person,
        old=old,
        new=new,
    )


def differing(old: Words, new: Words) -> tuple[dict[str, str], dict[str, str]]:
    """What is not the same before and after, as words, in the order of `new` and then of `old`."""
    names = dict.fromkeys([*new, *old])
    changed = [name for name in names if _words(old.get(name)) != _words(new.get(name))]
    return (
        {name: _short(old[name]) for name in changed if name in old},
        {name: _short(new[name]) for name in changed if name in new},
    )


def forget(user: User) -> None:
    """Erase the name and address of somebody who closes their account; what was done, and when, stays."""
    about = Change.objects.filter(person=user)
    addressed = Change.objects.filter(label__iexact=user.email)
    (about | addressed).update(label=ERASED, old={}, new={})


def is_about(user: User, *, subject: Model, event_id: UUID) -> None:
    """The name in what was done to it is theirs, as has turned out: it is erased with their account."""
    about = Change.objects.filter(event_id=event_id, subject_kind=subject._meta.label_lower, subject_id=str(subject.pk))
    about.filter(person__isnull=False).update(person=user)


def _words(value: object) -> str:
    return "" if value is None else str(value)


def _short(value: object) -> str:
    words = _words(value)
    return words if len(words) <= LONGEST_VALUE else f"{words[: LONGEST_VALUE - 1]}…"
