"""What is said to those who run events."""

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from django.urls import reverse

from accounts.models import Team
from core import money
from events.models import Event
from notifications.letter import Letter, Link, letter
from notifications.letters.wording import counted, listed, shortened, titled, when
from notifications.models import Notice


def events(ids: Iterable[UUID]) -> dict[UUID, Event]:
    """One statement, however many."""
    return {event.pk: event for event in Event.objects.with_place().filter(pk__in=list(ids))}


def teams(ids: Iterable[UUID]) -> dict[UUID, Team]:
    """One statement, however many."""
    return Team.objects.in_bulk(list(ids))


@letter("sold_out", events)
def sold_out(notice: Notice, event: Event) -> Letter | None:
    """The last seat of what is on sale is booked."""
    house, line = event.inventory, reverse("line:line", args=[event.slug])
    waiting = [("In line", counted(house.waiting, "party", "parties"))] if house.waiting else []
    return Letter(
        title=titled("", event.title, "is sold out"),
        line="Every ticket on sale is booked.",
        link=Link("See the event", reverse("organise:event", args=[event.slug])),
        second=Link("See the waitlist", line),
        topic=f"event:{event.pk}",
        paragraphs=["Who still wants to come can join the waitlist."],
        facts=[
            ("When", when(event)),
            ("Booked", f"{house.claimed - house.held:,} of {house.capacity:,} seats"),
            *waiting,
        ],
        notes=["More room? Raise the capacity: those in line are offered seats first, in order, by themselves."],
    )


@letter("daily_summary", teams)
def daily_summary(notice: Notice, team: Team) -> Letter | None:
    """What happened on one day, as it was counted on the morning after (`notice.data`)."""
    data = notice.data
    day = date.fromisoformat(data["day"])
    happened = _what_happened(data)
    return Letter(
        title=f"{happened[0]} on {day:%A}: {shortened(team.name, 35)}",
        line=f"{day:%A} {day.day} {day:%B}: {listed(happened)}.",
        link=Link("See your events", reverse("organise:home")),
        topic=f"summary:{team.pk}",
        facts=[
            ("Tickets sold", f"{data['sold']:,}"),
            *_money(data),
            ("Tickets cancelled", f"{data['cancelled']:,}"),
            ("Joined a waitlist", counted(data["joined"], "party", "parties")),
            ("In line now", counted(data["waiting"], "party", "parties")),
            *((shortened(title, 60), words) for title, words in data["coming"]),
        ],
        notes=["Days on which nothing happens are not written about."],
    )


def _money(data: dict[str, Any]) -> list[tuple[str, str]]:
    """The sums there are, each by its currencies; older notices know only of the door."""
    kinds = [("Came in", "paid"), ("Awaited by bank transfer", "awaited"), ("To be paid at the door", "income")]
    return [
        (term, listed([money.words(total, currency) for currency, total in data[key].items()]))
        for term, key in kinds
        if data.get(key)
    ]


def _what_happened(data: dict[str, Any]) -> list[str]:
    """The numbers that are not 0, the best news first."""
    found = [
        (data["sold"], f"{counted(data['sold'], 'ticket')} sold"),
        (data["joined"], f"{counted(data['joined'], 'party', 'parties')} joined a waitlist"),
        (data["cancelled"], f"{counted(data['cancelled'], 'ticket')} cancelled"),
    ]
    return [words for number, words in found if number] or ["Nothing sold"]
