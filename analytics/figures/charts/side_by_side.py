"""What is compared with each other: ticket types, seats, what came to nothing, cancellations, and rankings."""

from collections.abc import Iterator, Sequence

from django.urls import reverse

from analytics.figures import drawing, wording
from analytics.figures.charts.chart import Chart, Page
from analytics.figures.rankings import Ranked
from core import money
from core.spreadsheets import Cell


def types(page: Page) -> Iterator[Chart]:
    if not page.figures.types or page.event is None:
        return
    currency = page.event.currency
    types = page.figures.types
    best = max(types, key=lambda one: one.tickets)
    whole = sum(one.tickets for one in types)
    answer = "No ticket was sold."
    if whole and len(types) > 1:
        answer = f"{best.ticket_type.name} sold best: {best.tickets:,} of {wording.count(whole, 'ticket')}."
    elif whole:
        standing = best.tickets - best.lost
        answer = f"{wording.count(best.tickets, 'ticket')} sold, {standing:,} of them still good."
    rows: list[list[Cell]] = [
        [one.ticket_type.name, one.tickets, one.lost, one.tickets - one.lost, *(
            money.plain(minor, currency) for minor in (one.sold, one.undone, one.sold - one.undone)), one.refused]
        for one in types
    ]  # fmt: skip
    drawn = drawing.bars(
        [
            (one.ticket_type.name, one.tickets, f"{one.tickets:,} · {money.amount_words(one.sold, currency)}")
            for one in types
        ],
        spoken="Tickets sold of each type",
        notes=[f"{one.lost:,} cancelled since" if one.lost else "" for one in types],
        urls=[page.rows_at("guests", type=str(one.ticket_type.pk)) for one in types],
    )
    head = ["Ticket type", "Sold", "Cancelled since", "Good", f"Price ({currency})", "Of it cancelled", "Net",
            "Seats refused"]  # fmt: skip
    yield Chart(
        "types", "Which tickets were sold?", answer, head, rows, drawn, page.nothing(whole, "Nothing was sold"),
        sources=page.source("The guests", "guests", show="confirmed"),
    )  # fmt: skip


def seats(page: Page) -> Iterator[Chart]:
    now = page.now
    if not now.capacity:
        return
    parts = [
        ("Booked", now.booked),
        ("In baskets", now.held),
        ("Reserved for the waitlist", now.offered),
        ("Free", now.free),
    ]
    answer = f"{now.booked:,} of {wording.count(now.capacity, 'seat')} are booked: "
    answer += f"{wording.percent(now.booked, now.capacity)}."
    drawn = drawing.stack([(name, n, f"{n:,}") for name, n in parts], spoken="Where the seats are now")
    whose = "" if page.event else "Of published events that are not over."
    yield Chart(
        "seats", "How full is it?", answer, ["Seats now", "Number"], [[name, n] for name, n in parts], drawn,
        note=whose, sources=page.source("Why they are there", "why"),
    )  # fmt: skip


def demand(page: Page) -> Iterator[Chart]:
    total, now = page.figures.total, page.now
    rows: list[list[Cell]] = [
        ["Seats asked for and refused, sold out", total["refused"]],
        ["Seats in baskets that lapsed", total["lapsed"]],
        ["Seats in baskets that were given back", total["abandoned"]],
        ["Seats that people in line wait for now", now.wanted],
    ]
    if now.wanted:
        parties = wording.count(now.parties, "party waits", "parties wait")
        worth = " and ".join(money.amount_words(one.sold, one.currency) for one in now.worth)
        seats = wording.count(now.wanted, "more seat")
        answer = f"{parties}: {seats}" + (f" ≈ {worth} at today’s prices." if worth else " could be booked.")
    elif total["refused"]:
        answer = f"Nobody waits now; {wording.count(total['refused'], 'seat')} had to be refused in this time."
    else:
        answer = "Nobody waits, and nobody was sent away."
    drawn = drawing.bars([(str(name), int(n or 0), f"{n:,}") for name, n in rows], spoken="Demand that came to nothing")
    nothing = "" if any(n for _, n in rows) else "Everybody who wanted a seat has got one."
    note = "Somebody who tries five times is refused five times: refused seats are attempts, not people."
    sources = [*page.source("Baskets", "why", kind="baskets", **page.days), *page.source("The line", "line")]
    head = ["What came to nothing", "Seats"]
    yield Chart("demand", "How many seats are missing?", answer, head, rows, drawn, nothing, note, sources=sources)


def cancellations(page: Page) -> Iterator[Chart]:
    total = page.figures.total
    classes = [
        ("30 days before or more", total["cancelled_month"]),
        ("7 to 30 days before", total["cancelled_week"]),
        ("1 to 7 days before", total["cancelled_days"]),
        ("Less than a day before, or later", total["cancelled_late"]),
    ]
    name, most = max(classes, key=lambda one: one[1])
    whole = total["cancelled"]
    answer = f"{wording.count(whole, 'seat')} cancelled, most of them {name[0].lower()}{name[1:]}: {most:,}."
    yield Chart(
        "cancellations",
        "How early do people cancel?",
        answer if whole else "Nothing was cancelled.",
        ["Before the start", "Seats cancelled"],
        [[name, n] for name, n in classes],
        drawing.bars([(name, n, f"{n:,}") for name, n in classes], spoken="Seats cancelled, by time to the start"),
        page.nothing(whole, "Nothing was cancelled"),
        sources=[
            *page.source("Each cancellation", "why", kind="cancelled", **page.days),
            *page.source("Cancelled bookings", "guests", show="cancelled"),
        ],
    )


def categories(page: Page) -> Iterator[Chart]:
    yield from _ranking(page, "categories", "Which kinds of events sold best?", "Category", page.figures.categories)


def places(page: Page) -> Iterator[Chart]:
    yield from _ranking(page, "places", "Where are the events that sold best?", "Place", page.figures.places)


def events(page: Page) -> Iterator[Chart]:
    found = page.figures.events
    urls = [reverse("figures:event", args=[one.slug]) for one in found]
    yield from _ranking(page, "events", "Which events sold best?", "Event", found, urls)


def _ranking(
    page: Page, name: str, question: str, what: str, found: list[Ranked], urls: Sequence[str] = ()
) -> Iterator[Chart]:
    if page.event:
        return
    whole = page.figures.total["tickets"]
    answer = "Nothing was sold."
    if found:
        best = found[0]
        share = wording.percent(best.tickets, whole)
        answer = f"{best.name}: {wording.count(best.tickets, 'ticket')}, {share} of all."
    rows = [(one.name, one.tickets, f"{one.tickets:,}") for one in found]
    drawn = drawing.bars(rows, spoken=f"Tickets sold by {what.lower()}", urls=urls)
    table: list[list[Cell]] = [[one.name, one.bookings, one.tickets] for one in found]
    nothing = page.nothing(whole, "Nothing was sold")
    yield Chart(name, question, answer, [what, "Bookings", "Tickets sold"], table, drawn, nothing)
