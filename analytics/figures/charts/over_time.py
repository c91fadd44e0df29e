"""What happened day by day, or by weeks and months: sales, money, the waitlist, visitors."""

from collections.abc import Iterator

from analytics.figures import drawing, wording
from analytics.figures.charts.chart import Chart, Page
from analytics.figures.sums import Money, Sum
from core import money
from core.spreadsheets import Cell


def sales(page: Page) -> Iterator[Chart]:
    total = page.figures.total
    tickets, lost = total["tickets"], total["lost"]
    answer = f"{wording.count(tickets, 'ticket')} sold"
    if compared := wording.change(tickets, page.figures.earlier("tickets"), page.figures.period.days):
        answer += f", {compared}"
    if lost:
        answer += f"; {lost:,} of them {'has' if lost == 1 else 'have'} been cancelled since"
    began = page.figures.began
    pattern = wording.pattern(
        [one["tickets"] for one in page.figures.columns],
        page.figures.period,
        page.names,
        from_start=began is not None and began >= page.figures.period.first,
    )
    yield Chart(
        "sales",
        "When were tickets sold?",
        f"{answer}. {pattern}".strip(),
        ["From", "Bookings", "Tickets sold", "Of these cancelled since", "Seats cancelled then"],
        page.over_time("bookings", "tickets", "lost", "cancelled"),
        page.columns("tickets", "cancelled", "sold", "cancelled"),
        page.nothing(tickets or total["cancelled"], "Nothing was sold"),
        sources=[
            *page.source("How each seat was booked", "why", kind="bookings", **page.days),
            *page.source("The guests", "guests", show="confirmed"),
        ],
    )


def taken(page: Page) -> Iterator[Chart]:
    """A chart for each currency."""
    for one in page.figures.currencies:
        if one.sold or one.received or one.refunded:
            yield _taken(page, one)


def _taken(page: Page, one: Money) -> Chart:
    columns = page.figures.columns
    amounts = [column.money_in(one.currency) for column in columns]

    def words(minor: int) -> str:
        return money.amount_words(minor, one.currency)

    answer = f"Tickets for {words(one.sold)} sold"
    if one.undone:
        answer += f", {words(one.undone)} of it cancelled since"
    answer += f". {words(one.received)} came in"
    answer += f", {words(one.refunded)} went back: {words(one.net)} net." if one.refunded else "."
    note = "Sold is what tickets cost their buyers. What is paid at the door comes in when somebody books it in."
    if page.figures.before is not None:
        earlier = words(page.figures.before.money_in(one.currency).sold)
        note = f"In the period before, tickets for {earlier} were sold. {note}"
    drawn = drawing.columns(
        page.known([amount.sold for amount in amounts]),
        [f"{name}: {words(amount.sold)}" for name, amount in zip(page.names, amounts, strict=True)],
        ends=page.ends,
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
        sources=[
            *page.source("The payments", "payments"),
            *(page.source("Refunds", "payments", show="refunded") if one.refunded else []),
        ],
    )


def queue(page: Page) -> Iterator[Chart]:
    columns = page.figures.columns
    if not any(one.queue or one["joined"] for one in columns):
        return
    longest = max(columns, key=lambda one: one.queue)
    name = wording.step(longest.begins, page.figures.period)
    answer = f"{wording.count(page.now.parties, 'party', 'parties')} in line now."
    if longest.queue:
        answer += f" It was longest on {name}: {longest.queue:,}."
    drawn = drawing.columns(
        page.known([one.queue for one in columns]),
        [f"{name}: {one.queue:,} in line" for name, one in zip(page.names, columns, strict=True)],
        ends=page.ends,
        spoken="Parties in line at the end of each step",
        top=f"{longest.queue:,}",
    )
    rows: list[list[Cell]] = [
        [one.begins.isoformat(), one["joined"], one["wanted"], one["called"], one.queue] for one in columns
    ]
    head = ["From", "Parties joined", "Seats they want", "Parties called or gone", "In line at the end"]
    sources = page.source("The line", "line")
    yield Chart("queue", "How long was the waitlist?", answer, head, rows, drawn, sources=sources)


def visitors(page: Page) -> Iterator[Chart]:
    total = page.figures.total
    views, bookings = total["views"], total["bookings"]
    answer = f"{wording.count(views, 'view')} of the page, {wording.count(bookings, 'booking')}"
    if views and bookings and bookings <= views:
        answer += f": one for every {round(views / bookings):,} views"
    if compared := wording.change(views, page.figures.earlier("views"), page.figures.period.days):
        answer += f". Views: {compared}"
    if not views and bookings:
        answer = "No views were counted in this time, so there is nothing to compare bookings with"
    rows: list[list[Cell]] = [
        [one.begins.isoformat(), one["views"], one["bookings"], _per_hundred(one)] for one in page.figures.columns
    ]
    yield Chart(
        "visitors",
        "How many who looked have booked?",
        f"{answer}.",
        ["From", "Page views", "Bookings", "Bookings for 100 views"],
        rows,
        page.columns("views", "", "views", ""),
        page.nothing(views, "Nobody was seen on the page"),
        note="A view is a page shown, not a person. Programs that say what they are don't count.",
    )


def _per_hundred(one: Sum) -> str:
    return f"{100 * one['bookings'] / one['views']:.1f}" if one["views"] else ""
