"""An offer, for whoever has the link from its mail: signed in or not. The bookings app has the door that accepts."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from core.errors import DomainError
from core.limits import limit
from waitlist import operations
from waitlist.models import Entry
from waitlist.offer_links import read

ANSWERED = (Entry.Status.ACCEPTED, Entry.Status.PASSED)


@never_cache
@require_safe
def offer(request: HttpRequest, token: str) -> HttpResponse:
    """What is offered, with two buttons; or what became of it. Looking changes nothing: mailboxes look at links too."""
    return _page(request, token)


# The link is what entitles, not a cookie: mail programs' browsers keep none.
@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def pass_by_link(request: HttpRequest, token: str) -> HttpResponse:
    """No, thank you. Asks first, with one button."""
    if request.method != "POST":
        return _page(request, token, passing=True)
    entry = entry_of(request, token)
    try:
        operations.pass_up(entry=entry, now=timezone.now())
    except DomainError as refusal:
        messages.info(request, str(refusal))
    return redirect("waitlist:offer", token=token)


def entry_of(request: HttpRequest, token: str) -> Entry:
    """The place a link is for. Counts against a limit; raises Http404 for a link that is none of ours."""
    limit(request, "link")
    entry_id: UUID | None = read(token)
    entry = Entry.objects.with_all().filter(pk=entry_id).first() if entry_id else None
    if entry is None:
        raise Http404
    return entry


def _page(request: HttpRequest, token: str, *, passing: bool = False) -> HttpResponse:
    entry, now = entry_of(request, token), timezone.now()
    offered = entry.has_offer(now)
    status = 200 if offered or entry.status in ANSWERED else 410
    context = {"entry": entry, "token": token, "now": now, "offered": offered, "passing": passing}
    answer = render(request, "waitlist/offer.html", context, status=status)
    # No other site learns the link. Not `no-referrer`: that takes the Origin from the forms of the page's header too.
    answer["Referrer-Policy"] = "same-origin"
    return answer
