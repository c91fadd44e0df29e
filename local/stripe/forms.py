"""Parameters as Stripe's API takes them: `line_items[0][price_data][currency]=eur` is a list of dictionaries."""

import re
from typing import Any
from urllib.parse import parse_qsl

from local.stripe.refusals import Refusal, missing

KEY = re.compile(r"[^\[\]]+")


def parse(text: str) -> dict[str, Any]:
    """The parameters of a body or a query."""
    tree: dict[str, Any] = {}
    for name, value in parse_qsl(text, keep_blank_values=True):
        *way, last = KEY.findall(name) or [""]
        place = tree
        for step in way:
            place = place.setdefault(step, {})
            if not isinstance(place, dict):
                raise Refusal(f"Invalid parameter: {name}", param=name)
        place[last] = value
    found = _with_lists(tree)
    return found if isinstance(found, dict) else {}


def _with_lists(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    inner = {name: _with_lists(one) for name, one in value.items()}
    if inner and all(name.isdecimal() for name in inner):
        return [inner[name] for name in sorted(inner, key=int)]
    return inner


def only(given: dict[str, Any], known: type) -> None:
    """Refuse what Stripe doesn't know, as it does: what is misspelt, or gone from the API, is found here and not in
    production. `known` is what Stripe's library says there is, for the version of the API it was made for."""
    for name in given:
        if name not in known.__annotations__:
            raise Refusal(f"Received unknown parameter: {name}", code="parameter_unknown", param=name)


def text(given: dict[str, Any], name: str) -> str:
    """A text that must be there."""
    value = given.get(name)
    if not isinstance(value, str) or not value:
        raise missing(name)
    return value


def number(given: dict[str, Any], name: str, *, least: int = 0) -> int:
    """A whole number that must be there."""
    value = text(given, name)
    if not value.isdecimal() or int(value) < least:
        raise Refusal(f"Invalid integer: {value}", code="parameter_invalid_integer", param=name)
    return int(value)


def metadata(given: dict[str, Any]) -> dict[str, str]:
    """What a client notes on an object: at most fifty short texts."""
    found = given.get("metadata") or {}
    if not isinstance(found, dict) or len(found) > 50 or any(len(str(value)) > 500 for value in found.values()):
        raise Refusal("Metadata takes up to 50 keys, with values of up to 500 characters.", param="metadata")
    return found
