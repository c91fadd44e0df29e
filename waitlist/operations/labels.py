"""Note where everybody waits, in one statement.

A party that wants one type waits where `Line.obstacle` has it. Those who take any type and were walked past have been
noted one by one; whom the walk did not reach waits at whatever ended it. Noted at too many limits does no harm for as
long as those limits are stuck: when they are not, the walk reaches further.
"""

from datetime import timedelta

from django.contrib.postgres.fields import ArrayField
from django.db.models import BigIntegerField, Case, F, Q, Value, When

from events.models import TicketType
from waitlist.models import EntryQuerySet
from waitlist.operations.line import Line

LIMITS = ArrayField(BigIntegerField())


def label(line: Line, waiting: EntryQuerySet, last: int) -> None:
    """Set `waits_at` of all who wait in a line that has been walked as far as number `last`."""
    cases = [_at(line, _in_vain(line)), *_typed(line), *_any(line, last)]
    where = Case(*cases, default=F("waits_at"), output_field=LIMITS)
    waiting.annotate(now_at=where).exclude(waits_at=F("now_at")).update(waits_at=where)


def _at(line: Line, whose: Q, *limits: int) -> When:
    return When(whose, then=Value(sorted(limits), LIMITS))


def _in_vain(line: Line) -> Q:
    """Those for whom it is too late, and those whose tickets are not sold: they wait nowhere."""
    hours_left = (line.event.starts_at - line.now) / timedelta(hours=1)
    sold = [one.pk for one in line.selling]
    return Q(lead_hours__gte=hours_left) | (Q(ticket_type__isnull=False) & ~Q(ticket_type__in=sold))


def _typed(line: Line) -> list[When]:
    return [when for ticket_type in line.selling for when in _of_type(line, ticket_type)]


def _of_type(line: Line, ticket_type: TicketType) -> list[When]:
    mine = Q(ticket_type=ticket_type.pk)
    sizes = Q(quantity__range=(ticket_type.min_per_booking, ticket_type.max_per_booking))
    found = [_at(line, mine & ~sizes)]
    if own := ticket_type.inventory_id:
        short = mine if own in line.blocked else mine & Q(quantity__gt=line.free(own))
        found.append(_at(line, short, own))
    return [*found, _at(line, mine, line.house)]


def _any(line: Line, last: int) -> list[When]:
    """Those who take any type and were not walked past."""
    found = []
    if len(line.stuck()) == len(line.selling):
        ends = {line.obstacle(one, 1) or line.house for one in line.selling}
        found.append(_at(line, Q(ticket_type=None, number__gt=last), *ends))
    if not line.is_strict:
        found.append(_at(line, Q(ticket_type=None, quantity__gt=line.free(line.house)), line.house))
    return found
