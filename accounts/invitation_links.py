"""The link by which an invitation is answered: it names one sending of one invitation, and can't be made up."""

from django.conf import settings
from django.core import signing
from django.urls import reverse

from accounts.models import Invitation

SALT = "accounts.invitation"


def link(invitation: Invitation) -> str:
    """The whole address that stands in the mail."""
    signed = signing.Signer(salt=SALT).sign(f"{invitation.pk.hex}.{invitation.round}")
    return settings.BASE_URL + reverse("organise:invitation_link", args=[signed])


def read(signed: str) -> tuple[str, int] | None:
    """The invitation's id and which sending of it; None for what we have not signed."""
    try:
        key, _, sending = signing.Signer(salt=SALT).unsign(signed).partition(".")
        return key, int(sending)
    except (signing.BadSignature, ValueError):
        return None
