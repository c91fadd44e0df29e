"""A letter as an e-mail, handed to the mail server."""

from django.core.mail import EmailMultiAlternatives

from notifications.letter import Letter
from notifications.models import Delivery


def send(delivery: Delivery, letter: Letter) -> str:
    """Send it; returns what the server answered. A second try carries the same Message-ID."""
    text = "\n\n".join([letter.line, *letter.paragraphs])
    message = EmailMultiAlternatives(
        letter.title, text, to=[delivery.address], headers={"Message-ID": delivery.message_id}
    )
    message.send()
    return ""
