"""`python -m tests.faults.stage 200`: an event for so many guests, in the database of DATABASE_URL, printed as JSON."""

import json
import os
import sys
from decimal import Decimal
from uuid import uuid4


def stage(guests: int) -> dict[str, object]:
    """Half as many seats as guests want: the box office and every queue behind it have something to do, and the house
    is full in the end."""
    from events.operations import TicketTypeInput
    from tests.api import access_token
    from tests.factories import make_event, make_team, make_user

    types = [TicketTypeInput("Free"), TicketTypeInput("Paid", price=Decimal("12.50"))]
    domain = f"{uuid4().hex}.example"  # there may be others in this database
    team = make_team(make_user("Olga", email=f"olga@{domain}"))
    event = make_event(team, capacity=max(guests // 2, 1), payment_methods=["card"], ticket_types=types)
    people = [make_user(f"Guest{number}", email=f"guest{number}@{domain}") for number in range(guests)]
    return {
        "event": str(event.pk),
        "types": [str(one.pk) for one in event.types_for_sale()],
        "guests": [[str(one.pk), one.email, access_token(one, expires_in=3600)] for one in people],
    }


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "evently.settings")
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    print(json.dumps(stage(int(sys.argv[1]))))
