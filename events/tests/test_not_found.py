import pytest

from tests.factories import make_booking, make_event

pytestmark = pytest.mark.django_db


def test_a_missing_page_suggests_events_that_can_be_booked(client):
    make_event(title="Open house")
    full = make_event(title="Full house", capacity=1)
    make_booking(full)
    response = client.get("/nowhere")
    assert response.status_code == 404
    page = response.content.decode()
    assert "Open house" in page
    assert "Full house" not in page


def test_a_missing_page_costs_two_queries(client, django_assert_num_queries):
    for _ in range(4):
        make_event()
    with django_assert_num_queries(2):
        client.get("/nowhere")


def test_programs_get_a_problem_and_no_query(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        response = client.get("/api/nowhere")
    assert (response.status_code, response["Content-Type"]) == (404, "application/problem+json")
