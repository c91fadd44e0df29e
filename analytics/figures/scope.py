"""What figures are about: an event, a team's events, or all there are."""

from dataclasses import dataclass
from uuid import UUID

from accounts.models import Team
from analytics.models import Level
from events.models import Event

NIL = UUID(int=0)


@dataclass(frozen=True)
class Scope:
    """What figures are about. `event` and `team` are None where it is more than one."""

    level: Level
    id: UUID
    name: str
    event: Event | None = None
    team: Team | None = None

    @property
    def ids(self) -> list[UUID]:
        return [self.id]

    @classmethod
    def of_event(cls, event: Event) -> "Scope":
        return cls(Level.EVENT, event.pk, event.title, event=event)

    @classmethod
    def of_team(cls, team: Team) -> "Scope":
        return cls(Level.TEAM, team.pk, team.name, team=team)

    @classmethod
    def of_platform(cls) -> "Scope":
        return cls(Level.PLATFORM, NIL, "All events")
