"""What a worker does when the accounts app has announced something; and what signing out ends."""

from typing import Any

from django.contrib.auth.signals import user_logged_out
from django.core.mail import EmailMultiAlternatives
from django.dispatch import receiver
from django.http import HttpRequest

from accounts.facts import mail_requested
from core.facts import on
from core.live.marks import session_ended
from core.live.messages import session_digest


@on(mail_requested)
def send_mail(*, to: str, subject: str, text: str, message_id: str, html: str = "") -> None:
    """Send one message. A second try carries the same Message-ID, so that mailboxes can tell."""
    message = EmailMultiAlternatives(subject, text, to=[to], headers={"Message-ID": message_id})
    if html:
        message.attach_alternative(html, "text/html")
    message.send()


@receiver(user_logged_out)
def close_live_pages(*, request: HttpRequest | None, **_: Any) -> None:
    """Other tabs of theirs are told nothing more that is theirs alone."""
    if request is not None and (key := request.session.session_key):
        session_ended(session_digest(key))
