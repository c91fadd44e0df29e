"""What every page's template may use."""

from django.conf import settings
from django.http import HttpRequest


def page(request: HttpRequest) -> dict[str, object]:
    """`BASE_URL`, the page's canonical address, whether this is somebody's laptop, and whether mail stays on it."""
    return {
        "BASE_URL": settings.BASE_URL,
        "canonical_url": settings.BASE_URL + request.path,
        "local_mode": settings.ENVIRONMENT != "production",
        "keeps_mail": settings.KEEPS_MAIL,
    }
