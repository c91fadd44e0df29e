"""Messages on their way out, one by one."""

from uuid import UUID

from core.facts import Payload, on, on_dead
from notifications import operations
from notifications.facts import bulk_letter_due, letter_due, private_letter_due
from notifications.letters.private import private_letter


@on(letter_due)
@on(bulk_letter_due)
def deliver(*, delivery_id: str) -> None:
    operations.deliver(delivery_id=UUID(delivery_id))


@on(private_letter_due)
def deliver_privately(*, delivery_id: str, **words: str) -> None:
    operations.deliver(delivery_id=UUID(delivery_id), private=private_letter(**words))


@on_dead(letter_due)
@on_dead(bulk_letter_due)
@on_dead(private_letter_due)
def give_up(payload: Payload, error: str) -> None:
    operations.give_up(delivery_id=UUID(payload["delivery_id"]), error=error)
