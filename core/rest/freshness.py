"""Answers of the API that a client may keep, and links from one to the next."""

from collections.abc import Callable
from urllib.parse import urlencode

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from core.freshness import fingerprint, unless_known


def answer(
    request: Request, shown: object, make: Callable[[], object], *, version: int | None = None
) -> HttpResponseBase:
    """What `make` makes as JSON; 304 without making it when the client has that already.

    `shown` are the plain values it would be made of: the ETag is their fingerprint. `version` stands in
    front of it, so that If-Match can be understood as "at that version".
    """
    digest = fingerprint(request.path, shown)
    etag = f'"{digest}"' if version is None else f'"{version}-{digest}"'

    def rendered() -> HttpResponse:
        return HttpResponse(JSONRenderer().render(make()), content_type="application/json")

    return unless_known(request._request, etag, rendered, vary=["Authorization"])


def private(response: Response) -> Response:
    """An answer that is one person's alone: nothing on the way keeps a copy."""
    response["Cache-Control"] = "private, no-store"
    return response


def page_link(request: Request, cursor: str | None) -> str | None:
    """The same question, from another place in the list."""
    if cursor is None:
        return None
    params = {name: request.query_params.getlist(name) for name in request.query_params}
    return f"{request.path}?{urlencode({**params, 'cursor': cursor}, doseq=True)}"
