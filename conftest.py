"""What holds for every test. The servers come from `local.pytest_services`."""

import os
from collections.abc import Iterator
from contextlib import suppress

import pytest
from pytest_django import DjangoDbBlocker

from local.assets import make_assets
from local.native import find_chromium
from local.stripe.server import StripeServer
from tests.mail_server import MailServer, mail_server, send_to
from tests.stripe_server import pay_by, stripe_server
from tests.waiting import wait_for


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


@pytest.fixture
def cards(settings, tmp_path) -> Iterator[StripeServer]:
    """A Stripe-protocol server, which takes our cards. Its webhooks wait for the test to send them."""
    with stripe_server(tmp_path) as server:
        pay_by(settings, server)
        yield server


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """As pytest-django has it; and in the end no session is left that keeps the test database from being dropped."""
    from django.db import connection

    yield
    with django_db_blocker.unblock():
        connection.close()  # a test may have ended its session
        with suppress(AssertionError):
            wait_for(lambda: not _end_sessions(signal=False), seconds=10)
        _end_sessions(signal=True)


def _end_sessions(*, signal: bool) -> int:
    """How many other sessions the database has, those of servers that were killed a moment ago, for one; with `signal`
    they are ended."""
    from django.db import connection

    end = "count(pg_terminate_backend(pid, 5000))" if signal else "count(*)"
    with connection.cursor() as cursor:
        cursor.execute(
            f"""SELECT {end} FROM pg_stat_activity
            WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'"""  # noqa: S608  two constants
        )
        return int(cursor.fetchone()[0])
