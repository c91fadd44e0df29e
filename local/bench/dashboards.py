"""The measured sections of figures: pages of an organiser with a million bookings, one visitor at a time."""

from django.core.management import call_command
from django.urls import reverse

from accounts.models import User
from events.models import Event
from local.bench import calls, world
from local.bench.bench import Bench
from local.bench.samples import Sample, answered_only, sample_of

ELSEWHERE = "&zone=Asia/Kathmandu"  # 5:45 from UTC: no day there is whole hours of UTC


def event(bench: Bench, *, period: str) -> Sample:
    """The event with a fifth of all bookings."""
    hot, _ = _seeded(bench)
    return _page(bench, f"{reverse('figures:event', args=[hot.slug])}?range={period}")


def team(bench: Bench, *, period: str) -> Sample:
    """The team of that event."""
    hot, _ = _seeded(bench)
    return _page(bench, f"{reverse('figures:team')}?team={hot.organizer_id}&range={period}")


def platform(bench: Bench, *, period: str) -> Sample:
    """All events."""
    return _page(bench, f"{reverse('figures:platform')}?range={period}")


def home(bench: Bench) -> Sample:
    """The home of somebody who runs all these events, 90 days."""
    return _page(bench, f"{reverse('organise:home')}?days=90")


def _page(bench: Bench, path: str) -> Sample:
    _, owner = _seeded(bench)
    [session] = world.sessions_of([owner.pk]).values()
    call = calls.read(path, {"Cookie": calls.session_cookie(world.Buyer(owner.pk, "", session))})
    options = {"seconds": bench.scale.seconds, "repeat": True, "bodies": False}
    crowd, spent = bench.rush([call], connections=1, **options)
    return sample_of(crowd, spent, answered_only(crowd, (200,)))


def _seeded(bench: Bench) -> tuple[Event, User]:
    """The event with most bookings and the one who runs it, made at the first question."""
    hot = Event.objects.filter(title="Seeded evening 1").first()
    if hot is None:
        call_command("seed_bookings", count=bench.scale.history)
        hot = Event.objects.get(title="Seeded evening 1")
        # As sessions are made for: no password; and staff, without a second factor here.
        hot.organizer.members.update(password="!", is_staff=True)  # noqa: S106
    return hot, hot.organizer.members.get()
