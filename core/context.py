"""What every page's template may use."""

from django.conf import settings
from django.http import HttpRequest


def page(request: HttpRequest) -> dict[str, object]:
    """`csp_nonce` (django-htmx asks for it by that name), `BASE_URL`, and the page's canonical address."""
    return {
        "csp_nonce": getattr(request, "csp_nonce", ""),
        "BASE_URL": settings.BASE_URL,
        "canonical_url": settings.BASE_URL + request.path,
        "local_mode": settings.ENVIRONMENT != "production",
    }
