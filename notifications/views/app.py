"""Evently as an app on one's device: its manifest, its service worker, and its page for when there is no network.

All three are the same for everybody.
"""

import json
import re
from functools import cache

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.views.decorators.http import require_safe

from core.freshness import fingerprint, unless_known
from core.owner import HEADER
from notifications.push import vapid

# As --bg of static/css/tokens.css, which manifests can't read.
PAPER = "#fcfaf6"
HASHED = re.compile(r'(?:src|href)="([^"]+\.[0-9a-f]{12}\.[^"/]+)"')


@require_safe
def manifest(request: HttpRequest) -> HttpResponseBase:
    """How it is installed (W3C, Web Application Manifest)."""
    answer = {
        "id": "/",
        "name": "Evently",
        "short_name": "Evently",
        "description": "Find events, and have your tickets at hand.",
        "lang": "en",
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "background_color": PAPER,
        "theme_color": PAPER,
        "icons": [_icon("icon-192", 192), _icon("icon-512", 512), _icon("maskable-512", 512, "maskable")],
        "shortcuts": [
            {"name": "My tickets", "url": reverse("bookings:mine"), "icons": [_icon("icon-192", 192)]},
            {"name": "Notifications", "url": reverse("notifications:list"), "icons": [_icon("icon-192", 192)]},
        ],
    }
    return unless_known(
        request,
        f'"{fingerprint(answer)}"',
        lambda: JsonResponse(answer, content_type="application/manifest+json"),
    )


@require_safe
def service_worker(request: HttpRequest) -> HttpResponseBase:
    """What it has to know, then its code. Its bytes change, and browsers take the new one, when any of this does."""
    page = offline_page()
    known = {
        "version": fingerprint(page),
        "offline": reverse("app:offline"),
        "devices": reverse("notifications:devices"),
        "static": settings.STATIC_URL,
        "precache": HASHED.findall(page),
        "ownerHeader": HEADER,
        "icon": static("img/app/icon-192.png"),
        "badge": static("img/app/badge-96.png"),
        "key": vapid.public_key(),
    }
    parts = ", ".join(json.dumps(static(f"js/worker/{name}.js")) for name in ("pages", "push"))
    code = f"self.EVENTLY = {json.dumps(known)};\nimportScripts({parts});\n"
    answer = HttpResponse(code, content_type="text/javascript; charset=utf-8")
    answer["Cache-Control"] = "no-cache"
    answer["Service-Worker-Allowed"] = "/"
    return answer


@require_safe
def offline(request: HttpRequest) -> HttpResponse:
    """What is shown where there is no network: the tickets that this browser has kept.

    Without an ETag: the copy that the service worker fetches in nobody's name must not stand for a visitor's own
    answer, which says whose it is.
    """
    return HttpResponse(offline_page(), headers={"Cache-Control": "no-cache"})


@cache
def offline_page() -> str:
    """As a stranger sees it. The files that it names are those that the service worker fetches beforehand."""
    stranger = HttpRequest()
    stranger.path, stranger.user = "/offline", AnonymousUser()
    return render_to_string("notifications/offline.html", request=stranger)


def _icon(name: str, size: int, purpose: str = "any") -> dict[str, str]:
    address = static(f"img/app/{name}.png")
    return {"src": address, "sizes": f"{size}x{size}", "type": "image/png", "purpose": purpose}
