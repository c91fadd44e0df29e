"""Bring what was counted in Redis (core.sightings) into rows: each count once, whatever dies in between.

What has come together is put aside under an id of its own; the id is written in the transaction that adds the counts,
and only then is the heap in Redis thrown away. Whoever finds a heap whose id is written throws it away and no more.
"""

from datetime import datetime, timedelta
from uuid import UUID

import structlog
from django.db import connection, transaction
from redis.exceptions import RedisError, ResponseError

from analytics.models import Haul, Sighting
from core import sightings
from core.ids import new_id_text
from events.models import Event

log = structlog.get_logger(__name__)

ASIDE = f"{sightings.KEY}:aside"
ID = "id"
KEPT_FOR = timedelta(days=7)
What = Sighting.What

Seen = tuple[UUID, datetime, str, str]  # event, quarter, what, part

_THROW_AWAY = "if redis.call('HGET', KEYS[1], 'id') == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0"
_ADD = """
INSERT INTO analytics_sighting AS s (event_id, at, what, part, count)
SELECT * FROM unnest(%s::uuid[], %s::timestamptz[], %s::text[], %s::text[], %s::bigint[])
ON CONFLICT (event_id, at, what, part) DO UPDATE SET count = s.count + excluded.count
"""
_MARK = """
INSERT INTO analytics_stale (event_id, at, since)
SELECT DISTINCT *, clock_timestamp() FROM unnest(%s::uuid[], %s::timestamptz[])
"""


def bring(*, now: datetime) -> int:
    """Bring what is there. Returns how many counts; 0, and nothing is lost, while Redis is away."""
    try:
        heap = _put_aside()
        if not heap:
            return 0
        name = heap.pop(ID)
        counts = _read(heap)
        _write(UUID(name), counts, now)
        sightings.redis().eval(_THROW_AWAY, 1, ASIDE, name)
    except (RedisError, OSError) as error:
        log.warning("sightings_not_brought", error=str(error))
        return 0
    return len(counts)


def _put_aside() -> dict[str, str]:
    """The heap that was put aside before, or what has come together since, with its id."""
    redis = sightings.redis()
    if not redis.exists(ASIDE):
        try:
            redis.renamenx(sightings.KEY, ASIDE)
        except ResponseError:  # nothing has been counted
            return {}
    redis.hsetnx(ASIDE, ID, new_id_text())
    return redis.hgetall(ASIDE)  # type: ignore[return-value]  # not awaitable here


def _read(heap: dict[str, str]) -> dict[Seen, int]:
    """Counts of events that there are; drafts and rehearsals are nobody's business."""
    found: list[tuple[str, datetime, str, str, int]] = []
    for field, number in heap.items():
        try:
            at, what, about, part = sightings.read_field(field)
            found.append((about, at, What(what), part[:36], int(number)))
        except (ValueError, OverflowError):
            log.warning("sightings_unread", field=field[:100])
    ids = _events(about for about, _, _, _, _ in found)
    counts: dict[Seen, int] = {}
    for about, at, what, part, seen in found:
        if event := ids.get(about):
            place = (event, at, what, part)
            counts[place] = counts.get(place, 0) + seen
    return counts


def _events(names) -> dict[str, UUID]:
    """Events by their slug or id."""
    slugs, ids = set(), set()
    for name in set(names):
        try:
            ids.add(UUID(name))
        except ValueError:
            slugs.add(name)
    public = Event.objects.public().real()
    by_slug = dict(public.filter(slug__in=slugs).values_list("slug", "pk"))
    return by_slug | {str(pk): pk for pk in public.filter(pk__in=ids).values_list("pk", flat=True)}


@transaction.atomic
def _write(name: UUID, counts: dict[Seen, int], now: datetime) -> None:
    if not _is_new(name, now):
        return
    events, quarters, whats, parts = zip(*counts, strict=True) if counts else ((), (), (), ())
    with connection.cursor() as cursor:
        columns = [list(events), list(quarters), list(whats), list(parts), list(counts.values())]
        cursor.execute(_ADD, columns)
        cursor.execute(_MARK, columns[:2])
    Haul.objects.filter(at__lt=now - KEPT_FOR).delete()


def _is_new(name: UUID, now: datetime) -> bool:
    """Write the heap's id down. False when somebody has, and waits for who is just doing so."""
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO analytics_haul (id, at) VALUES (%s, %s) ON CONFLICT DO NOTHING", [name, now])
        return cursor.rowcount == 1
