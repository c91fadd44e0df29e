"""Every message as it looks, made without the database: its shortest and its longest plausible letter."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership
from accounts.models.invitation import GOOD_FOR
from accounts.permissions import ABILITIES
from core.moments import in_words
from notifications import samples, unsubscribing
from notifications.kinds import Channel
from notifications.letter import Letter, composer
from notifications.letters.private import private_letter
from notifications.mail import enclosures
from notifications.mail.reading import in_one
from notifications.mail.rendering import Code, Rendered, render
from notifications.models import Notice
from notifications.push.message import Message
from notifications.push.message import message_of as push_of

LENGTHS = ("shortest", "longest")
# The accounts app's templates: for the shortest and the longest.
TEMPLATES = {
    "verify": ("email_confirmation", "email_confirmation_signup"),
    "way_in": ("login_code", "unknown_account"),
    "security": ("password_set", "email_changed"),
    "team_invitation": ("team_invitation", "team_invitation"),
}


@dataclass(frozen=True)
class Preview:
    """One kind of message at one length, by all its channels."""

    length: str
    notice: Notice
    letter: Letter
    codes: Sequence[Code]

    @property
    def mail(self) -> Rendered | None:
        """None for a kind that is never sent as mail."""
        if Channel.EMAIL not in self.notice.sort.channels:
            return None
        may_stop = Channel.EMAIL not in self.notice.sort.always
        url = unsubscribing.url(samples.ADA.pk, self.notice.kind) if may_stop else ""
        return render(self.letter, self.notice.sort, unsubscribe_url=url, codes=self.codes)

    @property
    def framed(self) -> str:
        """The mail's HTML with its pictures in it."""
        pictures = {code.cid: code.picture for code in self.codes}
        return in_one(self.mail.html, pictures) if self.mail else ""

    @property
    def push(self) -> Message | None:
        """None for a kind that is never pushed."""
        pushed = Channel.PUSH in self.notice.sort.channels
        return push_of(self.notice, self.letter, now=timezone.now()) if pushed else None

    @property
    def in_bell(self) -> bool:
        return Channel.BELL in self.notice.sort.channels


def preview(kind: str, length: str) -> Preview:
    """KeyError for a kind that there is not; ValueError for a length."""
    at = LENGTHS.index(length)
    notice = Notice(kind=kind, recipient=samples.ADA, data=samples.DATA.get(kind, _no_data)(at == 1))
    letter, tickets = _letter(notice, kind, at)
    notice.title, notice.line = letter.title, letter.line
    return Preview(length, notice, enclosures.with_count(letter, tickets), enclosures.codes_of(tickets))


def _letter(notice: Notice, kind: str, at: int) -> tuple[Letter, list]:
    if kind in TEMPLATES:
        return _private(TEMPLATES[kind][at], long=at == 1), []
    subject = samples.SUBJECTS[kind](at == 1)
    letter = composer(kind)(notice, subject)
    if letter is None:
        raise LookupError(f"The sample for {kind!r} is one that has nothing to say.")
    return letter, samples.tickets(subject) if letter.tickets_of else []


def _private(template: str, *, long: bool) -> Letter:
    words = {
        "email": samples.address(long),
        "from_email": samples.address(long),
        "to_email": samples.address(long),
        "code": "" if long else "KX7-42Q",
        "activate_url": settings.BASE_URL + reverse("account_confirm_email", args=["x" * 80]),
        "signup_url": settings.BASE_URL + reverse("account_signup"),
        "login_url": settings.BASE_URL + reverse("account_login"),
        "confirms_first": long,
        "timestamp": timezone.now(),
        **_invited(long),
        "ip": "2001:0db8:85a3:0000:0000:8a2e:0370:7334" if long else "::1",
        "user_agent": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) " * 3 if long else "Lynx",
    }
    folder = f"account/email/{template}"
    subject = render_to_string(f"{folder}_subject.txt", words).strip()
    text = render_to_string(f"{folder}_message.txt", words)
    return private_letter(template=template, subject=subject, text=text)


def _invited(long: bool) -> dict[str, Any]:
    """To a team, by somebody of it."""
    role = Membership.Role.MANAGER if long else Membership.Role.DOOR
    return {
        "by": samples.GRACE if long else samples.ADA,
        "team": samples.team(long),
        "role": role.label,
        "may": ABILITIES[role],
        "url": settings.BASE_URL + reverse("organise:invitation_link", args=["x" * 80]),
        "until": in_words(timezone.now() + GOOD_FOR),
    }


def _no_data(long: bool) -> dict[str, Any]:
    return {}
