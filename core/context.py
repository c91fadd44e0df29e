"""What every page's template may use."""

from django.conf import settings
from django.http import HttpRequest

from core.owner import NOBODY, owner_of


def page(request: HttpRequest) -> dict[str, object]:
    """`BASE_URL`, the page's canonical address, whose page it is (`core.owner`), whether this is somebody's laptop, and
    whether mail stays on it."""
    return {
        "BASE_URL": settings.BASE_URL,
        "canonical_url": settings.BASE_URL + request.path,
        "owner": lambda: owner_of(request.user) if hasattr(request, "user") else NOBODY,
        "local_mode": settings.ENVIRONMENT != "production",
        "keeps_mail": settings.KEEPS_MAIL,
    }
