"""Waiting for what a browser brings about: it goes on talking to us meanwhile."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page


def wait_until(page: Page, condition: Callable[[], object], instead: Callable[[], object] | None = None) -> None:
    """As `tests.waiting.wait_for`, which would keep the browser waiting too. `instead` tells what was so instead."""
    for _ in range(200):
        if condition():
            return
        page.wait_for_timeout(100)
    pytest.fail(f"It did not come about in twenty seconds. {instead() if instead else ''}")
