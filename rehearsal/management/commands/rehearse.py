"""`manage.py rehearse EVENT --buyers 1000 --by you@example.org`: try a rush before it comes."""

import signal
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from events.models import Event
from rehearsal import clone as clones
from rehearsal.crowd import MOST_CONNECTIONS
from rehearsal.errors import NoRehearsal
from rehearsal.rehearse import Crowding, rehearse
from rehearsal.words import in_words

PACE, CONNECTIONS = 50, 50


class Command(BaseCommand):
    help = "Let virtual buyers rush for a copy of an event, report what came of it, and leave nothing behind."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("event", nargs="?", help="slug or id; without it, the coming event that sells best")
        parser.add_argument("--by", metavar="EMAIL", help="your own account, platform staff: it is logged")
        parser.add_argument("--buyers", type=int, default=1000, help="how many (1000)")
        parser.add_argument("--url", default=settings.BASE_URL, help="where they go (BASE_URL)")
        parser.add_argument("--pace", type=float, help=f"requests a second at the most ({PACE})")
        parser.add_argument("--connections", type=int, help=f"at a time at the most ({CONNECTIONS})")
        parser.add_argument("--all-at-once", action="store_true", help="no limits: everybody at the same instant")
        parser.add_argument("--json", action="store_true", help="the report as JSON")
        parser.add_argument("--clean", action="store_true", help="only sweep away what a killed rehearsal left")
        parser.add_argument("--yes-on-production", action="store_true", help="do not ask")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with _sweeping_before_it_goes():
                return self._clean() if options["clean"] else self._rehearse(options)
        except NoRehearsal as reason:
            raise CommandError(str(reason)) from reason
        except KeyboardInterrupt:
            left = "Run it again with --clean." if clones.rehearsals().exists() else "Nothing of it is left."
            raise CommandError(f"Interrupted. {left}") from None

    def _clean(self) -> None:
        swept = clones.sweep_given_up(now=timezone.now())
        self.stdout.write(f"{swept} left-over rehearsals swept away.")
        if clones.rehearsals().exists():
            raise CommandError("One is running, or was killed less than half a minute ago: it is left alone.")

    def _rehearse(self, options: dict[str, Any]) -> None:
        by, event = _staff(options["by"]), _event(options["event"])
        crowding = _crowding(options)
        if settings.PRODUCTION and not options["yes_on_production"]:
            _confirm(event)
        if not options["json"]:
            self.stdout.write(_announcement(event, crowding, options["url"]))
        report = rehearse(event, by=by, crowding=crowding, address=options["url"])
        self.stdout.write(report.as_json() if options["json"] else in_words(report))
        if report.wrong:
            sys.exit(1)


@contextmanager
def _sweeping_before_it_goes() -> Iterator[None]:
    """While the block runs, what else would end the process on the spot is a Ctrl-C; so is a Ctrl-C that a shell, which
    started us in the background, would have us ignore."""
    signals = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = [signal.signal(number, signal.default_int_handler) for number in signals]
    try:
        yield
    finally:
        for number, handler in zip(signals, before, strict=True):
            signal.signal(number, handler)


def _staff(email: str | None) -> User:
    user = User.objects.filter(email__iexact=email or "", is_active=True, is_staff=True).first()
    if user is None:
        raise CommandError("Rehearsals are for platform staff: name your own account with --by you@example.org.")
    return user


def _event(wanted: str | None) -> Event:
    events = Event.objects.real().select_related("inventory")
    if wanted is None:
        coming = events.filter(status=Event.Status.PUBLISHED).upcoming(timezone.now())
        event = coming.order_by("-inventory__claimed", "id").first()
    else:
        event = events.filter(Q(slug=wanted) | Q(pk=_id(wanted))).first()
    if event is None:
        raise CommandError(f"There is no event {wanted}." if wanted else "There is no coming event.")
    if not event.types_for_sale().exists():
        raise CommandError(f"{event} has no ticket types that could be booked.")
    return event


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _crowding(options: dict[str, Any]) -> Crowding:
    buyers, brave = options["buyers"], options["all_at_once"]
    connections = options["connections"] or (MOST_CONNECTIONS if brave else CONNECTIONS)
    pace = options["pace"] or (None if brave else PACE)
    if not 0 < buyers <= 100_000 or not 0 < connections <= MOST_CONNECTIONS or (pace is not None and pace <= 0):
        raise CommandError(f"From 1 to 100,000 buyers, 1 to {MOST_CONNECTIONS:,} connections, and a pace above 0.")
    return Crowding(buyers, connections, pace)


def _confirm(event: Event) -> None:
    """On production somebody types what is going to be copied, or says so beforehand."""
    question = f"This is production. Real customers share it with the buyers. Type {event.slug} to go on: "
    if not sys.stdin.isatty() or input(question) != event.slug:
        raise CommandError("Nothing was done: confirm it, or add --yes-on-production.")


def _announcement(event: Event, crowding: Crowding, url: str) -> str:
    pace = f"{crowding.pace:g} requests a second" if crowding.pace else "no limit to their pace"
    return (
        f"{crowding.buyers:,} virtual buyers rush for a copy of “{event}” at {url}, "
        f"over at most {crowding.connections:,} connections, with {pace}. Ctrl-C ends it and cleans up."
    )
