"""The parts of a message that was read back."""

from base64 import b64encode
from dataclasses import dataclass
from email.message import EmailMessage

TO_THE_TOP = '<base target="_top">'  # in a frame, links lead out of it


@dataclass(frozen=True)
class File:
    name: str
    content_type: str
    content: bytes


def text_of(message: EmailMessage) -> str:
    """The plain text; empty where there is none."""
    body = message.get_body(["plain"])
    return str(body.get_content()) if body else ""


def framed_html(message: EmailMessage) -> str:
    """The HTML with its pictures in it, to be shown in a frame."""
    body = message.get_body(["html"])
    return in_one(str(body.get_content()), _pictures(message)) if body else ""


def in_one(html: str, pictures: dict[str, bytes]) -> str:
    """The HTML with these PNG pictures, by content id, in place of the references to them."""
    for cid, picture in pictures.items():
        html = html.replace(f"cid:{cid}", f"data:image/png;base64,{b64encode(picture).decode()}")
    return html.replace("<head>", f"<head>{TO_THE_TOP}", 1)


def attachments(message: EmailMessage) -> list[File]:
    """What a mail program would list as files."""
    return [_file(part, number) for number, part in enumerate(message.iter_attachments()) if not part.is_multipart()]


def _file(part: EmailMessage, number: int) -> File:
    content = part.get_content()
    name = part.get_filename() or f"attachment-{number + 1}"
    return File(name, part.get_content_type(), content.encode() if isinstance(content, str) else content)


def _pictures(message: EmailMessage) -> dict[str, bytes]:
    parts = (part for part in message.walk() if part.get_content_type() == "image/png" and part["Content-ID"])
    return {part["Content-ID"].strip("<>"): part.get_content() for part in parts}
