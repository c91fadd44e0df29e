"""Problem documents (RFC 9457): the one form in which the API says no."""

from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.http import Http404, HttpRequest, JsonResponse
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import exception_handler as drf_exception_handler

from core.errors import DomainError, Invalid
from core.tally import Counter

MEDIA_TYPE = "application/problem+json"
CHALLENGE = 'Bearer realm="Evently"'

_CODES = {
    400: "invalid",
    401: "not-authenticated",
    403: "not-allowed",
    404: "not-found",
    405: "method-not-allowed",
    406: "not-acceptable",
    413: "too-large",
    415: "unsupported-media-type",
    429: "too-many-requests",
    500: "server-error",
}


def problem(status: int, *, code: str = "", title: str = "", detail: str = "", **extra: object) -> dict[str, Any]:
    """A problem document; `type` is a stable path under the API's documentation."""
    code = code or _CODES.get(status, "error")
    return {
        "type": f"/api-docs#{code}",
        "title": title or HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "code": code,
        **extra,
    }


REFUSALS = Counter("evently_api_refusals_total", "Refusals by the API, by their code.", ["code"])


def from_domain_error(refusal: DomainError) -> dict[str, Any]:
    """The problem document of a refusal."""
    REFUSALS.add(refusal.code)
    extra = dict(refusal.extra)
    if isinstance(refusal, Invalid):
        extra["errors"] = refusal.errors
    return problem(refusal.status, code=refusal.code, title=refusal.title, detail=refusal.detail, **extra)


def wants_problem(request: HttpRequest) -> bool:
    """Whether the answer goes to a program: everything under /api/ does."""
    return request.path.startswith("/api/")


def problem_response(refusal: DomainError) -> JsonResponse:
    """A refusal as a plain Django response, for doors outside REST framework."""
    response = JsonResponse(from_domain_error(refusal), status=refusal.status, content_type=MEDIA_TYPE)
    _add_retry_after(response, refusal)
    return response


def exception_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """REST framework's hook: every refusal becomes a problem document; bugs stay bugs (None: a 500)."""
    if isinstance(error, RequestDataTooBig):
        most = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        response = Response(problem(413, detail=f"The body may have at most {most} bytes."), status=413)
    elif isinstance(error, DomainError):
        response = Response(from_domain_error(error), status=error.status)
        _add_retry_after(response, error)
    else:
        # The framework's own handler also rolls back an ATOMIC_REQUESTS transaction and sets headers.
        found = drf_exception_handler(error, context)
        if found is None:
            return None
        response = found
        response.data = _from_framework_error(error, response)
    if response.status_code == 401:
        response["WWW-Authenticate"] = CHALLENGE
    response.content_type = MEDIA_TYPE
    return response


def _add_retry_after(response: Any, refusal: DomainError) -> None:
    if "retry_after" in refusal.extra:
        response["Retry-After"] = str(refusal.extra["retry_after"])


def _from_framework_error(error: Exception, response: Response) -> dict[str, Any]:
    if isinstance(error, exceptions.ValidationError):
        errors = flatten(error.detail)
        return problem(400, detail=_summary(errors), title="Please check what you sent", errors=errors)
    if isinstance(error, exceptions.ParseError):
        return problem(400, code="malformed", title="Malformed request", detail=str(error.detail))
    if isinstance(error, Http404):
        return problem(404, detail="There is nothing here, or it is not yours to see.")
    if isinstance(error, PermissionDenied):
        return problem(403, detail="You may not do that.")
    return problem(response.status_code, detail=str(getattr(error, "detail", error)))


def flatten(detail: Any, prefix: str = "") -> dict[str, list[str]]:
    """Nested validation errors as flat ones: {'items.0.quantity': ['…']}."""
    if isinstance(detail, dict):
        nested = [(_join(prefix, str(key)), value) for key, value in detail.items()]
    elif isinstance(detail, list) and any(isinstance(item, dict | list) for item in detail):
        nested = [(_join(prefix, str(index)), value) for index, value in enumerate(detail)]
    else:
        sentences = detail if isinstance(detail, list) else [detail]
        return {prefix or "non_field_errors": [str(sentence) for sentence in sentences]} if sentences else {}
    return {name: sentences for key, value in nested for name, sentences in flatten(value, key).items()}


def _join(prefix: str, key: str) -> str:
    """'items' and '0' are 'items.0'; what is wrong with the items as a whole is said of 'items'."""
    if not prefix or key == "non_field_errors":
        return prefix or key
    return f"{prefix}.{key}"


def _summary(errors: dict[str, list[str]]) -> str:
    return " ".join(f"{name}: {' '.join(sentences)}" for name, sentences in errors.items())
