import pytest
from django.urls import reverse

from analytics import operations
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
