"""What is said about an account, but for what must stay secret."""

from collections.abc import Iterable
from uuid import UUID

from django.urls import reverse

from accounts.models import User
from notifications.letter import Letter, Link, letter
from notifications.models import Notice


def people(ids: Iterable[UUID]) -> dict[UUID, User]:
    """One statement, however many."""
    return User.objects.in_bulk(list(ids))


@letter("welcome", people)
def welcome(notice: Notice, person: User) -> Letter | None:
    """Once, when somebody has confirmed their address."""
    return Letter(
        title="Welcome to Evently",
        line="Your address is confirmed, and your account is ready.",
        link=Link("Find an event", reverse("events:list")),
        second=Link("Your account", reverse("account_profile")),
        topic=f"account:{person.pk}",
        paragraphs=[
            f"Hello {person}, good to have you here.",
            "Book tickets in a few taps, and find them under My bookings. Where an event is sold out, join its "
            "waitlist: we write to you when seats come free. Do you put on events yourself? Found a team, and "
            "publish your first one.",
        ],
        notes=["Your account is also where you choose what we write to you about."],
    )
