"""What the pages of a door follow, and nobody else."""

from uuid import UUID

from django.utils.crypto import salted_hmac


def door_subject(event_id: UUID) -> UUID:
    """Named to the pages of an event's door alone: the event's own pages need not hear of everybody who comes in, and a
    stranger can't follow it."""
    digest = salted_hmac("tickets.door", str(event_id), algorithm="sha256").digest()
    return UUID(bytes=digest[:16])
