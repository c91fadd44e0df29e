"""Discovering events: the list and the event's own page."""

from dataclasses import replace
from datetime import datetime
from functools import cache
from urllib.parse import urlencode
from zoneinfo import ZoneInfo, available_timezones

from django.db.models import Count
from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django_htmx.middleware import HtmxDetails

from core import views
from core.errors import Invalid
from core.freshness import FORM_KEY, fingerprint, is_public, unless_known, visitor
from core.limits import limit
from core.paging import Page, page_of
from core.rest.problems import wants_problem
from events.codes import unlock
from events.errors import CodeRefused
from events.forms import DiscoverForm
from events.freshness import personal
from events.models import Category, Event
from events.presentation import card_of, cards_of, detail_context
from events.search import Filters, search_events

PAGE_SIZE = 12
SUGGESTIONS = 3
HTMX_HEADERS = ("HX-Request", "HX-History-Restore-Request")
ZONE_COOKIE = "tz"  # set by static/js/visitor-zone.js


class HtmxRequest(HttpRequest):
    """A request as django-htmx's middleware leaves it."""

    htmx: HtmxDetails


@require_safe
def event_list(request: HtmxRequest) -> HttpResponseBase:
    """Discover: the address is the state. A request by htmx gets the results alone."""
    now = timezone.now()
    asked = _asked(request)
    form = DiscoverForm(asked, zone=visitor_zone(request), now=now)
    form.is_valid()  # a field that makes no sense says so, and narrows nothing
    filters = form.filters()
    page = _page(request, form, filters, now)
    counts = _count_by_category(filters, now)
    cards = cards_of(page.results, now)
    partial = bool(request.htmx) and not request.htmx.history_restore_request

    def make() -> HttpResponse:
        context = {
            "form": form,
            "asked": asked.urlencode(),
            "when": form["when"].value() or "",
            "price": form["price"].value() or "",
            "events": cards,
            "total": sum(count for value, count in counts.items() if value in (filters.categories or counts)),
            "categories": [(value, label, counts.get(value, 0)) for value, label in Category.choices],
            "next_url": page.next_cursor and _address(request, asked, page.next_cursor),
            "previous_url": page.previous_cursor and _address(request, asked, page.previous_cursor),
            "narrowed": any(name in asked for name in form.fields),
            "refined": any(name in asked for name in form.REFINEMENTS),
            "partial": partial,
            "turned": "cursor" in asked,
        }
        return _answer(request, context, _address(request, asked), wrong=bool(form.errors))

    listed = [card.shown for card in cards], sorted(counts.items()), page.next_cursor, page.previous_cursor
    looks = visitor(request)
    if form.errors or looks is None:
        return make()
    etag = fingerprint(request.get_full_path(), partial, looks, listed, now.year)
    return unless_known(request, f'W/"{etag}"', make, vary=HTMX_HEADERS)


@require_safe
def event_detail(request: HttpRequest, slug: str) -> HttpResponseBase:
    """An event's own page. Drafts are there for their team alone."""
    if code := request.GET.get("code"):
        return redirect(f"{reverse('events:with_code', args=[slug])}?{urlencode({'code': code})}")
    event = get_object_or_404(Event.objects.visible_to(request.user).with_all(), slug=slug)
    now = timezone.now()
    card = card_of(event, now)

    def make() -> HttpResponse:
        context = detail_context(event, request, now)
        response = render(request, "events/detail.html", context)
        if is_public(request):
            response[FORM_KEY] = str(context["key"])
        return response

    looks = visitor(request)
    if looks is None or event.status == Event.Status.DRAFT:
        response = make()
        patch_cache_control(response, private=True, no_cache=True)
        return response
    mine = personal(request.user, event, now) if request.user.is_authenticated else []
    etag = fingerprint(request.get_full_path(), card.shown, event.cancellable_until > now, looks, mine)
    return unless_known(request, f'W/"{etag}"', make)


@never_cache
@require_safe
def event_with_code(request: HttpRequest, slug: str) -> HttpResponse:
    """An event's page to somebody with a promo code: `?code=`. Nobody else's, and kept nowhere."""
    event = get_object_or_404(Event.objects.visible_to(request.user).with_all(), slug=slug)
    typed = request.GET.get("code", "").strip()
    if not typed:
        return redirect(event)
    limit(request, "code")
    now = timezone.now()
    try:
        code = unlock(event, typed, now)
    except CodeRefused as refusal:
        context = detail_context(event, request, now, typed_code=typed[:40], code_error=str(refusal))
        return render(request, "events/detail.html", context, status=refusal.status)
    return render(request, "events/detail.html", detail_context(event, request, now, code=code))


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: a problem document for programs; for people, what they could look at instead."""
    if wants_problem(request):
        return views.not_found(request, exception)
    now = timezone.now()
    soon = search_events(Event.objects.public().with_all(), Filters(available=True), now=now)[:SUGGESTIONS]
    return render(request, "404.html", {"events": cards_of(soon, now)}, status=404)


def visitor_zone(request: HttpRequest) -> ZoneInfo:
    """The zone that the visitor's browser named, if there is such a zone; else the site's."""
    name = request.COOKIES.get(ZONE_COOKIE, "")
    return ZoneInfo(name if name in _zones() else timezone.get_default_timezone_name())


@cache
def _zones() -> set[str]:
    """All zones: asked of the file system once, because that takes longer than a page."""
    return available_timezones()


def _page(request: HttpRequest, form: DiscoverForm, filters: Filters, now: datetime) -> Page:
    """The page that the cursor names; the first one, and an error on the form, for a cursor that is none."""
    events = search_events(Event.objects.public().with_all().defer("description"), filters, now=now)
    try:
        return page_of(events, request.GET.get("cursor"), PAGE_SIZE)
    except Invalid:
        form.add_error(None, "That page is not there any more: this is the first one.")
        return page_of(events, None, PAGE_SIZE)


def _count_by_category(filters: Filters, now: datetime) -> dict[str, int]:
    """How many events of each category fit everything else that is asked."""
    fitting = search_events(Event.objects.public(), replace(filters, categories=()), now=now)
    return dict(fitting.order_by().values_list("category").annotate(count=Count("*")))


def _asked(request: HttpRequest) -> QueryDict:
    """What the address asks, without what was left empty."""
    asked = request.GET.copy()
    for name, values in request.GET.lists():
        if filled := [value for value in values if value]:
            asked.setlist(name, filled)
        else:
            del asked[name]
    return asked


def _address(request: HttpRequest, asked: QueryDict, cursor: str | None = None) -> str:
    """The address that asks this, of the page that the cursor names."""
    query = asked.copy()
    if cursor:
        query["cursor"] = cursor
    return f"{request.path}?{query.urlencode()}" if query else request.path


def _answer(request: HttpRequest, context: dict, address: str, *, wrong: bool) -> HttpResponse:
    """The page or its results. What was wrong is a 400; to htmx a 422, which it shows."""
    if context["partial"]:
        response = render(request, "events/list.html#results", context, status=422 if wrong else 200)
        response["HX-Push-Url"] = address
    else:
        response = render(request, "events/list.html", context, status=400 if wrong else 200)
    patch_vary_headers(response, HTMX_HEADERS)
    return response
