"""Virtual buyers: accounts that nobody can sign in to, what each wants, and the requests they send."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from random import Random
from uuid import UUID

from allauth.headless.tokens.strategies.jwt import internal
from django.contrib.auth.hashers import make_password

from accounts.models import User
from events.models import Event, TicketType
from rehearsal.clone import domain_of
from rehearsal.crowd import Call

PARTIES = (1, 2, 2, 2, 3, 4)  # most people don't come alone
REPEATING = 5  # every fifth buyer clicks twice


@dataclass(frozen=True)
class Wish:
    """What one buyer asks for."""

    buyer: UUID
    ticket_type: UUID
    quantity: int


def make_buyers(clone: Event, *, count: int, now: datetime) -> list[User]:
    """Accounts with unusable passwords, and addresses to which no mail can go."""
    domain, password = domain_of(clone), make_password(None)
    return User.objects.bulk_create(
        (
            User(email=f"buyer-{number}@{domain}", name=f"Buyer {number}", password=password, joined_at=now)
            for number in range(1, count + 1)
        ),
        batch_size=1000,
    )


def make_wishes(clone: Event, buyers: Sequence[User]) -> list[Wish]:
    """Parties of usual sizes, spread over the ticket types by how many seats these have. The same in every run."""
    dice = Random("rehearsal")  # noqa: S311  repeatable, not secret
    types = list(clone.types_for_sale())
    weights = [max((ticket.inventory or clone.inventory).capacity, 1) for ticket in types]
    chosen = dice.choices(types, weights, k=len(buyers))
    return [
        Wish(buyer.pk, ticket_type.pk, _party(ticket_type, clone.max_per_person, dice))
        for buyer, ticket_type in zip(buyers, chosen, strict=True)
    ]


def _party(ticket_type: TicketType, most: int | None, dice: Random) -> int:
    """As many as one booking may have of this type."""
    most = min(ticket_type.max_per_booking, most or ticket_type.max_per_booking)
    return max(ticket_type.min_per_booking, min(dice.choice(PARTIES), most))


def make_calls(
    clone: Event, wishes: Sequence[Wish], *, seconds: int, headers: dict[str, str]
) -> list[tuple[Wish, Call]]:
    """Every buyer's request to book, in the order in which they are sent; every fifth one's twice in a row, with the
    same Idempotency-Key. Their tokens are good for so many `seconds`."""
    calls = []
    for number, wish in enumerate(wishes, start=1):
        call = _call(clone, wish, {**headers, **_token(wish.buyer, seconds)})
        calls += [(wish, call)] * (2 if number % REPEATING == 0 else 1)
    return calls


def _call(clone: Event, wish: Wish, headers: dict[str, str]) -> Call:
    items = [{"ticket_type": str(wish.ticket_type), "quantity": wish.quantity}]
    body = json.dumps({"event": str(clone.pk), "items": items}).encode()
    headers |= {"Content-Type": "application/json", "Idempotency-Key": "rehearsal"}
    return Call("POST", "/api/bookings", headers, body)


def _token(buyer: UUID, seconds: int) -> dict[str, str]:
    """A genuine access token without a session behind it: the API looks at the signature alone."""
    token, _ = internal.create_token("access", sub=str(buyer), sid="none", expires_in=seconds)
    return {"Authorization": f"Bearer {token}"}


def who_am_i(buyer: UUID, headers: dict[str, str]) -> Call:
    """A request that only the installation with our own database and secrets answers with 200."""
    return Call("GET", "/api/auth/me", {**headers, **_token(buyer, 60)})
