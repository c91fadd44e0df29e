"""The link in a mail that switches its kind off: for a person, and for a mailbox that does it by itself (RFC 8058)."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from accounts.models import User
from core.limits import limit
from notifications import operations, unsubscribing
from notifications.kinds import Channel, Kind, kind
from notifications.operations.channels import still_hears


@csrf_exempt  # a mailbox has no cookies; whoever holds the link may
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """A look changes nothing, because filters look at links too. Any POST switches it off; one with `undo` on again."""
    limit(request, "unsubscribe")
    found = _whose(token)
    if found is None:
        return render(request, "notifications/unsubscribe_unknown.html", status=404)
    person, about = found
    if request.method == "POST":
        operations.switch_mail(user=person, kind=about, on="undo" in request.POST)
    context = {
        "kind": about,
        "address": _hinted(person.email),
        "on": still_hears(person.pk, about, Channel.EMAIL),
        "done": request.method == "POST",
        "stays": about.always,
    }
    return render(request, "notifications/unsubscribe.html", context)


def _whose(token: str) -> tuple[User, Kind] | None:
    """None for what is no token, for accounts that are closed and kinds that are not mailed."""
    read = unsubscribing.read(token)
    person = User.objects.filter(pk=read[0], is_active=True).first() if read else None
    if read is None or person is None or Channel.EMAIL not in kind(read[1]).channels:
        return None
    return person, kind(read[1])


def _hinted(email: str) -> str:
    """Enough for its owner: the mail may have been passed on."""
    name, _, host = email.partition("@")
    return f"{name[:1]}…@{host}"
