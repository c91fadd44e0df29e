import pytest
from django.test import Client

from payments.tests.handling import pay
from payments.tests.paying import PRICE, again, basket, paid_event, under_way
from tests.factories import make_user, owner_of, signed_in


@pytest.fixture
def impatient(monkeypatch):
    """Nobody waits for a slow provider longer than a test should."""
    monkeypatch.setattr("payments.providers.stripe.calls.PATIENCE", (1, 1))


@pytest.fixture
def event():
    return paid_event("transfer", "door")


@pytest.fixture
def page(event) -> Client:
    return signed_in(owner_of(event.organizer))


@pytest.fixture
def waiting(event):
    """Grace, who is to transfer the price of one seat."""
    booking = basket(event, customer=make_user("Grace"))
    under_way(booking)
    return again(booking)


@pytest.fixture
def paid(event):
    booking = basket(event, 2, make_user("Paula"))
    under_way(booking)
    pay(booking, 2 * PRICE)
    return again(booking)
