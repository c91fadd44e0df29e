"""Refunds and disputes (https://docs.stripe.com/api/refunds)."""

import time
from typing import Any

from stripe.params import RefundCreateParams

from local.stripe import amounts
from local.stripe.forms import metadata, number, only, text
from local.stripe.refusals import Refusal, unknown_object
from local.stripe.store import Object, Work, new_id

REASONS = ["duplicate", "fraudulent", "requested_by_customer"]


def create(work: Work, given: dict[str, Any], status: str) -> Object:
    """POST /v1/refunds: give money back, never more than is left. `status`: succeeded, pending or failed."""
    only(given, RefundCreateParams)
    if given.get("reason", REASONS[0]) not in REASONS:
        raise Refusal(f"Invalid reason: must be one of {', '.join(REASONS)}", param="reason")
    charge = _charge(work, given)
    left = charge["amount"] - charge["amount_refunded"]
    amount = number(given, "amount", least=1) if "amount" in given else left
    if not left:
        raise Refusal(f"Charge {charge['id']} has already been refunded.", code="charge_already_refunded", kept=True)
    if amount > left:
        words = [amounts.words(one, charge["currency"]) for one in (amount, left)]
        message = f"Refund amount ({words[0]}) is greater than unrefunded amount on charge ({words[1]})"
        raise Refusal(message, param="amount", kept=True)
    refund = {
        "id": new_id("re"),
        "object": "refund",
        "amount": amount,
        "charge": charge["id"],
        "created": int(time.time()),
        "currency": charge["currency"],
        "metadata": metadata(given),
        "payment_intent": charge["payment_intent"],
        "reason": given.get("reason"),
        "status": "pending",
    }
    _move(work, charge, amount)
    work.announce("refund.created", refund)
    work.announce("charge.refunded", charge)
    return work.put(refund) if status == "pending" else settle(work, refund, status)


def settle(work: Work, refund: Object, status: str) -> Object:
    """What becomes of a refund that was sent. One that fails leaves the money with us again, once: it is over then."""
    if refund["status"] == "failed":
        return refund
    refund["status"] = status
    if status == "failed":
        refund["failure_reason"] = "expired_or_canceled_card"
        _move(work, work.one(refund["charge"]), -refund["amount"])
    work.put(refund)
    work.announce("refund.failed" if status == "failed" else "refund.updated", refund)
    return refund


def find(work: Work, name: str) -> Object:
    """GET /v1/refunds/{id}."""
    refund = work.get("refund", name)
    if refund is None:
        raise unknown_object("refund", name)
    return refund


def dispute(work: Work, intent_name: str) -> Object:
    """The customer's bank takes the money back."""
    intent = work.get("payment_intent", intent_name)
    charge = work.get("charge", intent["latest_charge"]) if intent else None
    if charge is None:
        raise unknown_object("payment_intent", intent_name)
    work.put(charge | {"disputed": True})
    found = {
        "id": new_id("du"),
        "object": "dispute",
        "amount": charge["amount"],
        "charge": charge["id"],
        "created": int(time.time()),
        "currency": charge["currency"],
        "payment_intent": charge["payment_intent"],
        "reason": "fraudulent",
        "status": "needs_response",
    }
    work.announce("charge.dispute.created", found)
    return work.put(found)


def _charge(work: Work, given: dict[str, Any]) -> Object:
    """What the refund is of, by its own name or by its payment intent's."""
    if "charge" in given:
        name = text(given, "charge")
    else:
        param = text(given, "payment_intent")
        intent = work.get("payment_intent", param)
        if intent is None:
            raise unknown_object("payment_intent", param, "payment_intent")
        name = intent["latest_charge"]
        if name is None:
            raise Refusal(f"This PaymentIntent ({param}) does not have a successful charge to refund.", kept=True)
    charge = work.get("charge", name)
    if charge is None:
        raise unknown_object("charge", name, "charge")
    return charge


def _move(work: Work, charge: Object, amount: int) -> None:
    charge["amount_refunded"] += amount
    charge["refunded"] = charge["amount_refunded"] == charge["amount"]
    work.put(charge)
