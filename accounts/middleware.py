"""What holds for all pages of an account, and for all visits of whoever is signed in."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers

from accounts.sign_ins import note_visit


def private_pages(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Codes, secrets and addresses are not to be found in a browser's cache after signing out."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        note_visit(request, timezone.now())
        if request.path.startswith("/account/"):
            add_never_cache_headers(response)
        return response

    return middleware
