"""Note where everybody waits, in one statement.

A party that wants one type waits where `Line.obstacle` has it. Those who take any type wait at one limit for each,
noted when the walk came past them. Whatever frees seats frees one of these, so it reaches them however old the note is.
"""

from datetime import timedelta

from django.contrib.postgres.fields import ArrayField
from django.db.models import BigIntegerField, Case, F, Q, Value, When

from events.models import TicketType
from waitlist.models import EntryQuerySet
from waitlist.operations.line import Line

LIMITS = ArrayField(BigIntegerField())


def label(line: Line, waiting: EntryQuerySet) -> None:
    """Set `waits_at` of those who wait for one type, in a line that has been walked."""
    cases = [_at(_in_vain(line)), *(when for one in line.selling for when in _of_type(line, one))]
    where = Case(*cases, default=F("waits_at"), output_field=LIMITS)
    waiting.annotate(now_at=where).exclude(waits_at=F("now_at")).update(waits_at=where)


def _at(whose: Q, *limits: int) -> When:
    return When(whose, then=Value(list(limits), LIMITS))


def _in_vain(line: Line) -> Q:
    """Those for whom it is too late, and those whose tickets are not sold: they wait nowhere."""
    hours_left = (line.event.starts_at - line.now) / timedelta(hours=1)
    sold = [one.pk for one in line.selling]
    return Q(lead_hours__gte=hours_left) | (Q(ticket_type__isnull=False) & ~Q(ticket_type__in=sold))


def _of_type(line: Line, ticket_type: TicketType) -> list[When]:
    mine = Q(ticket_type=ticket_type.pk)
    sizes = Q(quantity__range=(ticket_type.min_per_booking, ticket_type.max_per_booking))
    found = [_at(mine & ~sizes)]
    if own := ticket_type.inventory_id:
        short = mine if own in line.blocked else mine & Q(quantity__gt=line.free(own))
        found.append(_at(short, own))
    return [*found, _at(mine, line.house)]
