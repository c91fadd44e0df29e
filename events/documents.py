"""Doors to what is no page: covers, share images, calendar files, and what search engines ask for."""

from django.conf import settings
from django.core.cache import cache
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from events.calendar import calendar_file, entry_of
from events.covers import cover_svg, cover_version
from events.models import Event
from events.share_image import draw_share_image, share_version

WEEK = 7 * 24 * 3600
MOST_IN_SITEMAP = 50_000  # the protocol's own limit (sitemaps.org)
# A picture that is opened as a page of its own may load and run nothing.
PICTURE_CSP = "default-src 'none'; style-src 'unsafe-inline'; sandbox"


@require_safe
def cover(request: HttpRequest, slug: str) -> HttpResponseBase:
    """The cover: the organiser's picture as WebP, or drawn art as SVG."""
    event = _event(request, slug)
    version = cover_version(event)
    if unchanged := get_conditional_response(request, etag=f'"{version}"'):
        return _kept(unchanged, request, event, version)
    if not event.image:
        drawn = HttpResponse(cover_svg(event), content_type="image/svg+xml")
        return _kept(drawn, request, event, version)
    try:
        picture = FileResponse(event.image.open(), content_type="image/webp")
    except FileNotFoundError as error:
        raise Http404 from error
    return _kept(picture, request, event, version)


@require_safe
def share_image(request: HttpRequest, slug: str) -> HttpResponseBase:
    """The picture for link previews: 1200 × 630, PNG. Drawn once for everything it shows."""
    event = _event(request, slug)
    version = share_version(event)
    if unchanged := get_conditional_response(request, etag=f'"{version}"'):
        return _kept(unchanged, request, event, version)
    png = cache.get(f"share-image:{version}")
    if png is None:
        png = draw_share_image(event)
        cache.set(f"share-image:{version}", png, WEEK)
    return _kept(HttpResponse(png, content_type="image/png"), request, event, version)


@require_safe
def calendar(request: HttpRequest, slug: str) -> HttpResponse:
    """The event as an .ics file."""
    event = _event(request, slug)
    return HttpResponse(
        calendar_file(entry_of(event)),
        content_type="text/calendar; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{event.slug}.ics"', "Cache-Control": "no-cache"},
    )


@require_safe
def sitemap(request: HttpRequest) -> HttpResponse:
    """What search engines should visit: the list, and every event that is not over."""
    events = Event.objects.public().upcoming(timezone.now()).order_by("-starts_at", "-id")
    context = {"events": events.only("slug", "updated_at")[:MOST_IN_SITEMAP]}
    return render(request, "events/sitemap.xml", context, content_type="application/xml")


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """What search engines should leave alone."""
    return render(request, "events/robots.txt", {"base_url": settings.BASE_URL}, content_type="text/plain")


def _event(request: HttpRequest, slug: str) -> Event:
    """The event, if its viewer may see it. A public one is found without touching the session, so that
    caches need not tell viewers apart."""
    events = Event.objects.select_related("venue")
    public = events.public().filter(slug=slug).first()
    return public or get_object_or_404(events.visible_to(request.user), slug=slug)


def _kept(response: HttpResponseBase, request: HttpRequest, event: Event, version: str) -> HttpResponseBase:
    """Let caches keep an answer for good, if the address names this very version of a public event."""
    response["ETag"] = f'"{version}"'
    response["Content-Security-Policy"] = PICTURE_CSP
    if event.status == Event.Status.DRAFT:
        response["Cache-Control"] = "private, no-cache"
    elif request.GET.get("v") == version:
        response["Cache-Control"] = "public, max-age=31536000, immutable"
    else:
        response["Cache-Control"] = "public, no-cache"
    return response
