"""Whether a form was sent by a page of ours, by what the browser itself says about it.

A page that is the same for everybody can't carry a secret token for its form. Browsers say where a
request comes from, and no page can make them lie about it: `Sec-Fetch-Site` on https and localhost,
`Origin` on every POST. docs/decisions/origin.md says why that is enough.
"""

from collections.abc import Callable, Collection
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from core.views import csrf_failed

SAFE_METHODS = ("GET", "HEAD", "OPTIONS", "TRACE")
# `none`: the person did it, with no page behind it (a reload, a restored tab).
OUR_SITES = ("same-origin", "none")

View = Callable[..., HttpResponse]


def is_ours(*, site: str | None, origin: str | None, own: Collection[str]) -> bool | None:
    """Whether one of our own pages sent a request; None when the browser does not say.

    `site` and `origin` are the values of the headers Sec-Fetch-Site and Origin, None where absent; `own`
    are the origins we answer at, such as 'https://example.org'. A neighbour on another subdomain
    (`same-site`) is a stranger, and so is a sandboxed page (`Origin: null`).
    """
    if site is not None:
        return site in OUR_SITES
    return origin in own if origin is not None else None


def own_origins(*, scheme: str, host: str) -> set[str]:
    """The origins that are ours for a request that came to `host` (as its header says) by `scheme`."""
    return {settings.BASE_URL.lower(), f"{scheme}://{host.lower()}"}


def from_own_pages(view: View) -> View:
    """Decorator: a form without a token, from our own pages alone.

    A browser that says nothing of where a request comes from needs the token that all other forms have.
    """
    with_token = csrf_protect(view)

    @csrf_exempt
    @wraps(view)
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method in SAFE_METHODS:
            return view(request, *args, **kwargs)
        ours = _says(request)
        if ours is None:
            return with_token(request, *args, **kwargs)
        return view(request, *args, **kwargs) if ours else csrf_failed(request)

    return checked


def _says(request: HttpRequest) -> bool | None:
    own = own_origins(scheme=request.scheme or "http", host=request.get_host())
    return is_ours(site=request.headers.get("Sec-Fetch-Site"), origin=request.headers.get("Origin"), own=own)
