"""What people want to hear, by which channel, and when their devices stay silent."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import time
from enum import Enum

from django.db import transaction

from accounts.models import User
from core.errors import Invalid
from events.operations.inputs import zone_names
from notifications.errors import AlwaysTold
from notifications.kinds import KINDS, Channel, Group, Kind
from notifications.models import Choice, QuietHours

Wanted = Mapping[tuple[str, str], bool]  # by names of kind and channel


@dataclass(frozen=True)
class Quiet:
    """Devices stay silent from `begin` until `until`, which may be on the next morning, by the clock of `zone`."""

    begin: time
    until: time
    zone: str


def kinds_for(user: User) -> list[Kind]:
    """What concerns somebody: what organisers are told, members of teams alone."""
    organises = user.memberships.exists()
    return [kind for kind in KINDS.values() if organises or kind.group != Group.ORGANISING]


class Keep(Enum):
    """As it is."""

    KEEP = "keep"


KEEP = Keep.KEEP


@transaction.atomic
def set_preferences(*, user: User, wanted: Wanted | None = None, quiet: Quiet | None | Keep = KEEP) -> None:
    """Set by which channels somebody hears what, and when their devices stay silent: never, where `quiet` is None.
    Kinds and channels that are not named stay as they are.

    Raises Invalid for kinds, channels, times and zones there are not, AlwaysTold for what can't be switched off.
    """
    check(wanted or {}, kinds_for(user))
    _lock(user)
    if wanted:
        _choose(user, wanted)
    if quiet is not KEEP:
        _be_quiet(user, quiet)


@transaction.atomic
def switch_mail(*, user: User, kind: Kind, on: bool) -> None:
    """Whether a kind comes by e-mail: for whoever holds the link in one. Raises Invalid or AlwaysTold."""
    wanted = {(kind.name, str(Channel.EMAIL)): on}
    check(wanted, [kind])
    _lock(user)
    _choose(user, wanted)


def _lock(user: User) -> None:
    """One after the other, so that what two tabs save at once is one of them, not some of each."""
    User.objects.select_for_update(no_key=True).get(pk=user.pk)


def _choose(user: User, wanted: Wanted) -> None:
    """Keep what differs from the table of kinds: for whoever never chose, the table goes on to hold."""
    chosen = Choice.objects.filter(user=user)
    Choice.objects.filter(pk__in=[one.pk for one in chosen if (one.kind, one.channel) in wanted]).delete()
    Choice.objects.bulk_create(
        Choice(user=user, kind=name, channel=channel, wanted=yes)
        for (name, channel), yes in wanted.items()
        if yes != KINDS[name].is_usual(Channel(channel))
    )


def _be_quiet(user: User, quiet: Quiet | None) -> None:
    if quiet is None:
        QuietHours.objects.filter(user=user).delete()
        return
    if quiet.begin == quiet.until:
        raise Invalid({"quiet_hours.until": ["Choose another time than the one they begin at."]})
    if quiet.zone not in zone_names():
        raise Invalid({"quiet_hours.zone": ["The name of a time zone, such as Europe/Lisbon."]})
    hours = {"begin": quiet.begin, "until": quiet.until, "zone": quiet.zone}
    QuietHours.objects.update_or_create(user=user, defaults=hours)


def check(wanted: Wanted, kinds: Iterable[Kind]) -> None:
    """Raise Invalid for what is not among these kinds and their channels, AlwaysTold for what can't be switched off."""
    known = {kind.name: kind for kind in kinds}
    errors: dict[str, list[str]] = {}
    for name, channel in wanted:
        if name not in known:
            errors[f"kinds.{name}"] = [f"There is no such kind; there are: {', '.join(known)}."]
        elif channel not in known[name].channels:
            errors[f"kinds.{name}.{channel}"] = [f"Only by: {', '.join(known[name].channels)}."]
    if errors:
        raise Invalid(errors)
    off = [(known[name], channel) for (name, channel), yes in wanted.items() if not yes]
    if fixed := {kind.name: list(kind.always) for kind, channel in off if channel in kind.always}:
        labels = ", ".join(f"“{known[name].label}”" for name in fixed)
        raise AlwaysTold(f"You need to hear this, so it can’t be switched off: {labels}.", fixed=fixed)
