from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from analytics import operations
from analytics.figures.drawing import Box
from analytics.figures.markup import rectangles
from bookings import operations as bookings
from events.operations import TicketTypeInput
from tests.factories import make_booking, make_event, owner_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def event():
    return make_event()


@pytest.fixture
def owner(client, event):
    person = owner_of(event.organizer)
    client.force_login(person)
    return person


def test_the_page_of_an_event_says_what_was_sold(client, event, owner):
    make_booking(event, quantity=3)
    operations.sweep_all()
    page = client.get(reverse("figures:event", args=[event.slug]))
    assert page.status_code == 200
    assert page.context["figures"].total["tickets"] == 3
    assert "3 tickets sold" in page.content.decode()


def test_team_and_platform(client, event, owner):
    make_booking(event, quantity=3)
    operations.sweep_all()
    page = client.get(reverse("figures:team"))
    assert page.context["figures"].total["tickets"] == 3
    assert [one.name for one in page.context["figures"].events] == [event.title]
    assert client.get(reverse("figures:platform")).status_code == 404
    owner.is_staff = True
    owner.save()
    page = client.get(reverse("figures:platform"))
    assert page.context["figures"].total["tickets"] == 3
    assert [one.name for one in page.context["figures"].places] == ["Online"]


def test_charts_lead_to_the_rows_they_count(client, event, owner):
    booking = make_booking(event, quantity=3)
    bookings.cancel(booking=booking, now=timezone.now())
    make_booking(event, quantity=2)
    operations.sweep_all()
    page = client.get(reverse("figures:event", args=[event.slug]), {"range": "7"})
    links = dict(link for chart in page.context["charts"] for link in chart.sources)
    assert {client.get(url).status_code for url in links.values()} == {200}
    today = page.context["figures"].period.last.isoformat()
    assert links["Each cancellation"].endswith(f"?kind=cancelled&since={day_before(today, 6)}&until={today}")
    [line] = client.get(links["Each cancellation"]).context["lines"]
    assert ([part.words for part in line.parts], line.effect) == (["3 cancelled"], 3)
    bar = next(chart for chart in page.context["charts"] if chart.name == "types").drawing.bars[0]
    assert len(client.get(bar.url).context["page"].rows) == 2


def day_before(day: str, days: int) -> str:
    return (date.fromisoformat(day) - timedelta(days=days)).isoformat()


def test_names_in_pictures_and_tables_are_only_names(client, owner):
    kinds = [TicketTypeInput(name="<b>Seat</b>"), TicketTypeInput(name="\"'><script>")]
    hostile = make_event(owner.teams.get(), title="<i>Quartet", ticket_types=kinds)
    make_booking(hostile, items=[(one.pk, 1) for one in hostile.ticket_types.all()])
    operations.sweep_all()
    for url in (reverse("figures:event", args=[hostile.slug]), reverse("figures:team")):
        page = client.get(url).content.decode()
        assert not [bad for bad in ("<b>Seat", "'><script>", "<i>Quartet") if bad in page]
    assert '<th scope="row">&lt;i&gt;Quartet</th>' in page
    title = rectangles([Box(0, 0, 1, 1, "1", "<b>&\"'")]).partition("<title>")[2]
    assert title == "&lt;b&gt;&amp;&quot;&#x27;</title></rect>"
