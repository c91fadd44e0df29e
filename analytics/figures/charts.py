"""Figures as charts: each answers one question, says the answer first, then draws it and lists its numbers."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.urls import reverse

from analytics.figures import drawing, wording
from analytics.figures.drawing import Bars, Columns
from analytics.figures.present import Present
from analytics.figures.rankings import Ranked
from analytics.figures.reading import Figures
from analytics.figures.sums import Money, Sum
from core import money
from core.spreadsheets import Cell


@dataclass(frozen=True)
class Chart:
    """`answer` is said first. `rows` are what the table and the file have. `source` leads to the rows it counts."""

    name: str
    question: str
    answer: str
    head: list[str]
    rows: list[list[Cell]]
    drawing: Columns | Bars | None = None
    nothing: str = ""
    note: str = ""
    sources: list[tuple[str, str]] = field(default_factory=list)
    numbers: int = 1  # from which column on the table has numbers

    @property
    def table(self) -> list[list[str]]:
        """The rows as the page shows them."""
        return [[f"{cell:,}" if isinstance(cell, int) else str(cell or "") for cell in row] for row in self.rows]


def charts_of(figures: Figures, now: Present, today: date) -> list[Chart]:
    """All charts of a page, in its order."""
    told = Told(figures, now, today)
    makers: list[Callable[[], Chart | list[Chart]]] = [
        told.sales, told.money, told.types, told.seats, told.demand, told.queue, told.visitors, told.cancellations,
        told.arrivals, told.categories, told.places, told.events,
    ]  # fmt: skip
    found: list[Chart] = []
    for make in makers:
        made = make()
        found += made if isinstance(made, list) else [made]
    return [chart for chart in found if chart.name]


NONE = Chart("", "", "", [], [])


class Told:
    """Makes the charts of one page."""

    def __init__(self, figures: Figures, now: Present, today: date) -> None:
        self.figures, self.now, self.today = figures, now, today
        self.event = figures.scope.event
        self.names = [wording.step(column.begins, figures.period) for column in figures.columns]

    # --- over time ------------------------------------------------------------------------------------

    def sales(self) -> Chart:
        total = self.figures.total
        tickets, lost = total["tickets"], total["lost"]
        answer = f"{wording.count(tickets, 'ticket')} sold"
        if compared := wording.change(tickets, self.figures.earlier("tickets"), self.figures.period.days):
            answer += f", {compared}"
        if lost:
            answer += f"; {lost:,} of them {'has' if lost == 1 else 'have'} been cancelled since"
        began = self.figures.began
        pattern = wording.pattern(
            [one["tickets"] for one in self.figures.columns],
            self.figures.period,
            self.names,
            from_start=began is not None and began >= self.figures.period.first,
        )
        return Chart(
            "sales",
            "When were tickets sold?",
            f"{answer}. {pattern}".strip(),
            ["From", "Bookings", "Tickets sold", "Of these cancelled since", "Seats cancelled then"],
            self._over_time("bookings", "tickets", "lost", "cancelled"),
            self._columns("tickets", "cancelled", "sold", "cancelled"),
            self._nothing(tickets or total["cancelled"], "Nothing was sold"),
            sources=self._sources("why", "How each seat moved"),
        )

    def money(self) -> list[Chart]:
        return [self._money(one) for one in self.figures.currencies if one.sold or one.received or one.refunded]

    def _money(self, one: Money) -> Chart:
        columns = self.figures.columns
        amounts = [column.money_in(one.currency) for column in columns]

        def words(minor: int) -> str:
            return money.amount_words(minor, one.currency)

        answer = f"Tickets for {words(one.sold)} sold"
        if one.undone:
            answer += f", {words(one.undone)} of it cancelled since"
        answer += f". {words(one.received)} came in"
        answer += f", {words(one.refunded)} went back: {words(one.net)} net." if one.refunded else "."
        note = "Sold is what tickets cost their buyers. What is paid at the door comes in when somebody books it in."
        if self.figures.before is not None:
            earlier = words(self.figures.before.money_in(one.currency).sold)
            note = f"In the period before, tickets for {earlier} were sold. {note}"
        drawn = drawing.columns(
            self._known([amount.sold for amount in amounts]),
            [f"{name}: {words(amount.sold)}" for name, amount in zip(self.names, amounts, strict=True)],
            ends=(self.names[0], self.names[-1]),
            spoken=f"Price of the tickets sold, in {one.currency}, over time",
            top=words(max((amount.sold for amount in amounts), default=0)),
        )
        rows: list[list[Cell]] = [
            [begins.isoformat(), *(money.plain(minor, one.currency) for minor in (
                amount.sold, amount.undone, amount.received, amount.refunded, amount.net))]
            for begins, amount in zip((column.begins for column in columns), amounts, strict=True)
        ]  # fmt: skip
        return Chart(
            f"money-{one.currency.lower()}",
            f"How much was taken in {one.currency}?",
            answer,
            ["From", "Sold", "Of it cancelled since", "Came in", "Went back", "Net"],
            rows,
            drawn,
            note=note,
            sources=self._sources("payments", "The payments"),
        )

    def queue(self) -> Chart:
        columns = self.figures.columns
        if not any(one.queue or one["joined"] for one in columns):
            return NONE
        longest = max(columns, key=lambda one: one.queue)
        name = wording.step(longest.begins, self.figures.period)
        answer = f"{wording.count(self.now.parties, 'party', 'parties')} in line now."
        if longest.queue:
            answer += f" It was longest on {name}: {longest.queue:,}."
        drawn = drawing.columns(
            self._known([one.queue for one in columns]),
            [f"{name}: {one.queue:,} in line" for name, one in zip(self.names, columns, strict=True)],
            ends=(self.names[0], self.names[-1]),
            spoken="Parties in line at the end of each step",
            top=f"{longest.queue:,}",
        )
        rows: list[list[Cell]] = [
            [one.begins.isoformat(), one["joined"], one["wanted"], one["called"], one.queue] for one in columns
        ]
        head = ["From", "Parties joined", "Seats they want", "Parties called or gone", "In line at the end"]
        sources = self._sources("line", "The line")
        return Chart("queue", "How long was the waitlist?", answer, head, rows, drawn, sources=sources)

    def visitors(self) -> Chart:
        total = self.figures.total
        views, bookings = total["views"], total["bookings"]
        answer = f"{wording.count(views, 'view')} of the page, {wording.count(bookings, 'booking')}"
        if views and bookings and bookings <= views:
            answer += f": one for every {round(views / bookings):,} views"
        if compared := wording.change(views, self.figures.earlier("views"), self.figures.period.days):
            answer += f". Views: {compared}"
        if not views and bookings:
            answer = "No views were counted in this time, so there is nothing to compare bookings with"
        rows: list[list[Cell]] = [
            [one.begins.isoformat(), one["views"], one["bookings"], _per_hundred(one)] for one in self.figures.columns
        ]
        return Chart(
            "visitors",
            "How many who looked have booked?",
            f"{answer}.",
            ["From", "Page views", "Bookings", "Bookings for 100 views"],
            rows,
            self._columns("views", "", "views", ""),
            self._nothing(views, "Nobody was seen on the page"),
            note="A view is a page shown, not a person. Programs that say what they are don't count.",
        )

    # --- side by side ---------------------------------------------------------------------------------

    def types(self) -> Chart:
        if not self.figures.types or self.event is None:
            return NONE
        currency = self.event.currency
        types = self.figures.types
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
        )
        head = ["Ticket type", "Sold", "Cancelled since", "Good", f"Price ({currency})", "Of it cancelled", "Net",
                "Seats refused"]  # fmt: skip
        return Chart(
            "types", "Which tickets were sold?", answer, head, rows, drawn, self._nothing(whole, "Nothing was sold"),
            sources=self._sources("guests", "The guests"),
        )  # fmt: skip

    def seats(self) -> Chart:
        now = self.now
        if not now.capacity:
            return NONE
        parts = [
            ("Booked", now.booked),
            ("In baskets", now.held),
            ("Reserved for the waitlist", now.offered),
            ("Free", now.free),
        ]
        answer = f"{now.booked:,} of {wording.count(now.capacity, 'seat')} are booked: "
        answer += f"{wording.percent(now.booked, now.capacity)}."
        drawn = drawing.stack([(name, n, f"{n:,}") for name, n in parts], spoken="Where the seats are now")
        whose = "" if self.event else "Of published events that are not over."
        return Chart(
            "seats", "How full is it?", answer, ["Seats now", "Number"], [[name, n] for name, n in parts], drawn,
            note=whose, sources=self._sources("why", "Why they are there"),
        )  # fmt: skip

    def demand(self) -> Chart:
        total, now = self.figures.total, self.now
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
        drawn = drawing.bars(
            [(str(name), int(n or 0), f"{n:,}") for name, n in rows], spoken="Demand that came to nothing"
        )
        nothing = "" if any(n for _, n in rows) else "Everybody who wanted a seat has got one."
        note = "Somebody who tries five times is refused five times: refused seats are attempts, not people."
        sources = self._sources("line", "The line")
        head = ["What came to nothing", "Seats"]
        return Chart("demand", "How many seats are missing?", answer, head, rows, drawn, nothing, note, sources=sources)

    def cancellations(self) -> Chart:
        total = self.figures.total
        classes = [
            ("30 days before or more", total["cancelled_month"]),
            ("7 to 30 days before", total["cancelled_week"]),
            ("1 to 7 days before", total["cancelled_days"]),
            ("Less than a day before, or later", total["cancelled_late"]),
        ]
        name, most = max(classes, key=lambda one: one[1])
        whole = total["cancelled"]
        answer = f"{wording.count(whole, 'seat')} cancelled, most of them {name[0].lower()}{name[1:]}: {most:,}."
        return Chart(
            "cancellations",
            "How early do people cancel?",
            answer if whole else "Nothing was cancelled.",
            ["Before the start", "Seats cancelled"],
            [[name, n] for name, n in classes],
            drawing.bars([(name, n, f"{n:,}") for name, n in classes], spoken="Seats cancelled, by time to the start"),
            self._nothing(whole, "Nothing was cancelled"),
            sources=self._sources("why", "The ledger"),
        )

    def arrivals(self) -> Chart:
        now, total = self.now, self.figures.total
        if not (now.arrived or total["arrived"] or now.expected and self._has_begun()):
            return NONE
        rows: list[list[Cell]] = [["Checked in", now.arrived], ["Not checked in", now.missing]]
        share = wording.percent(now.arrived, now.expected)
        answer = f"{now.arrived:,} of {wording.count(now.expected, 'ticket')} checked in: {share}."
        if now.missing and self._is_over():
            answer += f" {wording.count(now.missing, 'guest')} never came."
        drawn = drawing.stack([(str(name), int(n or 0), f"{n:,}") for name, n in rows], spoken="Who has arrived")
        note = "" if self.event else "Of events that began in this period."
        sources = self._sources("guests", "The guests")
        return Chart("arrivals", "Who came?", answer, ["Tickets", "Number"], rows, drawn, note=note, sources=sources)

    def categories(self) -> Chart:
        return self._ranking("categories", "Which kinds of events sold best?", "Category", self.figures.categories)

    def places(self) -> Chart:
        return self._ranking("places", "Where are the events that sold best?", "Place", self.figures.places)

    def events(self) -> Chart:
        found = self.figures.events
        urls = [reverse("figures:event", args=[one.slug]) for one in found]
        return self._ranking("events", "Which events sold best?", "Event", found, urls)

    def _ranking(self, name: str, question: str, what: str, found: list[Ranked], urls: Sequence[str] = ()) -> Chart:
        if self.event:
            return NONE
        whole = self.figures.total["tickets"]
        answer = "Nothing was sold."
        if found:
            best = found[0]
            share = wording.percent(best.tickets, whole)
            answer = f"{best.name}: {wording.count(best.tickets, 'ticket')}, {share} of all."
        rows = [(one.name, one.tickets, f"{one.tickets:,}") for one in found]
        drawn = drawing.bars(rows, spoken=f"Tickets sold by {what.lower()}", urls=urls)
        table: list[list[Cell]] = [[one.name, one.bookings, one.tickets] for one in found]
        nothing = self._nothing(whole, "Nothing was sold")
        return Chart(name, question, answer, [what, "Bookings", "Tickets sold"], table, drawn, nothing)

    # --- helpers --------------------------------------------------------------------------------------

    def _columns(self, up: str, down: str, up_words: str, down_words: str) -> Columns:
        columns = self.figures.columns
        words = []
        for name, one in zip(self.names, columns, strict=True):
            below = f", {one[down]:,} {down_words}" if down and one[down] else ""
            words.append(f"{name}: {one[up]:,} {up_words}{below}")
        return drawing.columns(
            self._known([one[up] for one in columns]),
            words,
            ends=(self.names[0], self.names[-1]),
            spoken=f"{up_words.capitalize()}{f' and {down_words}' if down else ''} over time",
            top=f"{max((one[up] for one in columns), default=0):,}",
            bottom=f"{max((one[down] for one in columns), default=0):,}" if down else "",
            down=[one[down] for one in columns] if down else (),
            series=[up_words, down_words] if down else (),
        )

    def _known(self, numbers: list[int]) -> list[int | None]:
        """None for days before anything was counted, and for days to come."""
        began, days = self.figures.began, [column.begins for column in self.figures.columns]
        first = 0
        if began:
            first = max((place for place, day in enumerate(days) if day <= began), default=0)
        return [
            None if (not began or place < first or day > self.today) else number
            for place, (day, number) in enumerate(zip(days, numbers, strict=True))
        ]

    def _over_time(self, *measures: str) -> list[list[Cell]]:
        return [[one.begins.isoformat(), *(one[name] for name in measures)] for one in self.figures.columns]

    def _nothing(self, number: int, words: str) -> str:
        """What is said instead of a picture: nothing happened, or nothing has been counted at all."""
        if number:
            return ""
        if self.figures.began is None:
            return "Nothing has been counted yet."
        if self.figures.began > self.figures.period.last:
            return f"There are no figures from before {wording.day(self.figures.began, year=True)}."
        return f"{words} in this time."

    def _has_begun(self) -> bool:
        return self.event is None or self.event.local_start.date() <= self.today

    def _is_over(self) -> bool:
        return self.event is not None and self.event.local_end.date() < self.today

    def _sources(self, what: str, words: str) -> list[tuple[str, str]]:
        """Where the rows are that a figure counts."""
        if self.event is None:
            return []
        names = {"why": "why:why", "line": "line:line", "payments": "money:payments", "guests": "guests:list"}
        return [(words, reverse(names[what], args=[self.event.slug]))] if what in names else []


def _per_hundred(one: Sum) -> str:
    return f"{100 * one['bookings'] / one['views']:.1f}" if one["views"] else ""
