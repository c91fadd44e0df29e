"""What people are told of their account."""

from uuid import UUID

from django.utils import timezone

from accounts.facts import account_closed, address_confirmed, mail_requested
from core.facts import on
from notifications import operations
from notifications.operations import News


@on(address_confirmed)
def welcome(*, user_id: str) -> None:
    """Not at sign-up, when they get a mail to confirm the address; and once, whatever they confirm later."""
    person = UUID(user_id)
    operations.tell([News("welcome", to=person, key=f"welcome:{person}", about=person)], now=timezone.now())


@on(account_closed)
def forget(*, user_id: str, email: str, **_: str) -> None:
    operations.forget_person(user_id=UUID(user_id), email=email)


@on(mail_requested)
def write_down(*, user_id: str | None, **words: str) -> None:
    operations.tell_privately(user_id=UUID(user_id) if user_id else None, now=timezone.now(), **words)
