"""What holds for every test. The servers come from `local.pytest_services`."""

import os

import pytest

from local.native import find_chromium


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip browser tests where there is no browser; in CI they run, and fail."""
    if find_chromium() or os.environ.get("CI") == "true":
        return
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.skip(reason="no Chromium here: `make test` says how to install it"))
