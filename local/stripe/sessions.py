"""Checkout Sessions, and what becomes of them (https://docs.stripe.com/api/checkout/sessions)."""

import re
import time
from typing import Any

from stripe.params.checkout import (
    SessionCreateParams,
    SessionCreateParamsLineItem,
    SessionCreateParamsLineItemPriceData,
    SessionCreateParamsLineItemPriceDataProductData,
    SessionCreateParamsPaymentIntentData,
)

from local.stripe import amounts
from local.stripe.forms import metadata, number, only, text
from local.stripe.refusals import Refusal, missing, unknown_object
from local.stripe.store import Object, Work, new_id

MINUTE = 60
SHORTEST, LONGEST = 30 * MINUTE, 24 * 60 * MINUTE
MOST_LINES = 100
SUFFIX = "payment_intent_data[statement_descriptor_suffix]"
LONGEST_SUFFIX = 22
EMAIL = re.compile(r"[^@\s]+@([A-Za-z0-9-]+\.)+[A-Za-z]{2,}")
DECLINED = ("card_declined", "Your card was declined.")
NOT_AUTHENTICATED = ("payment_intent_authentication_failure", "Your bank could not confirm that it is you.")


def create(work: Work, given: dict[str, Any], base: str) -> Object:
    """POST /v1/checkout/sessions: a page to pay on."""
    only(given, SessionCreateParams)
    if text(given, "mode") != "payment":
        raise Refusal("Only the mode `payment` is known here.", param="mode")
    intent = given.get("payment_intent_data") or {}
    only(intent, SessionCreateParamsPaymentIntentData)
    _check_email(given.get("customer_email"))
    _check_statement(intent.get("statement_descriptor_suffix", ""))
    lines = [_line(one) for one in _lines(given)]
    currencies = {line["currency"] for line in lines}
    if len(currencies) > 1:
        raise Refusal("All prices of a session must be in one currency.", param="line_items")
    total = sum(line["amount_total"] for line in lines)
    amounts.check(total, lines[0]["currency"])
    name, now = new_id("cs_test"), int(time.time())
    return work.put(
        {
            "id": name,
            "object": "checkout.session",
            "amount_subtotal": total,
            "amount_total": total,
            "cancel_url": given.get("cancel_url"),
            "client_reference_id": given.get("client_reference_id"),
            "created": now,
            "currency": lines[0]["currency"],
            "customer_email": given.get("customer_email"),
            "expires_at": _expiry(given, now),
            "livemode": False,
            "metadata": metadata(given),
            "mode": "payment",
            "payment_intent": None,
            "payment_method_types": given.get("allowed_payment_method_types") or ["card"],
            "payment_status": "unpaid",
            "status": "open",
            "success_url": text(given, "success_url").replace("{CHECKOUT_SESSION_ID}", name),
            "url": f"{base}/pay/{name}",
            "_attempt": new_id("pi"),
            "_intent": intent,
            "_lines": lines,
        }
    )


def _check_email(address: str | None) -> None:
    if address is not None and not EMAIL.fullmatch(address):
        raise Refusal(f"Invalid email address: {address}", code="email_invalid", param="customer_email")


def _check_statement(suffix: str) -> None:
    if len(suffix) > LONGEST_SUFFIX or any(letter in "<>\\'\"*" for letter in suffix):
        raise Refusal("The statement descriptor suffix is not valid.", param=SUFFIX)


def _lines(given: dict[str, Any]) -> list[dict[str, Any]]:
    lines = given.get("line_items")
    if not isinstance(lines, list) or not lines:
        raise missing("line_items")
    if len(lines) > MOST_LINES:
        raise Refusal(f"A session has at most {MOST_LINES} line items.", param="line_items")
    return lines


def _line(given: dict[str, Any]) -> Object:
    only(given, SessionCreateParamsLineItem)
    price = given.get("price_data")
    if not isinstance(price, dict) or not isinstance(price.get("product_data"), dict):
        raise missing("line_items[0][price_data]")
    only(price, SessionCreateParamsLineItemPriceData)
    only(price["product_data"], SessionCreateParamsLineItemPriceDataProductData)
    quantity, unit = number(given, "quantity", least=1), number(price, "unit_amount")
    return {
        "id": new_id("li"),
        "object": "item",
        "amount_total": quantity * unit,
        "currency": amounts.known_currency(text(price, "currency")),
        "description": text(price["product_data"], "name"),
        "quantity": quantity,
    }


