"""Who hears what by which channel, and when: the one place that decides."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from notifications.kinds import Channel, Kind
from notifications.models import Choice, Device, QuietHours


@dataclass
class Wishes:
    """What a person has chosen, and the devices they may be reached by."""

    choices: dict[tuple[str, str], bool] = field(default_factory=dict)
    quiet: QuietHours | None = None
    devices: list[Device] = field(default_factory=list)

    def hears(self, kind: Kind, channel: Channel) -> bool:
        """Whether they are told this kind of thing by that channel."""
        if channel not in kind.channels:
            return False
        if channel in kind.always:
            return True
        return self.choices.get((kind.name, channel), kind.is_usual(channel))

    def push_at(self, now: datetime) -> datetime:
        """When their devices may sound: now, or as soon as their quiet hours end."""
        return end_of_quiet(self.quiet, now) if self.quiet else now


def wishes_of(users: Iterable[UUID]) -> Mapping[UUID, Wishes]:
    """By person, for many: three statements."""
    ids = list(users)
    found: defaultdict[UUID, Wishes] = defaultdict(Wishes)
    for choice in Choice.objects.filter(user__in=ids):
        found[choice.user_id].choices[choice.kind, choice.channel] = choice.wanted
    for quiet in QuietHours.objects.filter(user__in=ids):
        found[quiet.user_id].quiet = quiet
    for device in Device.objects.filter(user__in=ids):
        found[device.user_id].devices.append(device)
    return found


def still_hears(user_id: UUID, kind: Kind, channel: Channel) -> bool:
    """Whether what was to be sent is wanted still: one statement, none for what can't be switched off."""
    wishes = Wishes()
    if channel not in kind.always:
        chosen = Choice.objects.filter(user=user_id, kind=kind.name)
        wishes.choices = {(choice.kind, choice.channel): choice.wanted for choice in chosen}
    return wishes.hears(kind, channel)


def end_of_quiet(quiet: QuietHours, now: datetime) -> datetime:
    """`now`, or the end of the quiet hours it falls into. The same times for begin and end mean none."""
    local = now.astimezone(ZoneInfo(quiet.zone))
    clock = local.time().replace(tzinfo=None)
    over_midnight = quiet.begin > quiet.until
    if over_midnight:
        is_quiet = clock >= quiet.begin or clock < quiet.until
    else:
        is_quiet = quiet.begin <= clock < quiet.until
    if not is_quiet:
        return now
    tomorrow = over_midnight and clock >= quiet.begin
    day = local.date() + timedelta(days=tomorrow)
    return datetime.combine(day, quiet.until, tzinfo=local.tzinfo).astimezone(now.tzinfo)
