"""Whose a page is, without saying who: browsers keep some of one's pages, and must not keep them for somebody else."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.crypto import salted_hmac

from core.freshness import is_public

HEADER = "Evently-Owner"
NOBODY = "none"
MARKED = ("text/html", "image/svg+xml")  # pages, and the pictures of codes


def owner_of(user: Any) -> str:
    """The same for a person on every page, and nothing that can be traced to them; 'none' for strangers."""
    if not user.is_authenticated:
        return NOBODY
    return salted_hmac("core.owner", str(user.pk), algorithm="sha256").hexdigest()[:20]


def name_owner(get_response):
    """Middleware: says of each page whose it is, for the service worker (static/js/worker/pages.js)."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if response.status_code < 500 and _is_page(response):
            response[HEADER] = NOBODY if is_public(request) else owner_of(request.user)
        return response

    return middleware


def _is_page(response: HttpResponse) -> bool:
    """Not a redirect, nor a file: something that is shown."""
    typed = response.get("Content-Type", "").startswith(MARKED)
    return typed and not response.streaming and bool(response.content)