def _expiry(given: dict[str, Any], now: int) -> int:
    if "expires_at" not in given:
        return now + LONGEST
    moment = number(given, "expires_at")
    if not now + SHORTEST <= moment <= now + LONGEST:
        raise Refusal(
            "The `expires_at` timestamp must be at least 30 minutes and less than 24 hours from creation.",
            param="expires_at",
        )
    return moment


def find(work: Work, name: str) -> Object:
    """GET /v1/checkout/sessions/{id}: as it is now; one whose time is up has expired."""
    session = work.get("checkout.session", name)
    if session is None:
        raise unknown_object("checkout.session", name)
    if session["status"] == "open" and session["expires_at"] <= time.time():
        return _end(work, session)
    return session


def expire(work: Work, name: str) -> Object:
    """POST …/expire: nobody can pay it any more."""
    session = find(work, name)
    if session["status"] != "open":
        raise Refusal(
            'Only Checkout Sessions with a status in ["open"] can be expired. '
            f"This Checkout Session has a status of `{session['status']}`."
        )
    return _end(work, session)


def _end(work: Work, session: Object) -> Object:
    session |= {"status": "expired", "url": None}
    work.put(session)
    work.announce("checkout.session.expired", session)
    return session


def pay(work: Work, name: str, *, at_once: bool = True) -> Object:
    """The customer pays, once. Not `at_once`: by something that takes days to arrive."""
    session = find(work, name)
    if session["status"] != "open":
        return session
    intent = _intent(work, session)
    session |= {"status": "complete", "url": None, "payment_intent": intent["id"]}
    if at_once:
        return _receive(work, session, intent, "checkout.session.completed")
    work.put(intent | {"status": "processing"})
    work.put(session)
    work.announce("checkout.session.completed", session)
    return session


def clear(work: Work, name: str, *, arrived: bool) -> Object:
    """What took days has arrived, or never will."""
    session = find(work, name)
    intent = _intent(work, session)
    if arrived:
        return _receive(work, session, intent, "checkout.session.async_payment_succeeded")
    work.put(intent | {"status": "requires_payment_method"})
    work.announce("checkout.session.async_payment_failed", session)
    return session


def decline(work: Work, name: str, reason: tuple[str, str] = DECLINED) -> Object:
    """The card is refused: the session stays open, and another attempt may follow."""
    session = find(work, name)
    if session["status"] == "open":
        code, message = reason
        error = {"type": "card_error", "code": code, "message": message}
        intent = _intent(work, session) | {"status": "requires_payment_method", "last_payment_error": error}
        work.put(intent)
        work.put(session | {"_declined": message})
        work.announce("payment_intent.payment_failed", intent)
    return session


def _receive(work: Work, session: Object, intent: Object, kind: str) -> Object:
    charge = {
        "id": new_id("ch"),
        "object": "charge",
        "amount": intent["amount"],
        "amount_refunded": 0,
        "currency": intent["currency"],
        "created": int(time.time()),
        "disputed": False,
        "metadata": intent["metadata"],
        "paid": True,
        "payment_intent": intent["id"],
        "refunded": False,
        "status": "succeeded",
    }
    work.put(charge)
    received = {"status": "succeeded", "amount_received": intent["amount"], "last_payment_error": None}
    intent |= received | {"latest_charge": charge["id"]}
    session |= {"payment_status": "paid"}
    work.put(intent)
    work.put(session)
    work.announce("payment_intent.succeeded", intent)
    work.announce("charge.succeeded", charge)
    work.announce(kind, session)
    return session


def _intent(work: Work, session: Object) -> Object:
    """The session's attempt to pay; clients see none before the first press of a button."""
    if found := work.get("payment_intent", session["_attempt"]):
        return found
    wanted = session["_intent"]
    return {
        "id": session["_attempt"],
        "object": "payment_intent",
        "amount": session["amount_total"],
        "amount_received": 0,
        "created": int(time.time()),
        "currency": session["currency"],
        "description": wanted.get("description"),
        "last_payment_error": None,
        "latest_charge": None,
        "livemode": False,
        "metadata": wanted.get("metadata") or {},
        "statement_descriptor_suffix": wanted.get("statement_descriptor_suffix"),
        "status": "requires_payment_method",
    }
