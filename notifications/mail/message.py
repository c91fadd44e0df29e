"""A delivery as an e-mail message (RFC 5322, MIME)."""

import unicodedata
from collections.abc import Sequence
from email.mime.base import MIMEBase
from email.mime.image import MIMEImage
from email.utils import format_datetime, formataddr, parseaddr

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, SafeMIMEMultipart
from django.utils import timezone

from notifications import unsubscribing
from notifications.kinds import Channel
from notifications.letter import Letter
from notifications.mail import enclosures
from notifications.mail.rendering import render
from notifications.models import Delivery, Notice

LONGEST_NAME = 70
LOOKS_LIKE_AN_ADDRESS = frozenset('@<>"\\')


class Mail(EmailMultiAlternatives):
    """Text, HTML with the pictures it shows, and what is attached. `answer` is what the server said to it.

    Pictures are attachments with `Content-Disposition: inline`, where mail providers' libraries look for them; for SMTP
    they go into one multipart/related with the HTML (RFC 2387), so that no mail program lists them as files.
    """

    answer = ""

    @property
    def pictures(self) -> list[MIMEBase]:
        """Those that the HTML shows."""
        return [one for one in self.attachments if _is_inline(one)]

    def _create_attachments(self, msg):
        everything = self.attachments
        self.attachments = [one for one in everything if not _is_inline(one)]
        try:
            return super()._create_attachments(msg)  # type: ignore[misc]
        finally:
            self.attachments = everything

    def _create_mime_attachment(self, content, mimetype):
        part = super()._create_mime_attachment(content, mimetype)  # type: ignore[misc]
        if mimetype != "text/html" or not self.pictures:
            return part
        related = SafeMIMEMultipart(_subtype="related", encoding=self.encoding, type="text/html")
        for one in [part, *self.pictures]:
            related.attach(one)
        return related


def message_of(delivery: Delivery, letter: Letter) -> Mail:
    """The whole message. Needs the delivery's notice with its recipient; reads the booking whose tickets come along."""
    notice = delivery.notice
    tickets = enclosures.tickets_of(letter)
    codes = enclosures.codes_of(tickets)
    unsubscribe_url = _unsubscribe_url(notice)
    rendered = render(
        enclosures.with_count(letter, tickets),
        notice.sort,
        to_account=notice.recipient_id is not None,
        unsubscribe_url=unsubscribe_url,
        codes=codes,
    )
    mail = Mail(
        one_line(letter.title),
        rendered.text,
        _sender(letter.by),
        [delivery.address],
        headers=_headers(delivery.message_id, unsubscribe_url),
        attachments=[*map(_picture, codes), *enclosures.files_of(letter, tickets)],
    )
    mail.attach_alternative(rendered.html, "text/html")
    return mail


def one_line(text: str) -> str:
    """Without line breaks and other control characters, which would end a header."""
    return " ".join("".join(" " if unicodedata.category(one)[0] == "C" else one for one in text).split())


def _headers(message_id: str, unsubscribe_url: str) -> dict[str, str]:
    headers = {
        "Message-ID": message_id,
        "Date": format_datetime(timezone.now()),  # "+0000"; Django's "-0000" would be a clock of unknown zone
        "Auto-Submitted": "auto-generated",  # RFC 3834: no holiday notes come back
    }
    if unsubscribe_url:
        headers["List-Unsubscribe"] = f"<{unsubscribe_url}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"  # RFC 8058
    return headers


def _unsubscribe_url(notice: Notice) -> str:
    """Empty where e-mail of this kind can't be switched off, or belongs to no account."""
    if notice.recipient_id is None or Channel.EMAIL in notice.sort.always:
        return ""
    return unsubscribing.url(notice.recipient_id, notice.kind)


def _sender(by: str) -> str:
    """'Lantern & Sons via Evently <tickets@…>'; without their name where it could pass for another address."""
    ours, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    name = one_line(by)[:LONGEST_NAME].strip()
    if not name or LOOKS_LIKE_AN_ADDRESS.intersection(name):
        return settings.DEFAULT_FROM_EMAIL
    return formataddr((f"{name} via {ours or 'Evently'}", address))


def _picture(code) -> MIMEImage:
    picture = MIMEImage(code.picture, "png")
    picture.add_header("Content-ID", f"<{code.cid}>")
    picture.add_header("Content-Disposition", "inline", filename=f"{code.text}.png")
    return picture


def _is_inline(attachment: MIMEBase | Sequence) -> bool:
    return isinstance(attachment, MIMEBase) and attachment.get_content_disposition() == "inline"
