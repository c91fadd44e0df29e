"""The OpenAPI document: grouped by what it is about, with every refusal an operation may answer."""

from typing import Any

from drf_spectacular.openapi import AutoSchema

PROBLEM = {
    "type": "object",
    "description": "A refusal, by RFC 9457. Branch on `code`; some carry further members.",
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "For people."},
        "code": {"type": "string"},
        "errors": {
            "type": "object",
            "description": "Sentences by field: `items.0.quantity`.",
            "additionalProperties": {"type": "array", "items": {"type": "string"}},
        },
    },
    "required": ["type", "title", "status", "detail", "code"],
}
MEANINGS = {
    "400": "Malformed or invalid; `errors` names the fields.",
    "401": "No valid access token.",
    "403": "Yours to see, not to do.",
    "404": "Not there, or not yours to see.",
    "405": "There is no such method here.",
    "406": "There is no such representation.",
    "409": "Not possible as things stand; `code` says why.",
    "410": "The time for it was up.",
    "413": "The body is too large.",
    "415": "The body is not JSON.",
    "422": "The Idempotency-Key, or a scan's id, came with something else before.",
    "428": "Say which version you are changing.",
    "429": "Too often; see Retry-After.",
    "503": "Not now, see Retry-After: `busy`, nothing was booked; `undecided`, so ask again with the same key; or "
    "`payment-provider-away`.",
}
ALWAYS = {"400", "406", "429"}


class ProblemAutoSchema(AutoSchema):
    """Groups operations by the first path segment after /api/; a docstring's first line is the summary."""

    def get_tags(self) -> list[str]:
        return [self.path.removeprefix("/api/").split("/")[0]]

    def get_summary(self) -> str:
        return self.get_description().splitlines()[0].rstrip(".")


def add_problems(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """Document the refusals of every operation by one shared component."""
    result.setdefault("components", {}).setdefault("schemas", {})["Problem"] = PROBLEM
    for path, operations in result["paths"].items():
        for method, operation in operations.items():
            for status in sorted(_statuses(path, method, operation)):
                operation["responses"].setdefault(status, _response(MEANINGS[status]))
    return result


def _statuses(path: str, method: str, operation: dict[str, Any]) -> set[str]:
    """What an operation may answer, from what it takes: a token, an id, a body, a change of something."""
    statuses = set(ALWAYS)
    if any(operation.get("security", [])) or "/auth/" in path:
        statuses |= {"401"}
    if "{" in path:
        statuses |= {"404"}
    if any(part in path for part in ("/analytics/", "/codes", "{user_id}")):
        statuses |= {"403"}
    if method != "get":
        statuses |= {"413", "415", "403", "409"}
    names = {parameter["name"] for parameter in operation.get("parameters", [])}
    if "Idempotency-Key" in names:
        statuses |= {"422", "503"}
    if "If-Match" in names:
        statuses |= {"428"}
    if path.endswith(("/download", "/receipt")):
        statuses |= {"409"}
    if path.endswith(("/pay", "/extend", "/accept")):
        statuses |= {"410"}
    if path.endswith("/pay"):
        statuses |= {"503"}
    if path.endswith("/check-in"):
        statuses |= {"404", "422"}
    return statuses


def _response(meaning: str) -> dict[str, Any]:
    reference = {"$ref": "#/components/schemas/Problem"}
    return {"description": meaning, "content": {"application/problem+json": {"schema": reference}}}
