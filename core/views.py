"""Answers for what went wrong: a problem document for programs, a page for people."""

import structlog
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from core.errors import TooManyRequests
from core.middleware import refuse
from core.rest.problems import MEDIA_TYPE, problem, wants_problem


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _answer(request, 400, "The request could not be understood.")


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _answer(request, 403, "You may not do that.")


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _answer(request, 404, "There is nothing here, or it is not yours to see.")


def server_error(request: HttpRequest) -> HttpResponse:
    """Ours to mend: the reference is the request id under which the logs tell more."""
    request_id = structlog.contextvars.get_contextvars().get("request_id", "")
    if wants_problem(request):
        detail = f"Something broke on our side. Reference: {request_id}"
        return JsonResponse(problem(500, detail=detail), status=500, content_type=MEDIA_TYPE)
    # Without context processors: those may be what broke.
    return HttpResponse(render_to_string("500.html", {"request_id": request_id}), status=500)


def too_many_requests(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Where allauth's own limits lead, which are counted by the minute."""
    return refuse(request, TooManyRequests("That was a lot in a short time. Try again in a minute.", 60))


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form came back without its secret: a stale tab, or somebody else's page."""
    return render(request, "errors/csrf.html", status=403)


def _answer(request: HttpRequest, status: int, detail: str) -> HttpResponse:
    if wants_problem(request):
        return JsonResponse(problem(status, detail=detail), status=status, content_type=MEDIA_TYPE)
    return render(request, f"{status}.html", status=status)
