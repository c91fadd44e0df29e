"""Answers that a client may keep, and ask about instead of fetching them again."""

import hashlib
from urllib.parse import urlencode

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response, patch_vary_headers
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request


def answer(request: Request, data: object, *, version: int | None = None) -> HttpResponseBase:
    """`data` as JSON with an ETag made of its content; 304 without it when the client has that already.

    `version` stands in front of the ETag, so that If-Match can be understood as "at that version".
    """
    body = JSONRenderer().render(data)
    digest = hashlib.sha256(body).hexdigest()[:20]
    etag = f'"{digest}"' if version is None else f'"{version}-{digest}"'
    response = HttpResponse(body, content_type="application/json")
    response["ETag"] = etag
    response["Cache-Control"] = "private, no-cache" if request.auth else "no-cache"
    patch_vary_headers(response, ["Authorization"])
    return get_conditional_response(request._request, etag=etag, response=response) or response


def page_link(request: Request, cursor: str | None) -> str | None:
    """The same question, from another place in the list."""
    if cursor is None:
        return None
    params = {name: request.query_params.getlist(name) for name in request.query_params}
    return f"{request.path}?{urlencode({**params, 'cursor': cursor}, doseq=True)}"
