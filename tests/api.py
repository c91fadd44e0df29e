"""A client of the API as programs are: JSON, bearer tokens, no cookies."""

import json
from typing import Any

from allauth.headless.tokens.strategies.jwt import internal
from django.test import Client

from accounts.models import User

PROBLEM = "application/problem+json"


class Api(Client):
    """Speaks JSON in somebody's name, or in nobody's."""

    def __init__(self, user: User | None = None, **defaults: Any) -> None:
        super().__init__(**defaults)
        self.token = access_token(user) if user else None

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """One request; `body` as JSON, or bytes as they are."""
        if self.token:
            headers.setdefault("Authorization", f"Bearer {self.token}")
        data = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        content_type = sent.pop("Content-Type", "application/json")
        return self.generic(method, path, data, content_type=content_type, headers=sent)


def access_token(user: User, **claims: Any) -> str:
    """A genuine access token, without a session behind it: the API looks at the signature alone."""
    fields = {"sub": str(user.pk), "sid": "none", "expires_in": 300, **claims}
    return internal.create_token(fields.pop("use", "access"), **fields)[0]


def assert_problem(response: Any, status: int, code: str, *fields: str) -> dict[str, Any]:
    """The answer is a refusal of that kind that names these fields, no less and no more."""
    assert response.status_code == status, response.content
    assert response["Content-Type"] == PROBLEM
    problem = response.json()
    assert problem["status"] == status
    assert problem["code"] == code
    assert problem["type"] == f"/api-docs#{code}"
    assert problem["title"]
    assert sorted(problem.get("errors", {})) == sorted(fields)
    return problem


def unknown_id() -> str:
    """A well-formed id of nothing; always the same, so that tests keep their names."""
    return "01900000-0000-7000-8000-000000000000"
