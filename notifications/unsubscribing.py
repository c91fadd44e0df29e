"""Links that switch the e-mail of one kind off, for whoever holds them: no signing in, no end."""

from uuid import UUID

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.urls import reverse

from notifications.kinds import KINDS

_signer = Signer(salt="notifications.unsubscribing")


def token(user_id: UUID, kind: str) -> str:
    """What stands in the link; good for as long as the SECRET_KEY is."""
    return _signer.sign_object([user_id.hex, kind])


def read(text: str) -> tuple[UUID, str] | None:
    """Whose e-mail of which kind; None for what is not of our making, or of a kind there is no more."""
    try:
        user_id, kind = _signer.unsign_object(text)
    except (BadSignature, ValueError, TypeError):
        return None
    return (UUID(user_id), kind) if kind in KINDS else None


def url(user_id: UUID, kind: str) -> str:
    """The whole address, for a mail: a page to read, and where mailboxes POST to (RFC 8058)."""
    return settings.BASE_URL + reverse("notifications:unsubscribe", args=[token(user_id, kind)])
