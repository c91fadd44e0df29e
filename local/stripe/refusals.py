"""What the API answers when it says no: the bodies Stripe documents (https://docs.stripe.com/api/errors)."""

from typing import Any


class Refusal(Exception):
    """`kept`: an answer to an idempotency key that is given again. What fails validation is not kept."""

    def __init__(
        self,
        message: str,
        *,
        status: int = 400,
        kind: str = "invalid_request_error",
        code: str = "",
        param: str = "",
        kept: bool = False,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.kept = kept
        named = {"type": kind, "message": message, "code": code, "param": param}
        self.body: dict[str, Any] = {"error": {name: value for name, value in named.items() if value}}


def missing(param: str) -> Refusal:
    """A parameter that must be there is not."""
    return Refusal(f"Missing required param: {param}.", code="parameter_missing", param=param)


def unknown_object(kind: str, name: str, param: str = "id") -> Refusal:
    """There is no such object, or it belongs to another account."""
    return Refusal(f"No such {kind}: '{name}'", status=404, code="resource_missing", param=param)


def wrong_key(key: str) -> Refusal:
    """Not a key of an account here."""
    shown = f"{key[:8]}{'*' * 8}{key[-4:]}" if len(key) > 16 else "*" * len(key)
    return Refusal(f"Invalid API Key provided: {shown}", status=401)


def other_body() -> Refusal:
    """An idempotency key that came with something else before."""
    return Refusal(
        "Keys for idempotent requests can only be used with the same parameters they were first used with.",
        kind="idempotency_error",
    )


def in_use() -> Refusal:
    """An idempotency key whose first request is still at work."""
    return Refusal(
        "There is currently another in-progress request using this Idempotency-Key.",
        status=409,
        kind="idempotency_error",
        code="idempotency_key_in_use",
    )
