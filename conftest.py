"""What holds for every test. The servers come from `local.pytest_services`."""

import os
from collections.abc import Iterator

import pytest

from local.assets import make_assets
from local.native import find_chromium
from tests.mail_server import MailServer, mail_server, send_to


def pytest_sessionstart(session: pytest.Session) -> None:
    """Before any worker starts: pages name their files by what `collectstatic` found."""
    if not hasattr(session.config, "workerinput"):
        make_assets()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip browser tests where there is no browser; in CI they run, and fail."""
    if find_chromium() or os.environ.get("CI") == "true":
        return
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.skip(reason="no Chromium here: `make test` says how to install it"))


@pytest.fixture
def mails(settings) -> Iterator[MailServer]:
    """A mail server, where our mail goes."""
    from notifications.mail.sending import hang_up  # once Django is set up

    with mail_server() as server:
        send_to(settings, server)
        yield server
        hang_up()
