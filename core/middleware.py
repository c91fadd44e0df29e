"""Middleware: what holds for every request."""

from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from core.errors import DomainError
from core.rest.problems import problem_response, wants_problem

REFUSAL = "evently.refusal"  # in the scope of a request that is not to be answered


def _has_nul(request: HttpRequest) -> bool:
    """In the address or in a cookie, where it may stand as an escape."""
    return (
        "\x00" in request.path
        or "%00" in request.META.get("QUERY_STRING", "")
        or any("\x00" in value for value in request.COOKIES.values())
    )


def plain_refusals(get_response):
    """Turn a refusal that no door caught into its answer, and stop what PostgreSQL cannot store. What was refused
    before it came here (evently.searches) is put into words."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if refusal := request.META.get("asgi.scope", {}).get(REFUSAL):
            request.limits = [refusal.usage]  # type: ignore[attr-defined]
            return refuse(request, refusal)
        if _has_nul(request):
            return refuse(request, _nul_refusal())
        return get_response(request)

    def process_exception(request: HttpRequest, exception: Exception) -> HttpResponse | None:
        return refuse(request, exception) if isinstance(exception, DomainError) else None

    middleware.process_exception = process_exception  # type: ignore[attr-defined]
    return middleware


def _nul_refusal() -> DomainError:
    refusal = DomainError("The address or a cookie contains a NUL character, which is never accepted.")
    refusal.status, refusal.code, refusal.title = 400, "invalid", "That address is not valid"
    return refusal


def refuse(request: HttpRequest, refusal: DomainError) -> HttpResponse:
    """A refusal as a whole answer: a problem document for the API, a page for people."""
    if wants_problem(request):
        return problem_response(refusal)
    template = "errors/429.html" if refusal.status == 429 else "errors/refusal.html"
    words = {"title": refusal.title, "detail": refusal.detail, "code": refusal.code}
    response = render(request, template, {**refusal.extra, **words}, status=refusal.status)
    if "retry_after" in refusal.extra:
        response["Retry-After"] = str(refusal.extra["retry_after"])
    return response


def tell_limits(get_response):
    """Say how far limits are used up that a request was counted against, and when to come back after a refusal."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        for usage in getattr(request, "limits", []):
            for name, value in usage.headers.items():
                response[name] = f"{response[name]}, {value}" if name in response else value
        if response.status_code == 429 and "Retry-After" not in response:
            response["Retry-After"] = "60"  # allauth's do not say when: none lasts much longer
        return response

    return middleware


def whole_sign_in(get_response):
    """A part of a page is no place to sign in at: for htmx the page is loaded anew, and leads there if it has to."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if "HX-Request" not in request.headers or response.status_code != 302:
            return response
        if urlsplit(response["Location"]).path != reverse(settings.LOGIN_URL):
            return response
        return HttpResponse(status=204, headers={"HX-Refresh": "true", "Cache-Control": "no-store"})

    return middleware


def admin_csp(get_response):
    """Give the admin's theme, and nothing else, the script and style sources it cannot do without."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if request.path.startswith("/admin/"):
            response._csp_update = settings.ADMIN_CSP
        return response

    return middleware
