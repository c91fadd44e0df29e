"""What holds for every test. The servers come from `local.pytest_services`."""

import os

import pytest

from local.assets import make_assets
from local.native import find_chromium


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
