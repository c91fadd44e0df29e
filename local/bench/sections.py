"""All that is measured, in the order of the table."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from local.bench import booking, dashboards, live, posting, reading
from local.bench.bench import Bench
from local.bench.report import number
from local.bench.samples import Sample
from local.bench.scale import Scale

READ = {
    "list": ("event list", "/"),
    "page": ("event page", "{page}"),
    "api.list": ("API event list", "/api/events"),
    "api.event": ("API event", "/api/events/{id}"),
    "api.availability": ("API availability", "/api/events/{id}/availability"),
}


@dataclass(frozen=True)
class Section:
    title: str
    run: Callable[[Bench], Sample]


def sections(scale: Scale) -> dict[str, Section]:
    """By key; the title says the numbers of this scale."""
    writing = {**_yardsticks(), **_bookings(scale), **_forms(scale)}
    others = {**_reads(scale), **_browsing(), **_live(scale), **_posting(scale)}
    return {**writing, **others, **_dashboards(scale)}  # these last: they make a million bookings


def go_through(bench: Bench, chosen: Mapping[str, Section], label: str) -> dict[str, Sample]:
    """Measure them one after the other, saying so."""
    done = {}
    for key, section in chosen.items():
        try:
            done[key] = section.run(bench)
        except Exception as error:  # one section that breaks must not cost the figures of the others
            done[key] = Sample(0, 0, failures=[f"{type(error).__name__}: {error}"])
        rate = number(done[key].per_second)
        wrong = [f"\n    WRONG: {failure}" for failure in done[key].failures]
        print(f"{label}  {section.title:60} {rate:>8} per s", *wrong, flush=True)
    return done


def _yardsticks() -> dict[str, Section]:
    return {
        f"pgbench.{clients}": Section(
            f"pgbench, one statement a booking, {clients} connections", partial(booking.pgbench, clients=clients)
        )
        for clients in (1, 8, 64)
    }


def _bookings(scale: Scale) -> dict[str, Section]:
    small, large = scale.crowd, scale.large_crowd
    many, spread = scale.steady, scale.events
    return {
        "book.one": Section("API booking, 1 client", partial(booking.steady, connections=1)),
        "book.steady": Section(f"API booking, {many} clients", partial(booking.steady, connections=many)),
        "book.keyed": Section(
            f"API booking with Idempotency-Key, {many} clients",
            partial(booking.steady, connections=many, with_key=True),
        ),
        "book.crowd": Section(f"API booking, {small:,} people at once", partial(booking.at_once, people=small)),
        "book.large_crowd": Section(f"API booking, {large:,} people at once", partial(booking.at_once, people=large)),
        "book.events": Section(
            f"API booking, {small:,} people at once for {spread} events",
            partial(booking.at_once, people=small, events=spread),
        ),
        "book.few_seats": Section(f"API booking, {small:,} people at once for {scale.seats} seats", booking.few_seats),
        "book.sold_out": Section(f"API booking, sold out, {many} clients", booking.sold_out),
        "book.worker": Section(f"API booking, {small:,} people at once, worker running", booking.with_worker),
    }


def _forms(scale: Scale) -> dict[str, Section]:
    return {
        "form.steady": Section(f"HTML form, {scale.steady} clients", booking.form_steady),
        "form.crowd": Section(f"HTML form, {scale.crowd:,} people at once", booking.form_at_once),
    }


def _reads(scale: Scale) -> dict[str, Section]:
    found = {}
    for key, (title, path) in READ.items():
        found[f"read.{key}"] = Section(f"{title}, whole", partial(reading.pages, path=path, fresh=False))
        found[f"read.{key}.304"] = Section(f"{title}, 304", partial(reading.pages, path=path, fresh=True))
    found["read.signed_in"] = Section("event page, signed in", reading.signed_in)
    return found


def _browsing() -> dict[str, Section]:
    return {
        "browse.quiet": Section("browsing the event page, quiet", partial(reading.browsing, rushed=False)),
        "browse.rush": Section("browsing the event page, in a rush", partial(reading.browsing, rushed=True)),
    }


def _live(scale: Scale) -> dict[str, Section]:
    return {"live.sale": Section(f"{scale.sockets:,} live pages of one event during its sale", live.sale)}


def _posting(scale: Scale) -> dict[str, Section]:
    return {
        "post.mailing": Section(f"a mailing to {scale.letters:,}, one worker process", posting.mailing),
        "post.tickets": Section(f"tickets by mail, {scale.ticket_letters}, one worker process", posting.tickets),
        "post.single": Section("tickets by mail, one at a time", partial(posting.single, mailing=False)),
        "post.beside": Section(
            f"tickets by mail, one at a time, beside a mailing to {scale.mailing:,}",
            partial(posting.single, mailing=True),
        ),
    }


def _dashboards(scale: Scale) -> dict[str, Section]:
    behind = f"{scale.history:,} bookings"
    event, team, platform, far = dashboards.event, dashboards.team, dashboards.platform, dashboards.ELSEWHERE
    return {
        "figures.event": Section(
            f"figures of one event since it began, a fifth of {behind}", partial(event, period="all")
        ),
        "figures.event.90": Section("figures of one event, 90 days", partial(event, period="90")),
        "figures.team": Section(f"figures of a team since it began, of {behind}", partial(team, period="all")),
        "figures.team.90": Section("figures of a team, 90 days", partial(team, period="90")),
        "figures.team.zone": Section("figures of a team, 90 days of Kathmandu", partial(team, period=f"90{far}")),
        "figures.platform": Section(f"figures of all events since it began, {behind}", partial(platform, period="all")),
        "figures.platform.90": Section("figures of all events, 90 days", partial(platform, period="90")),
        "figures.platform.zone": Section(
            "figures of all events, 90 days of Kathmandu", partial(platform, period=f"90{far}")
        ),
        "figures.home": Section(f"an organiser's home, of {behind}", dashboards.home),
    }
