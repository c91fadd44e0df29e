"""What holds after each test of a line."""

import pytest

from bookings import operations as bookings


@pytest.fixture
def adds_up(db):
    """Every counter, booking, offer, place and movement agrees in the end."""
    yield
    assert bookings.audit_inventory() == []
