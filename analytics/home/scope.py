"""Whose numbers a person sees on their home."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Count

from accounts.models import Membership
from accounts.permissions import Permission, has_staff_powers, roles_with
from analytics.figures.period import Period
from analytics.figures.scope import NIL
from analytics.models import Level
from events.models import Event
from events.models.event import EventQuerySet

RANGES = (7, 30, 90)  # days
USUAL = 30


@dataclass(frozen=True)
class Scope:
    """The teams whose events somebody runs, and those of them that they manage; `platform`: all events, for staff who
    are in no team."""

    teams: list[UUID]
    managed: frozenset[UUID] = frozenset()
    platform: bool = False

    @classmethod
    def of(cls, user, memberships: list[Membership]) -> "Scope | None":
        """None for who runs nothing: guests of a team's door."""
        editing, managing = roles_with(Permission.EDIT_EVENTS), roles_with(Permission.MANAGE_TEAM)
        teams = [one.team_id for one in memberships if one.role in editing]
        if teams:
            return cls(teams, frozenset(one.team_id for one in memberships if one.role in managing))
        return cls([], platform=True) if has_staff_powers(user) else None

    def events(self) -> EventQuerySet:
        """All of their events."""
        return Event.objects.real() if self.platform else Event.objects.real().filter(organizer__in=self.teams)

    def coming(self, now: datetime) -> EventQuerySet:
        """Those that are public and not over."""
        return self.events().filter(status__in=[Event.Status.PUBLISHED, Event.Status.POSTPONED], ends_at__gt=now)

    @property
    def level(self) -> Level:
        """Whose slots count for it, with `ids`."""
        return Level.PLATFORM if self.platform else Level.TEAM

    @property
    def ids(self) -> list[UUID]:
        return [NIL] if self.platform else self.teams

    def zone(self) -> ZoneInfo:
        """That of most of their events; the site's own where there are none. One statement for teams."""
        if self.platform:
            return ZoneInfo(settings.TIME_ZONE)
        zones = self.events().values_list("timezone").annotate(count=Count("pk"))
        most = zones.order_by("-count", "timezone").first()
        return ZoneInfo(most[0] if most else settings.TIME_ZONE)


def period(text: str, zone: ZoneInfo, now: datetime) -> Period:
    """So many whole days up to today, as the address has it; a month for what is no range of ours."""
    days = int(text) if text in {str(one) for one in RANGES} else USUAL
    today = now.astimezone(zone).date()
    return Period(today - timedelta(days=days - 1), today, zone)
