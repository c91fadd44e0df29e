"""Mail of the accounts app, which brings its own words: how they become a letter."""

import re
from collections.abc import Sequence

from django.urls import reverse

from notifications.letter import Letter, Link

VERIFY = {"email_confirmation", "email_confirmation_signup", "address_change"}
WAY_IN = {"password_reset_key", "password_reset_code", "login_code", "account_already_exists", "unknown_account"}
WAY_IN |= {"address_change_told", "address_changed"}  # they lead to taking an account back
INVITATION = "team_invitation"
BUTTONS = {
    INVITATION: "See the invitation",
    "email_confirmation": "Confirm the address",
    "email_confirmation_signup": "Confirm the address",
    "address_change": "Confirm the address",
    "address_change_told": "Stop it",
    "address_changed": "Take it back",
    "password_reset_key": "Choose a new password",
    "account_already_exists": "Choose a new password",
    "unknown_account": "Create an account",
}
ADDRESS = re.compile(r"https?://\S+")
CODE = re.compile(r"[A-Z0-9]{3,}(-[A-Z0-9]{3,})*")
FACT = re.compile(r"(\w+): (.*)")


def kind_of(template: str) -> str:
    """The kind of message that a template of the accounts app makes."""
    if template in VERIFY:
        return "verify"
    if template == INVITATION:
        return INVITATION
    return "way_in" if template in WAY_IN else "security"


def private_letter(*, template: str, subject: str, text: str) -> Letter:
    """A template's words as a letter: a paragraph that is nothing but an address becomes the button, a code stands
    large, lines of "Word: value" become facts; what follows the button goes below it."""
    first, *rest = [part.strip() for part in re.split(r"\n\s*\n", text) if part.strip()]
    before, url, code, after = _around_the_button(rest)
    words = [part for part in before if not _facts(part)]
    link = Link(BUTTONS.get(template, "Go on"), url) if url else _account(template)
    return Letter(
        title=subject,
        line=first,
        link=link,
        topic="account",
        paragraphs=words,
        facts=[fact for part in before for fact in _facts(part)],
        code=code,
        notes=after,
    )


def _around_the_button(parts: Sequence[str]) -> tuple[list[str], str, str, list[str]]:
    """What stands before, the address or the code, and what stands after it."""
    for place, part in enumerate(parts):
        before, after = list(parts[:place]), list(parts[place + 1 :])
        if ADDRESS.fullmatch(part):
            return before, part, "", after
        if CODE.fullmatch(part):
            return before, "", part, after
    return list(parts), "", "", []


def _facts(part: str) -> list[tuple[str, str]]:
    """A paragraph's lines, if each names something and says what it is."""
    found = [FACT.fullmatch(line) for line in part.splitlines()]
    return [(one[1], one[2]) for one in found if one] if all(found) else []


def _account(template: str) -> Link:
    """Where to see to it, for what concerns an account there is."""
    is_notice = kind_of(template) == "security"
    return Link("Look at your account", reverse("account_profile")) if is_notice else Link("", "")
