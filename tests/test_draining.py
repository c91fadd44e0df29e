"""A web process that is told to end, asked as a balancer asks it."""

import os
import signal
import urllib.error
import urllib.request

import pytest

from tests.serving import environment, serving
from tests.waiting import wait_for

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def status(url: str) -> int:
    """0 where nobody answers."""
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:  # noqa: S310  our own address
            return int(answer.status)
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code
    except OSError:
        return 0


def test_it_first_says_that_it_ends_then_finishes_and_then_ends():
    with serving(environment(WEB_CONCURRENCY="1", DRAIN_SECONDS="4")) as web:
        assert (status(f"{web.address}/readyz"), status(f"{web.address}/events")) == (200, 404)
        os.kill(web.process.pid, signal.SIGTERM)
        wait_for(lambda: status(f"{web.address}/readyz") == 503)
        assert status(f"{web.address}/livez") == 200
        assert status(f"{web.address}/") == 200  # whoever has not noticed yet is served
        assert web.process.poll() is None
        wait_for(lambda: web.process.poll() is not None)
        assert status(f"{web.address}/livez") == 0
