"""The strictest headers, for pages on which people pay."""

from collections.abc import Callable
from functools import wraps

from csp.constants import NONE, SELF
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache

from payments import providers

View = Callable[..., HttpResponse]


def strict(view: View) -> View:
    """Nothing is loaded from elsewhere or framed, no other site learns the address, no copy is kept. A form may lead to
    the pages of our payment providers, and nowhere else."""

    @never_cache
    @wraps(view)
    def watched(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        response = view(request, *args, **kwargs)
        response._csp_update = None  # type: ignore[attr-defined]
        response._csp_replace = {  # type: ignore[attr-defined]
            "default-src": [NONE],
            "script-src": [SELF],
            "style-src": [SELF],
            "img-src": [SELF],
            "connect-src": [SELF],
            "font-src": [SELF],
            "manifest-src": [SELF],
            "worker-src": [SELF],
            "object-src": [NONE],
            "base-uri": [NONE],
            "frame-ancestors": [NONE],
            "form-action": [SELF, *providers.origins()],
        }
        response["Referrer-Policy"] = "same-origin"
        return response

    return watched
