"""Links by which an offer is answered without signing in: who has the mail may say yes or no.

A link names one place in line and can't be made up. It never lapses by itself: what it is good for depends on how
the offer stands.
"""

from uuid import UUID

from django.core import signing
from django.urls import reverse

SALT = "waitlist.offer"


def token(entry_id: UUID) -> str:
    """What stands in the link: the place's id, signed."""
    return signing.Signer(salt=SALT).sign(entry_id.hex)


def read(signed: str) -> UUID | None:
    """The place a token is for; None for what we have not signed."""
    try:
        return UUID(hex=signing.Signer(salt=SALT).unsign(signed))
    except (signing.BadSignature, ValueError):
        return None


def offer_url(entry_id: UUID) -> str:
    """The page with both answers: a path of this site."""
    return reverse("waitlist:offer", args=[token(entry_id)])


def pass_url(entry_id: UUID) -> str:
    """The page on which one says no."""
    return reverse("waitlist:pass_by_link", args=[token(entry_id)])
