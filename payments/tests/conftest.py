import pytest


@pytest.fixture
def impatient(monkeypatch):
    """Nobody waits for a slow provider longer than a test should."""
    monkeypatch.setattr("payments.providers.stripe.calls.PATIENCE", (1, 1))
