"""Calls to Stripe: with whose key, for how long, and what its answers and errors mean for us."""

import time
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

import stripe
import structlog
from django.conf import settings

from core.sealed import unseal
from payments.models import Account
from payments.providers.fuse import Fuse
from payments.providers.protocol import ProviderDown, ProviderRefused

log = structlog.get_logger(__name__)

# Seconds to connect, and to wait for an answer: while somebody waits for us, and in a worker.
PATIENCE, LONG_PATIENCE = (3, 7), (5, 30)
# What failed at once is tried again for so long: another request with the same key is at work, a connection had gone.
AGAIN_FOR, PAUSE = 1.5, 0.5
REASONS = {
    "amount_too_small": "the amount is below what cards can be charged.",
    "amount_too_large": "the amount is above what cards can be charged.",
    "charge_already_refunded": "it has been paid back before.",
    "resource_missing": "Stripe knows nothing of it.",
}


class Garbage(Exception):
    """An answer that makes no sense."""


class Refused(ProviderRefused):
    """Stripe says no. `param`: because of which parameter, if it says so."""

    def __init__(self, reason: str, param: str = "") -> None:
        super().__init__(reason)
        self.param = param


class Repeated(ProviderRefused):
    """Stripe repeats an error of its own, as it will for as long as it keeps the key: nobody knows what was done."""


class Found:
    """An object of Stripe's. What is not there, or is not what it should be, is Garbage."""

    def __init__(self, data: object) -> None:
        if not isinstance(data, dict):
            raise Garbage(f"{type(data).__name__} where an object belongs")
        self._data: dict[str, Any] = data

    def text(self, name: str) -> str:
        value = self._data.get(name)
        if not isinstance(value, str) or not value or "\0" in value:
            raise Garbage(f"{name} is {value!r}")
        return value

    def number(self, name: str) -> int:
        value = self._data.get(name)
        if not isinstance(value, int) or isinstance(value, bool) or value < 0:
            raise Garbage(f"{name} is {value!r}")
        return value

    def object(self, name: str) -> "Found":
        return Found(self._data.get(name))

    def list(self, name: str) -> "list[Found]":
        value = self._data.get(name)
        if not isinstance(value, list):
            raise Garbage(f"{name} is {value!r}")
        return [Found(one) for one in value]

    def maybe_object(self, name: str) -> "Found":
        """An object that need not be there: then one without anything."""
        value = self._data.get(name)
        return Found(value if isinstance(value, dict) else {})

    def maybe(self, name: str) -> str:
        """A text that need not be there."""
        value = self._data.get(name)
        return value.replace("\0", "") if isinstance(value, str) else ""


def key_of(account: Account | None) -> str:
    """The secret key of a team's own account, or of the platform's."""
    return unseal(account.stripe_key) if account else settings.STRIPE_SECRET_KEY


def client(account: Account | None, patience: tuple[int, int] | None = None) -> stripe.StripeClient:
    """ProviderDown without a key: one that was taken away may come back."""
    key = key_of(account)
    if not key:
        raise ProviderDown("There is no key to ask Stripe with.")
    if settings.STRIPE_API_URL and "_live_" in key:
        raise ProviderDown("STRIPE_API_URL is not Stripe, and must not be told a live key.")
    return _client(key, settings.STRIPE_API_URL, patience or PATIENCE)


@lru_cache(64)
def _client(key: str, url: str, patience: tuple[int, int]) -> stripe.StripeClient:
    http = stripe.RequestsClient(timeout=patience)
    return stripe.StripeClient(key, base_addresses={"api": url} if url else {}, max_network_retries=0, http_client=http)


@lru_cache(8)
def _fuse(url: str) -> Fuse:
    return Fuse()


def ask(call: Callable[[], stripe.StripeObject]) -> Found:
    """What Stripe answers. Raises ProviderDown or ProviderRefused."""
    with _fuse(settings.STRIPE_API_URL).guard():
        return _patiently(call)


def _patiently(call: Callable[[], stripe.StripeObject]) -> Found:
    until = time.monotonic() + AGAIN_FOR
    while True:
        try:
            return _found(call)
        except ProviderDown as away:
            if time.monotonic() + PAUSE > until:
                log.warning("stripe_away", reason=str(away))
                raise
            time.sleep(PAUSE)


def _found(call: Callable[[], stripe.StripeObject]) -> Found:
    try:
        return Found(call().to_dict())
    except stripe.StripeError as error:
        raise _meaning(error) from error
    except (AttributeError, TypeError, ValueError, KeyError, Garbage) as nonsense:
        raise ProviderDown(f"Stripe's answer makes no sense: {nonsense}") from nonsense


def _meaning(error: stripe.StripeError) -> ProviderDown | ProviderRefused:
    """Of an error: whether the same call may be made again."""
    what = f"{type(error).__name__} {error.http_status or ''} {error.user_message or error}".strip()
    if (error.http_status or 0) >= 500 and _header(error, "Idempotent-Replayed") == "true":
        return Repeated("Stripe had an error of its own. Please try again.")
    if isinstance(error, stripe.IdempotencyError) and error.http_status != 409:
        return ProviderRefused("it was begun with other details. Please try again.")
    if isinstance(error, stripe.InvalidRequestError | stripe.CardError):
        log.error("stripe_refused", reason=what, code=error.code, param=error.param)
        return Refused(REASONS.get(error.code or "", "Stripe does not take it."), error.param or "")
    if isinstance(error, stripe.AuthenticationError | stripe.PermissionError):
        log.error("stripe_key_refused", reason=what)
    return ProviderDown(what)


def _header(error: stripe.StripeError, name: str) -> str:
    headers: Mapping[str, str] = error.headers or {}
    return next((value for header, value in headers.items() if header.lower() == name.lower()), "")
