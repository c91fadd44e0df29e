"""The browsers one is told on: the page of them, and what their pages and service workers ask for."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.agents import name_of
from accounts.requests import SignedInRequest
from core.errors import DomainError, NotAllowed
from core.limits import limit
from core.live.messages import session_digest
from core.origin import from_own_pages
from core.rest.problems import problem_response
from notifications.models import Device
from notifications.operations import devices as operations


@never_cache
@from_own_pages
@require_http_methods(["GET", "HEAD", "POST"])
def devices(request: HttpRequest) -> HttpResponse:
    """GET: the page. POST: a browser's subscription, by static/js/push-button.js and the service worker, which has no
    token to send; the answer is JSON."""
    if request.method == "POST":
        try:
            return _register(request)
        except DomainError as refusal:
            return problem_response(refusal)
    return _page(request)  # type: ignore[arg-type]  # it asks strangers to sign in


@never_cache
@login_required
@require_safe
def known(request: SignedInRequest) -> HttpResponse:
    """Which browsers are told, by digests of their endpoints: a page looks whether its own is among them."""
    return JsonResponse({"devices": [device.digest for device in Device.objects.of(request.user)]})


@never_cache
@login_required
@require_POST
def remove(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Don't tell me there any more."""
    device = _mine(request, pk)
    operations.remove(device_id=device.pk)
    messages.success(request, f"{device} is told nothing more.")
    return _back(request)


@never_cache
@login_required
@require_POST
def test(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Does it arrive?"""
    device = _mine(request, pk)
    try:
        limit(request, "push-test")
        operations.test(device=device, now=timezone.now())
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"Sent. {device} shows it in a moment, unless it is off or set to silent.")
    return _back(request)


@login_required
def _page(request: SignedInRequest) -> HttpResponse:
    return render(request, "notifications/devices.html")


def _register(request: HttpRequest) -> HttpResponse:
    if not request.user.is_authenticated:
        raise NotAllowed("Sign in first.")
    limit(request, "device")
    given = {name: request.POST.get(name, "") for name in ("endpoint", "p256dh", "auth")}
    device = operations.register(
        user_id=request.user.pk,
        label=name_of(request.headers.get("User-Agent", "")),
        session=session_digest(request.session.session_key or ""),
        instead_of=request.POST.get("instead_of", ""),
        now=timezone.now(),
        **given,
    )
    request.session[operations.IN_SESSION] = str(device.pk)
    return JsonResponse({"id": device.pk, "label": device.label, "digest": device.digest}, status=201)


def _mine(request: SignedInRequest, pk: UUID) -> Device:
    return get_object_or_404(Device.objects.of(request.user), pk=pk)


def _back(request: SignedInRequest) -> HttpResponse:
    """To the page with the list that was used, if it is one of ours."""
    back = request.POST.get("next", "")
    ours = url_has_allowed_host_and_scheme(back, allowed_hosts=None) and back.startswith("/")
    return redirect(back if ours else "notifications:devices")
