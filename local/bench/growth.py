"""The same sections with more and more in the database: the curve should be flat."""

from functools import partial
from typing import Any

from bookings.models import Booking
from events.models import Event
from local.bench import booking, calls, machine, reading, truth
from local.bench.bench import Bench
from local.bench.filling import EVENTS_PER_BOOKING, fill, number_customers
from local.bench.samples import Sample, as_json, sample_of
from local.bench.scale import Asked
from local.bench.sections import Section, go_through
from local.bench.world import Buyer
from rehearsal.crowd import Call

SIZES = (1000, 30_000, 1_000_000)  # bookings; a tenth as many events
SIZES_QUICK = (100, 1000)
HISTORY = 50  # bookings of the customer who looks at their own


def measure(bench: Bench, asked: Asked) -> dict[str, Any]:
    """Fill, measure, fill more. A fifth of all bookings is the history of one hot event."""
    hot, regular = bench.event(), next(bench.visitors)
    example = _examples(bench, regular)
    number_customers(but=regular.id)
    chosen = {key: one for key, one in _sections(bench, hot, regular).items() if asked.wants(key)}
    sizes, filled = {}, 0
    for size in SIZES_QUICK if asked.quick else SIZES:
        fill(example, hot, bookings=range(filled, size))
        filled, name = size, f"{size:,} bookings, {size // EVENTS_PER_BOOKING:,} events"
        sizes[name] = as_json([go_through(bench, chosen, name) for _ in range(asked.times)])
    titles = {key: section.title for key, section in chosen.items()}
    return {"titles": titles, "sizes": sizes, "memory": machine.memory(bench.roots)}


def _examples(bench: Bench, regular: Buyer) -> Booking:
    """A regular customer's bookings, one of which is the model of all the others."""
    events = [bench.event() for _ in range(HISTORY)]
    bench.rush([calls.book(event.pk, regular) for event in events], connections=1)
    return Booking.objects.select_related("event").get(event=events[0])


def _sections(bench: Bench, hot: Event, regular: Buyer) -> dict[str, Section]:
    """Reads are signed in: the cache of public answers would hide what one costs."""
    cookie = {"Cookie": calls.session_cookie(regular)}
    token = {"Authorization": f"Bearer {regular.token}"}
    people = bench.scale.crowd
    return {
        "book.new": Section(f"{people:,} people at once, new event", partial(booking.at_once, people=people)),
        "book.hot": Section(f"{people:,} people at once, a fifth of all bookings", partial(_at_once, event=hot)),
        "list": _read("event list", calls.read("/", cookie)),
        "page": _read("event page", calls.read(hot.get_absolute_url(), cookie)),
        "api.list": _read("API event list", calls.read("/api/events", token)),
        "api.search": _read("API search, a rare word", calls.read("/api/events?search=42", token)),
        "api.search.all": _read("API search, a word of every event", calls.read("/api/events?search=river", token)),
        "api.availability": _read("API availability", calls.read(f"/api/events/{hot.pk}/availability", token)),
        "my.page": _read("my bookings, page", calls.read("/bookings/", cookie)),
        "my.api": _read("my bookings, API", calls.read("/api/bookings/my", token)),
    }


def _read(title: str, call: Call) -> Section:
    return Section(title, partial(reading.again, call=call, status=200))


def _at_once(bench: Bench, *, event: Event) -> Sample:
    """Everybody at the same instant, for an event with history."""
    before = Booking.objects.confirmed().filter(event=event).count()
    prepared = [calls.book(event.pk, next(bench.buyers)) for _ in range(bench.scale.crowd)]
    crowd, spent = bench.rush(prepared, connections=bench.scale.crowd)
    return sample_of(crowd, spent, truth.added(crowd, event.pk, before))
