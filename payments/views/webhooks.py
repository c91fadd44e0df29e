"""Where providers tell us that something has happened."""

import structlog
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from core.limits import limit
from core.rest.problems import problem_response
from payments import operations, providers
from payments.errors import MessageTooLong, NotOurs
from payments.models import Account
from payments.providers.protocol import Forged

log = structlog.get_logger(__name__)

MOST_BYTES = 256 * 1024


@csrf_exempt  # signed by the provider instead
@require_POST
def webhook(request: HttpRequest, provider: str, account_id: int | None = None) -> HttpResponse:
    """204 once it is written down, and again when it is repeated; the provider is asked by a worker. 400 for what is
    not signed as it should be, 413 for what is too long, 404 where nobody is to be heard, 429 for what is to be
    sent again later."""
    limit(request, "webhook")
    sender = providers.by_name(provider)
    if sender is None or sender.by_hand:
        raise Http404("There is no such provider.")
    account = get_object_or_404(Account, pk=account_id) if account_id is not None else None
    if int(request.headers.get("Content-Length") or 0) > MOST_BYTES:
        return problem_response(MessageTooLong(f"A message may have at most {MOST_BYTES} bytes."))
    try:
        hint = sender.read_event(request.body, request.headers, account)
    except Forged as forged:
        log.warning("webhook_forged", provider=provider, reason=str(forged).splitlines()[0][:200])
        return problem_response(NotOurs("This message is not signed as it should be, or it is too old."))
    if hint:
        operations.hear(provider=provider, account=account, hint=hint, now=timezone.now())
    return HttpResponse(status=204)
