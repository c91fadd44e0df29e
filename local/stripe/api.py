"""The addresses of the API: which function answers, and what an idempotency key makes of it."""

import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from stripe.params import RefundListParams
from stripe.params.checkout import SessionListParams

from local.stripe import refunds, sessions
from local.stripe.forms import only, parse
from local.stripe.refusals import Refusal, in_use, other_body, unknown_object
from local.stripe.store import Object, Store, Work, shown

Answer = tuple[int, Object]
BROKEN = {"error": {"type": "api_error", "message": "An unknown error occurred."}}
PAGE = 10
FILTERS = ["payment_intent", "charge", "status"]


@dataclass
class Call:
    """One request to the API."""

    work: Work
    given: dict[str, Any]
    base: str
    refund_status: str


@dataclass
class Api:
    """`base` is where browsers find the pages; `refund_status` what becomes of new refunds."""

    store: Store
    base: str
    refund_status: str = "succeeded"

    def answer(
        self, account: str, method: str, path: str, text: str, key: str, pause: Callable[[], None]
    ) -> tuple[Answer, bool]:
        """Status and body, and whether they are those of an earlier request: a `key` gets the same answer,
        whatever happens in between. `pause` comes between knowing the key and doing the work."""
        if not (key and method == "POST"):
            pause()
            return self._work(account, method, path, text), False
        if kept := self._kept(account, key, hashlib.sha256(f"{method} {path}\n{text}".encode()).hexdigest()):
            return kept, True
        try:
            pause()
            return self._work(account, method, path, text, key), False
        except BaseException:
            self._forget(account, key)
            raise

    def _kept(self, account: str, key: str, fingerprint: str) -> Answer | None:
        with self.store.work(account) as work:
            row = work.connection.execute(
                "SELECT fingerprint, status, body FROM answer WHERE account = ? AND key = ?", (account, key)
            ).fetchone()
            if row is None:
                work.connection.execute(
                    "INSERT INTO answer (account, key, fingerprint) VALUES (?, ?, ?)", (account, key, fingerprint)
                )
                return None
        if row[0] != fingerprint:
            raise other_body()
        if row[1] is None:
            raise in_use()
        return row[1], json.loads(row[2])

    def break_off(self, account: str, key: str) -> Answer:
        """An error of the server's own, after the work was done: it is what the key is answered from now on."""
        with self.store.connected() as connection:
            connection.execute(
                "UPDATE answer SET status = 500, body = ? WHERE account = ? AND key = ?",
                (json.dumps(BROKEN), account, key),
            )
        return 500, BROKEN

    def _forget(self, account: str, key: str) -> None:
        """What failed validation is not kept: the key may be used again."""
        with self.store.connected() as connection:
            connection.execute("DELETE FROM answer WHERE account = ? AND key = ? AND status IS NULL", (account, key))

    def _work(self, account: str, method: str, path: str, text: str, key: str = "") -> Answer:
        """The work and what is kept of it, in one transaction."""
        with self.store.work(account) as work:
            try:
                found = 200, self._route(Call(work, parse(text), self.base, self.refund_status), method, path)
            except Refusal as refusal:
                if not refusal.kept:
                    raise
                found = refusal.status, refusal.body
            work.connection.execute(
                "UPDATE answer SET status = ?, body = ? WHERE account = ? AND key = ?",
                (found[0], json.dumps(found[1]), account, key),
            )
            return found

    def _route(self, call: Call, method: str, path: str) -> Object:
        for wanted, pattern, view in ROUTES:
            if method == wanted and (match := re.fullmatch(pattern, path)):
                return view(call, *match.groups())
        raise Refusal(f"Unrecognized request URL ({method}: {path}).", status=404)


def _session(call: Call, session: Object) -> Object:
    """As it is shown, with what the client wants to see in full."""
    wanted = call.given.get("expand") or []
    answer = shown(session)
    if "payment_intent" in wanted and session["payment_intent"]:
        answer["payment_intent"] = shown(call.work.get("payment_intent", session["payment_intent"]) or {})
    if "line_items" in wanted:
        answer["line_items"] = {"object": "list", "data": session["_lines"], "has_more": False}
    return answer


def create_session(call: Call) -> Object:
    return _session(call, sessions.create(call.work, call.given, call.base))


def get_session(call: Call, name: str) -> Object:
    return _session(call, sessions.find(call.work, name))


def expire_session(call: Call, name: str) -> Object:
    return _session(call, sessions.expire(call.work, name))


def list_sessions(call: Call) -> Object:
    return _list(call, "checkout.session", SessionListParams)


def get_intent(call: Call, name: str) -> Object:
    return _get(call, "payment_intent", name)


def get_charge(call: Call, name: str) -> Object:
    return _get(call, "charge", name)


def get_event(call: Call, name: str) -> Object:
    return _get(call, "event", name)


def create_refund(call: Call) -> Object:
    return shown(refunds.create(call.work, call.given, call.refund_status))


def get_refund(call: Call, name: str) -> Object:
    return shown(refunds.find(call.work, name))


def list_refunds(call: Call) -> Object:
    return _list(call, "refund", RefundListParams)


def _get(call: Call, kind: str, name: str) -> Object:
    found = call.work.get(kind, name)
    if found is None:
        raise unknown_object(kind, name)
    return shown(found)


def _list(call: Call, kind: str, params: type) -> Object:
    only(call.given, params)
    wanted = {name: value for name, value in call.given.items() if name in FILTERS}
    limit = int(call.given.get("limit", PAGE))
    found = [one for one in call.work.all(kind) if all(one.get(name) == value for name, value in wanted.items())]
    if after := call.given.get("starting_after"):
        names = [one["id"] for one in found]
        if after not in names:
            raise unknown_object(kind, after, "starting_after")
        found = found[names.index(after) + 1 :]
    return {"object": "list", "data": [shown(one) for one in found[:limit]], "has_more": len(found) > limit}


NAME = r"([A-Za-z0-9_]+)"
ROUTES: list[tuple[str, str, Callable[..., Object]]] = [
    ("POST", "/v1/checkout/sessions", create_session),
    ("GET", "/v1/checkout/sessions", list_sessions),
    ("GET", f"/v1/checkout/sessions/{NAME}", get_session),
    ("POST", f"/v1/checkout/sessions/{NAME}/expire", expire_session),
    ("GET", f"/v1/payment_intents/{NAME}", get_intent),
    ("GET", f"/v1/charges/{NAME}", get_charge),
    ("POST", "/v1/refunds", create_refund),
    ("GET", "/v1/refunds", list_refunds),
    ("GET", f"/v1/refunds/{NAME}", get_refund),
    ("GET", f"/v1/events/{NAME}", get_event),
]
