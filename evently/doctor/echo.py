"""What a web process sees of a request: told to the doctor alone, who proves that it has the same SECRET_KEY."""

import time
from dataclasses import asdict, dataclass

from django.core.signing import BadSignature, TimestampSigner
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from core.limits import client_address

PATH = "/doctor"
FRESH_SECONDS = 60
_WORD = "what do you see"


@dataclass(frozen=True)
class Seen:
    """`proxies`: how many have put an address into X-Forwarded-For. `at`: the process's clock."""

    secure: bool
    host: str
    address: str
    proxies: int
    at: float


def token() -> str:
    """What opens the door for a minute."""
    return _signer().sign(_WORD)


@require_safe
def echo(request: HttpRequest) -> HttpResponse:
    """404 without the doctor's token."""
    try:
        _signer().unsign(request.GET.get("token", ""), max_age=FRESH_SECONDS)
    except BadSignature:
        return HttpResponse("Not found.", status=404, content_type="text/plain")
    forwarded = [word for word in request.headers.get("X-Forwarded-For", "").split(",") if word.strip()]
    host = request.META.get("HTTP_HOST", "")
    seen = Seen(request.is_secure(), host, client_address(request), len(forwarded), time.time())
    return JsonResponse(asdict(seen), headers={"Cache-Control": "no-store"})


def _signer() -> TimestampSigner:
    return TimestampSigner(salt="evently.doctor")
