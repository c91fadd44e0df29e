"""A web process that is told to end, asked as a balancer asks it."""

import os
import signal

import pytest

from tests.serving import environment, serving, status
from tests.waiting import wait_for

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


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
