"""What somebody was told: the list, and the number on the bell."""

from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import trigger_client_event

from accounts.requests import SignedInRequest
from core.paging import page_of
from events.views import visitor_zone
from notifications import operations
from notifications.models import Notice, NoticeQuerySet

ON_A_PAGE = 20
MOST_NEW = 99
CHANGED = "notices-changed"  # as static/js/live.js says it


@never_cache
@login_required
@require_safe
def notices(request: SignedInRequest) -> HttpResponse:
    """The newest first. For htmx the list alone, from the notice on that stood on `top`: what is newer is only
    counted, so that nothing moves away under somebody's finger."""
    everything = _theirs(request)
    show, cursor = request.GET.get("show", ""), request.GET.get("cursor", "")
    listed = everything.unread() if show == "unread" else everything
    top = None if cursor else _notice_or_none(everything, request.GET.get("top", ""))
    newer = listed.newer_than(top)[: MOST_NEW + 1].count() if top else 0
    page = page_of((listed.not_newer_than(top) if top else listed).by_age(), cursor, ON_A_PAGE)
    context = {
        "page": page,
        "show": show if show == "unread" else "",
        "top": None if cursor else top or next(iter(page.results), None),
        "newer": newer,
        "next_url": _address(show, page.next_cursor),
        "previous_url": _address(show, page.previous_cursor),
        "zone": visitor_zone(request),
    }
    partial = request.htmx and not request.htmx.history_restore_request
    return render(request, "notifications/list.html#fresh" if partial else "notifications/list.html", context)


@never_cache
@require_safe
def bell(request: HttpRequest) -> HttpResponse:
    """The number on the bell. Who has signed out in another tab is not torn from what they are at."""
    if not request.user.is_authenticated:
        return HttpResponse(status=204)
    return render(request, "includes/bell.html#count")


@never_cache
@login_required
@require_safe
def open_notice(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Mark it read, and go where it leads."""
    notice = get_object_or_404(Notice.objects.of(request.user), pk=pk)
    if request.method == "GET" and "prefetch" not in request.headers.get("Sec-Purpose", ""):
        operations.mark_read(notice=notice, now=timezone.now())
    return redirect(notice.url if _is_ours(notice.url) else "notifications:list")


@never_cache
@login_required
@require_POST
def read(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Mark it read without opening it; with `unread`, the other way round."""
    notice = get_object_or_404(_theirs(request), pk=pk)
    if request.POST.get("unread"):
        operations.mark_unread(notice=notice)
    else:
        operations.mark_read(notice=notice, now=timezone.now())
    if not request.htmx:
        return redirect(f"{_back(request)}#notice-{pk}")
    notice.refresh_from_db()
    response = render(request, "notifications/list.html#notice", {"notice": notice, "zone": visitor_zone(request)})
    return trigger_client_event(response, CHANGED)


@never_cache
@login_required
@require_POST
def read_all(request: SignedInRequest) -> HttpResponse:
    """Mark read what the page shows and what is older, on whatever page it stands; not what came since."""
    top = _notice_or_none(_theirs(request), request.POST.get("top", ""))
    if top and operations.mark_all_read(user=request.user, now=timezone.now(), until=top):
        messages.success(request, "All marked as read.")
    return redirect(_back(request))


def _theirs(request: SignedInRequest) -> NoticeQuerySet:
    return Notice.objects.of(request.user).in_bell()


def _notice_or_none(notices: NoticeQuerySet, text: str) -> Notice | None:
    try:
        return notices.filter(pk=UUID(text)).first()
    except ValueError:
        return None


def _is_ours(url: str) -> bool:
    """A path of this site."""
    return url.startswith("/") and url_has_allowed_host_and_scheme(url, allowed_hosts=None)


def _address(show: str, cursor: str | None) -> str:
    """A page of the list; none without a cursor."""
    asked = {"show": show, "cursor": cursor}
    return f"?{urlencode({name: value for name, value in asked.items() if value})}" if cursor else ""


def _back(request: SignedInRequest) -> str:
    """The page of the list on which a form stood."""
    return f"{reverse('notifications:list')}{'?' if request.GET else ''}{request.GET.urlencode()}"
