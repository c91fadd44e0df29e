"""What the tests of payments begin with."""

from decimal import Decimal

from django.utils import timezone

from bookings.models import Booking
from events.models import Event
from events.operations import TicketTypeInput
from payments.models import Account, Payment
from payments.operations import start
from tests.factories import make_event, make_hold, make_user

PRICE = 1250


def paid_event(*methods: str, **changes) -> Event:
    """One ticket type at 12.50, paid by these methods; its team takes transfers."""
    changes.setdefault("ticket_types", [TicketTypeInput(name="Seat", price=Decimal("12.50"))])
    event = make_event(payment_methods=list(methods or ["transfer"]), **changes)
    Account.objects.create(team=event.organizer, bank_holder="Team", bank_account="PT50 0002 0123 1234 5678 9015 4")
    return event


def basket(event: Event | None = None, quantity: int = 1, customer=None) -> Booking:
    """A basket of somebody who wants to pay."""
    return make_hold(event or paid_event(), customer or make_user(), quantity)


def under_way(booking: Booking | None = None, method: str = "transfer") -> Payment:
    """A payment that waits for money."""
    return start(booking=booking or basket(), method=method, now=timezone.now())


def again(booking: Booking) -> Booking:
    """As the database has it now."""
    return Booking.objects.select_related("event").get(pk=booking.pk)
