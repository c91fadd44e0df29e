"""Answers that may be kept, and asked about instead of being made again (RFC 9110, conditional requests).

An answer's ETag is a fingerprint of the rows it would show, taken from the very rows that were read for
it: it is never newer in name than in content, and nothing is rendered for whoever has it already.
"""

import hashlib
import sys
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from typing import TypeVar

import django
from django.conf import settings
from django.contrib.messages import get_messages
from django.db.models import Model
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response, patch_vary_headers

DIGITS = 20
# The key in an answer's form, which has to be another one in each copy of it: a note to evently/microcache.py.
FORM_KEY = "X-Form-Key"

Shown = TypeVar("Shown", bound=Callable[[HttpRequest], object])
_on_every_page: list[Callable[[HttpRequest], object]] = []


def on_every_page(shown: Shown) -> Shown:
    """Decorator: what a function finds for a request stands on every page of somebody who is signed in, as in the
    site's header. Plain values; it is asked for more than once."""
    _on_every_page.append(shown)
    return shown


def fingerprint(*shown: object) -> str:
    """A short digest of plain values, of the code that turns them into an answer, and of nothing else."""
    return hashlib.sha256(f"{build()}{shown!r}".encode()).hexdigest()[:DIGITS]


def columns(row: Model | None) -> tuple[object, ...] | None:
    """Every value that was fetched for a row: what is shown of it can't change without one of these."""
    if row is None:
        return None
    fetched = row.__dict__
    return tuple(getattr(row, field.attname) for field in row._meta.concrete_fields if field.attname in fetched)


def visitor(request: HttpRequest) -> tuple[object, ...] | None:
    """What a page says and hides of whoever looks at it; None while it has a message for them, told only once."""
    if is_public(request):
        return ()
    if len(get_messages(request)):
        return None
    user = request.user
    # The token in a page's forms must go with the cookie of the browser that shows it.
    name, token = (user.pk, str(user), getattr(user, "is_staff", False)), request.META.get("CSRF_COOKIE")
    return *name, token, *(shown(request) for shown in _on_every_page)


def is_public(request: HttpRequest) -> bool:
    """Whether the answer is the same for everybody: it was asked for without a session and without a token."""
    return settings.SESSION_COOKIE_NAME not in request.COOKIES and "Authorization" not in request.headers


def unless_known(
    request: HttpRequest, etag: str, make: Callable[[], HttpResponseBase], *, vary: Iterable[str] = ()
) -> HttpResponseBase:
    """What `make` makes, with its ETag; 304 without making it when the client has that already.

    `etag` as it stands in the header: quoted, and `W/` before it where the bytes may differ. Whoever keeps
    the answer asks again before each use (`no-cache`); only a public one may be kept for others.
    """
    answer = get_conditional_response(request, etag=etag) or make()
    if answer.status_code in (200, 304):
        answer["ETag"] = etag
        answer["Cache-Control"] = "public, no-cache" if is_public(request) else "private, no-cache"
        patch_vary_headers(answer, vary)
    return answer


@cache
def build() -> str:
    """The code and the static files that this process answers with, as a digest: the same in every process."""
    digest = hashlib.sha256(f"{sys.version}{django.__version__}{settings.BASE_URL}".encode())
    manifest = Path(settings.STATIC_ROOT) / "staticfiles.json"
    for path in [*sorted(_sources()), *([manifest] if manifest.exists() else [])]:
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _sources() -> set[Path]:
    """Our own code and templates, without the tests."""
    folders = [settings.BASE_DIR / "templates", *(path.parent for path in settings.BASE_DIR.glob("*/__init__.py"))]
    found = {path for folder in folders for kind in ("*.py", "*.html") for path in folder.rglob(kind)}
    return {path for path in found if "tests" not in path.parts}
