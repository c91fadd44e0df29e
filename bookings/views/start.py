"""From a selection to a basket, by way of signing in if need be."""

from uuid import uuid4

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods
from django_htmx.http import HttpResponseClientRedirect

from bookings import operations
from bookings.forms import SelectionForm
from bookings.selection import Selection, forget, remember, remembered
from core.errors import DomainError, Invalid
from core.limits import limit
from core.origin import from_own_pages
from events.codes import try_code
from events.models import Event, PromoCode
from events.presentation import detail_context


@from_own_pages
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def start(request: HttpRequest, slug: str) -> HttpResponse:
    """POST a selection to put it in a basket; GET continues with one made before signing in."""
    event = get_object_or_404(Event.objects.visible_to(request.user).with_all(), slug=slug)
    if request.method == "POST":
        return _put_in_basket(request, event)
    if not request.user.is_authenticated:
        return redirect(_login_url(slug))
    selection = remembered(request, slug)
    if selection is None:
        return redirect(event)
    now = timezone.now()
    code = try_code(event, selection.code, now)
    context = detail_context(event, request, now, chosen=selection.quantities, key=selection.key, code=code)
    return render(request, "bookings/start.html", context)


def _put_in_basket(request: HttpRequest, event: Event) -> HttpResponse:
    code = try_code(event, request.POST.get("code", ""), timezone.now())
    form = SelectionForm(request.POST, event=event)
    if not form.is_valid():
        return _choose_again(request, event, form, code, status=422)
    if not request.user.is_authenticated:
        key = form.cleaned_data["key"] or uuid4().hex
        remember(request, Selection(event.slug, form.quantities, key, form.cleaned_data["code"]))
        return _go(request, _login_url(event.slug))
    limit(request, "book")
    try:
        booking = operations.hold(
            request=form.request, customer_id=request.user.pk, now=timezone.now(), key=form.idempotency_key
        )
    except DomainError as refusal:
        event = Event.objects.with_all().get(pk=event.pk)  # what is left now, not what was left before
        code = try_code(event, request.POST.get("code", ""), timezone.now())
        form.add_error(None, str(refusal))
        status = 422 if isinstance(refusal, Invalid) else refusal.status
        return _choose_again(request, event, form, code, status=status)
    forget(request)
    return _go(request, reverse("payments:checkout", args=[booking.pk]))


def _choose_again(
    request: HttpRequest, event: Event, form: SelectionForm, code: PromoCode | None, *, status: int
) -> HttpResponse:
    """The event's page, or its picker for htmx, with what was chosen and what is wrong with it."""
    template = "events/detail.html#picker" if getattr(request, "htmx", False) else "events/detail.html"
    context = detail_context(event, request, timezone.now(), chosen=form.asked, errors=form.sentences, code=code)
    context["canonical_url"] = settings.BASE_URL + event.get_absolute_url()  # not this address
    return render(request, template, context, status=status)


def _login_url(slug: str) -> str:
    return redirect_to_login(reverse("bookings:start", args=[slug])).url


def _go(request: HttpRequest, url: str) -> HttpResponse:
    """Go to another page, whole: an HTMX request would put it where the fragment was."""
    return HttpResponseClientRedirect(url) if getattr(request, "htmx", False) else redirect(url)
