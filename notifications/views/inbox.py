"""What mail was sent, on somebody's laptop: nowhere else is it kept."""

from collections.abc import Callable
from email.message import EmailMessage
from functools import wraps
from typing import Any

from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from notifications.mail import keeping
from notifications.mail.reading import attachments, framed_html, text_of

ON_A_PAGE = 50
# What a mail program would do at the most: styles and the pictures it brought; links open in place of our page.
FRAME = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'; "
FRAME += "sandbox allow-top-navigation-by-user-activation"

View = Callable[..., HttpResponse]


def where_mail_is_kept(view: View) -> View:
    """404 in production, and wherever mail really goes out."""

    @wraps(view)
    def only_there(request: HttpRequest, **named: Any) -> HttpResponse:
        if not settings.KEEPS_MAIL:
            raise Http404
        return view(request, **named)

    return never_cache(require_safe(only_there))


@where_mail_is_kept
def inbox(request: HttpRequest) -> HttpResponse:
    """All of it, the newest first."""
    page = Paginator(keeping.names(), ON_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "notifications/inbox.html", {"page": page, "mails": keeping.heads(list(page))})


@where_mail_is_kept
def mail(request: HttpRequest, *, name: str) -> HttpResponse:
    """One message: how it looks, its text, its headers, what is attached."""
    message = _message(name)
    [head] = keeping.heads([name])
    about = {
        "name": name,
        "head": head,
        "headers": message.items(),
        "text": text_of(message),
        "has_html": message.get_body(["html"]) is not None,
        "files": attachments(message),
    }
    return render(request, "notifications/inbox_mail.html", about)


@where_mail_is_kept
def mail_html(request: HttpRequest, *, name: str) -> HttpResponse:
    """The HTML, for a frame."""
    return in_a_frame(framed_html(_message(name)))


@where_mail_is_kept
def mail_file(request: HttpRequest, *, name: str, number: int) -> HttpResponse:
    """What is attached, to save."""
    found = attachments(_message(name))
    if number >= len(found):
        raise Http404
    file = found[number]
    return HttpResponse(
        file.content,
        content_type=file.content_type,
        headers={"Content-Disposition": content_disposition_header(True, file.name) or "attachment"},
    )


def in_a_frame(html: str) -> HttpResponse:
    """A mail's HTML as an answer that can do nothing but be looked at, in a frame of ours."""
    headers = {"Content-Security-Policy": FRAME, "X-Frame-Options": "SAMEORIGIN"}
    return HttpResponse(html, headers=headers)


def _message(name: str) -> EmailMessage:
    message = keeping.read(name)
    if message is None:
        raise Http404
    return message
