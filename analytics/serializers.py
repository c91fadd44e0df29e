"""What programs say and hear about figures."""

from rest_framework import serializers

from analytics.figures.asking import RANGES
from analytics.figures.documents import COUNTS, EARLY
from analytics.figures.period import Step
from analytics.models import Level
from core.rest.fields import Moment

KINDS = [Level.EVENT.value, Level.TEAM.value, Level.PLATFORM.value]
NAMES = [name for name, _ in RANGES]


class EventFiguresQuery(serializers.Serializer):
    range = serializers.ChoiceField(
        NAMES,
        required=False,
        help_text="So many days until today; `all`: since the first figure; `custom`: from `since` to `until`.",
    )
    since = serializers.DateField(required=False, input_formats=["%Y-%m-%d"], help_text="The first day.")
    until = serializers.DateField(required=False, input_formats=["%Y-%m-%d"], help_text="The last day.")


class FiguresQuery(EventFiguresQuery):
    zone = serializers.CharField(
        required=False, max_length=60, help_text="By whose midnights, such as Europe/Lisbon; else by most events'."
    )


class ScopeOut(serializers.Serializer):
    kind = serializers.ChoiceField(KINDS)
    id = serializers.UUIDField(allow_null=True)
    name = serializers.CharField()


class PeriodOut(serializers.Serializer):
    first = serializers.DateField()
    last = serializers.DateField()
    days = serializers.IntegerField()
    timezone = serializers.CharField()
    starts_at = Moment()
    ends_at = Moment(help_text="The moment after its last.")
    step = serializers.ChoiceField([one.value for one in Step])


def _whole_numbers(name: str, names) -> type[serializers.Serializer]:
    return type(name, (serializers.Serializer,), {one: serializers.IntegerField() for one in names})


CountsOut = _whole_numbers("FigureCountsOut", COUNTS)
EarlyOut = _whole_numbers("CancelledSeatsOut", EARLY)


class SoldOut(serializers.Serializer):
    currency = serializers.CharField()
    sold = serializers.CharField(help_text="Price of the tickets when they were booked.")
    sold_cancelled_since = serializers.CharField(help_text="The part of it whose tickets were cancelled, at any time.")


class MoneyOut(SoldOut):
    received = serializers.CharField()
    refunded = serializers.CharField()
    net = serializers.CharField(help_text="What came in less what went back, or is to.")


class SumOut(serializers.Serializer):
    counts = CountsOut()
    cancelled = EarlyOut(help_text="Seats cancelled, by how long before the start.")
    money = MoneyOut(many=True, help_text="By currency; never added to each other.")


class StepOut(SumOut):
    begins = serializers.DateField()
    parties_in_line = serializers.IntegerField(help_text="At the end of the step.")


class RankedOut(serializers.Serializer):
    name = serializers.CharField()
    bookings = serializers.IntegerField()
    tickets_sold = serializers.IntegerField()


class RankedCategoryOut(RankedOut):
    category = serializers.CharField()


class RankedEventOut(RankedOut):
    slug = serializers.CharField()


class TypeFiguresOut(SoldOut):
    id = serializers.UUIDField()
    name = serializers.CharField()
    tickets_sold = serializers.IntegerField()
    tickets_cancelled_since = serializers.IntegerField()
    seats_refused = serializers.IntegerField()


class WorthOut(serializers.Serializer):
    amount = serializers.CharField()
    currency = serializers.CharField()


class ArrivedOut(serializers.Serializer):
    at = Moment(help_text="When the quarter of an hour begins.")
    arrived = serializers.IntegerField()


class PresentOut(serializers.Serializer):
    capacity = serializers.IntegerField()
    booked = serializers.IntegerField()
    in_baskets = serializers.IntegerField()
    reserved = serializers.IntegerField(help_text="For who has an offer of the waitlist.")
    free = serializers.IntegerField()
    parties_waiting = serializers.IntegerField()
    seats_wanted = serializers.IntegerField(help_text="By who waits in line.")
    wanted_worth = WorthOut(many=True, help_text="What those seats cost today.")
    expected = serializers.IntegerField(help_text="Tickets of events that have begun.")
    arrived = serializers.IntegerField()
    arrivals = ArrivedOut(
        many=True, help_text="Quarters of an hour in which somebody came, on the days of an event; of an event alone."
    )


class FiguresOut(serializers.Serializer):
    scope = ScopeOut()
    period = PeriodOut()
    as_of = Moment(help_text="Everything until then is counted.")
    counted_since = serializers.DateField(allow_null=True, help_text="The day of the first figure; null without any.")
    total = SumOut()
    before = SumOut(allow_null=True, help_text="The same of as many days before; null for `all`.")
    steps = StepOut(many=True, help_text="Days; weeks from Monday on in long periods, months in very long ones.")
    ticket_types = TypeFiguresOut(many=True, help_text="Of an event alone.")
    categories = RankedCategoryOut(many=True)
    places = RankedOut(many=True)
    events = RankedEventOut(many=True)
    now = PresentOut()
