import pytest

from tests.push_service import PRIVATE_KEY, push_service


@pytest.fixture
def push_on(settings):
    """A site with a key of its own, which may push to this machine."""
    settings.VAPID_PRIVATE_KEY = PRIVATE_KEY
    settings.VAPID_SUBJECT = "mailto:staff@example.org"
    settings.PUSH_PRIVATE_ENDPOINTS = True


@pytest.fixture
def service(push_on):
    with push_service() as running:
        yield running
