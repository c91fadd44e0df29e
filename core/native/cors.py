"""What the native doors tell programs of other origins: what django-cors-headers tells them, asked of itself."""

from functools import lru_cache
from typing import cast

from corsheaders.conf import conf
from corsheaders.middleware import CorsMiddleware
from django.http import HttpRequest, HttpResponse

from core.native.request import NativeRequest


def cross_origin(request: NativeRequest) -> dict[str, str]:
    """The headers of an answer of the API, by the request's origin. `Vary` among them."""
    origin = request.headers.get("origin", "")
    return dict(_headers(request.path, origin if origin in conf.CORS_ALLOWED_ORIGINS else ""))


@lru_cache(maxsize=64)
def _headers(path: str, origin: str) -> tuple[tuple[str, str], ...]:
    asked = HttpRequest()
    asked.path = asked.path_info = path
    asked.META["HTTP_ORIGIN"] = origin
    answer = cast(HttpResponse, CorsMiddleware(lambda _: HttpResponse())(asked))
    del answer["Content-Type"]
    return tuple((name.lower(), value) for name, value in answer.items())
