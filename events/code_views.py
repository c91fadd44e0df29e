"""The organiser's pages of an event's promo codes."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.requests import SignedInRequest
from core.errors import DomainError
from core.limits import limit
from core.spreadsheets import Cell, csv_answer
from events import operations
from events.models import Event, PromoCode
from events.organiser_forms import ManyCodesForm, PromoCodeForm, code_initial, refuse
from events.organiser_views import editable

PAGE_SIZE = 50
HEAD = ["Code", "Discount", "Unlocks", "Limit", "Used", "In baskets", "Per person", "From", "Until", "Active", "Link"]


@never_cache
@login_required
@require_safe
def codes(request: SignedInRequest, slug: str) -> HttpResponse:
    """All codes of an event, the newest first, and how often each is used."""
    event = editable(request, slug)
    found = event.promo_codes.select_related("inventory").order_by("-created_at", "code")
    if asked := request.GET.get("search", "").strip()[:40]:
        found = found.filter(code__contains=asked.upper().replace("\x00", ""))
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    names = {one.pk: one.name for one in event.types_for_sale()}
    rows = [_row(code, event, names) for code in page.object_list]
    context = {"event": event, "page": page, "rows": rows, "asked": asked, "now": timezone.now()}
    return render(request, "organise/codes.html", context)


@never_cache
@login_required
@require_safe
def codes_file(request: SignedInRequest, slug: str) -> HttpResponseBase:
    """All of them as a CSV file."""
    event = editable(request, slug)
    limit(request, "export")
    found = event.promo_codes.select_related("inventory").order_by("created_at", "code")
    return csv_answer(f"{event.slug}-promo-codes", HEAD, (_cells(code, event) for code in found.iterator()))


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def create(request: SignedInRequest, slug: str) -> HttpResponse:
    """A code that is good at once."""
    event = editable(request, slug)
    form = PromoCodeForm(request.POST if request.method == "POST" else None, event=event)
    if request.method == "POST" and form.is_valid():
        try:
            code = operations.create_code(event=event, data=form.to_input(), by=request.user, now=timezone.now())
        except DomainError as refusal:
            return _page(request, event, form, refusal=refusal)
        messages.success(request, f"{code.code} is good from now on.")
        return redirect("organise:codes", slug)
    return _page(request, event, form)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def create_many(request: SignedInRequest, slug: str) -> HttpResponse:
    """Codes to give away one by one."""
    event = editable(request, slug)
    form = ManyCodesForm(request.POST if request.method == "POST" else None, event=event)
    if request.method == "POST" and form.is_valid():
        many = form.cleaned_data["how_many"]
        data, now = form.to_input(), timezone.now()
        try:
            made = operations.create_codes(event=event, data=data, how_many=many, by=request.user, now=now)
        except DomainError as refusal:
            return _page(request, event, form, refusal=refusal, many=True)
        messages.success(request, f"{len(made):,} codes are good from now on. The file has them all.")
        return redirect("organise:codes", slug)
    return _page(request, event, form, many=True)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: SignedInRequest, slug: str, pk: UUID) -> HttpResponse:
    """Change a code. Bookings made with it stay as they are."""
    event = editable(request, slug)
    code = _find(event, pk)
    initial = code_initial(code, event)
    form = PromoCodeForm(request.POST if request.method == "POST" else None, initial=initial, event=event)
    if request.method == "POST" and form.is_valid():
        try:
            operations.edit_code(code=code, data=form.to_input(), by=request.user, now=timezone.now())
        except DomainError as refusal:
            return _page(request, event, form, refusal=refusal, code=code)
        messages.success(request, "Saved.")
        return redirect("organise:codes", slug)
    return _page(request, event, form, code=code)


@never_cache
@login_required
@require_POST
def switch(request: SignedInRequest, slug: str, pk: UUID) -> HttpResponse:
    """Switch a code off, or on again."""
    event = editable(request, slug)
    active = request.POST.get("active") == "1"
    try:
        code = operations.switch_code(code=_find(event, pk), active=active, by=request.user, now=timezone.now())
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"{code.code} is {'good again' if active else 'switched off'}.")
    return redirect("organise:codes", slug)


def _find(event: Event, pk: UUID) -> PromoCode:
    return get_object_or_404(event.promo_codes.select_related("inventory", "event"), pk=pk)


def _row(code: PromoCode, event: Event, names: dict[UUID, str]) -> dict[str, Any]:
    """A code with what its row says about it."""
    kinds = [names[pk] for pk in code.ticket_types if pk in names]
    return {"code": code, "words": code.words(event.currency), "types": kinds, "link": _link(code, event)}


def _link(code: PromoCode, event: Event) -> str:
    return f"{settings.BASE_URL}{reverse('events:with_code', args=[event.slug])}?{urlencode({'code': code.code})}"


def _cells(code: PromoCode, event: Event) -> list[Cell]:
    used = code.inventory.claimed - code.inventory.held
    does: list[Cell] = [code.words(event.currency), _yes(code.unlocks), code.limit, used, code.inventory.held]
    when: list[Cell] = [
        at.astimezone(event.zone).isoformat(timespec="minutes") if at else None
        for at in (code.valid_from, code.valid_until)
    ]
    return [code.code, *does, code.max_per_person, *when, _yes(code.is_active), _link(code, event)]


def _yes(is_so: bool) -> str:
    return "yes" if is_so else "no"


def _page(
    request: SignedInRequest, event: Event, form: PromoCodeForm, refusal: DomainError | None = None, **context: Any
) -> HttpResponse:
    status = 422 if form.errors else 200
    if refusal:
        refuse(form, refusal)
        status = 422 if refusal.status == 400 else refusal.status
    return render(request, "organise/code.html", {"event": event, "form": form, **context}, status=status)
