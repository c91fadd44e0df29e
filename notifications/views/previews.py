"""Every message as it looks, for those who work on them. In production for staff only."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.permissions import has_staff_powers
from notifications.kinds import KINDS, Group
from notifications.previews import LENGTHS, preview
from notifications.push.message import MOST_BYTES
from notifications.views.inbox import in_a_frame

View = Callable[..., HttpResponse]


def for_those_who_make_it(view: View) -> View:
    """404 in production for all but staff; and for kinds and lengths that there are not."""

    @wraps(view)
    def for_them(request: HttpRequest, **named: Any) -> HttpResponse:
        if settings.ENVIRONMENT == "production" and not has_staff_powers(request.user):
            raise Http404
        if named.get("kind", "welcome") not in KINDS or named.get("length", LENGTHS[0]) not in LENGTHS:
            raise Http404
        return view(request, **named)

    return require_safe(for_them)


@for_those_who_make_it
def messages(request: HttpRequest) -> HttpResponse:
    """All kinds, by group."""
    groups = [(group.label, [kind for kind in KINDS.values() if kind.group == group]) for group in Group]
    return render(request, "notifications/previews.html", {"groups": groups})


@for_those_who_make_it
def message(request: HttpRequest, *, kind: str) -> HttpResponse:
    """One kind, short and long, by all its channels."""
    about = {"kind": KINDS[kind], "previews": [preview(kind, length) for length in LENGTHS], "most_bytes": MOST_BYTES}
    return render(request, "notifications/preview.html", about)


@for_those_who_make_it
def message_html(request: HttpRequest, *, kind: str, length: str) -> HttpResponse:
    """The mail's HTML, for a frame."""
    return in_a_frame(preview(kind, length).framed)
