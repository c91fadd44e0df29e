"""What a page asks that has no live connection: the same news, every few seconds."""

import re

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from core.errors import Invalid
from core.freshness import fingerprint, unless_known
from core.live.door import MOST_SUBJECTS
from events.live import news_document, read_newest

_IDS = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}(,[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})*")


@require_safe
def newest(request: HttpRequest) -> HttpResponseBase:
    """`?ids=<id>,<id>…`: the newest numbers of these events, as a live connection would send them; those that are not
    public are left out."""
    ids = request.GET.get("ids", "")
    if not _IDS.fullmatch(ids) or ids.count(",") >= MOST_SUBJECTS:
        raise Invalid({"ids": [f"Give the ids of 1 to {MOST_SUBJECTS} events, separated by commas."]})
    news = read_newest(ids.split(","))
    etag = fingerprint(ids, [(one.subject, one.digest) for one in news])

    def make() -> HttpResponse:
        return HttpResponse(news_document(news), content_type="application/json")

    return unless_known(request, f'W/"{etag}"', make)
