"""What a worker does when the accounts app has announced something."""

from django.core.mail import EmailMultiAlternatives

from accounts.facts import mail_requested
from core.facts import on


@on(mail_requested)
def send_mail(*, to: str, subject: str, text: str, message_id: str, html: str = "") -> None:
    """Send one message. A second try carries the same Message-ID, so that mailboxes can tell."""
    message = EmailMultiAlternatives(subject, text, to=[to], headers={"Message-ID": message_id})
    if html:
        message.attach_alternative(html, "text/html")
    message.send()
