"""Stripe's webhooks: who signed them, and what they are about. What they say is never believed, only looked up."""

import json
from collections.abc import Callable
from typing import Any

import stripe
from django.conf import settings

from core.sealed import unseal
from payments.models import Account
from payments.providers.protocol import Forged, Hint
from payments.providers.stripe.calls import Found, Garbage

TOLERANCE = 300  # seconds that a message may be old; whoever has recorded one can't use it for long
LONGEST_ID = 255


def read(body: bytes, signature: str, account: Account | None) -> Hint | None:
    """Of the account whose address it came to. None for what is of no interest; raises Forged."""
    secret = unseal(account.stripe_webhook_secret) if account else settings.STRIPE_WEBHOOK_SECRET
    try:
        stripe.WebhookSignature.verify_header(body, signature, secret, TOLERANCE)
        event = Found(json.loads(body))
        return _hint(event.text("id")[:LONGEST_ID], event.text("type"), event.object("data").object("object"))
    except (stripe.SignatureVerificationError, ValueError, RecursionError, Garbage) as forged:
        raise Forged(str(forged)) from forged


def _hint(event_id: str, kind: str, about: Found) -> Hint | None:
    for start, fields in ABOUT.items():
        if kind.startswith(start):
            return Hint(event_id, kind, **fields(about), disputed=kind == "charge.dispute.created")
    return None


def _refund(about: Found) -> dict[str, Any]:
    return {"refund": about.text("id"), "reference": about.maybe("payment_intent")}


# The names with which kinds of events begin, and what of their objects says which payment or refund is meant.
ABOUT: dict[str, Callable[[Found], dict[str, Any]]] = {
    "checkout.session.": lambda session: {"payment": session.text("id")},
    "payment_intent.": lambda intent: {"reference": intent.text("id")},
    "refund.": _refund,
    "charge.refund.updated": _refund,
    "charge.refunded": lambda charge: {"reference": charge.maybe("payment_intent")},
    "charge.dispute.": lambda dispute: {"reference": dispute.maybe("payment_intent")},
}
