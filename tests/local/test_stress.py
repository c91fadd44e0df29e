"""`make stress` says what is not said, and what to do when nothing runs."""

import pytest

from local import stress
from local.paths import LocalError

HERE = "http://127.0.0.1:8000"


@pytest.mark.parametrize(
    ("said", "added"),
    [
        ([], ["--all-at-once", "--by", stress.STAFF, "--url", HERE]),
        (["jazz", "--buyers", "9"], ["--all-at-once", "--by", stress.STAFF, "--url", HERE]),
        (["--pace=20"], ["--by", stress.STAFF, "--url", HERE]),
        (["--by", "me@example.org", "--url", "http://elsewhere"], ["--all-at-once"]),
    ],
)
def test_what_is_not_said_is_the_whole_rush_on_what_runs_here(said, added):
    assert stress.defaults(said, HERE) == added


def test_without_a_running_site_it_says_how_to_start_one(monkeypatch):
    monkeypatch.setenv("HOST", "127.0.0.1")
    monkeypatch.setenv("PORT", "9")
    with pytest.raises(LocalError, match=r"Nobody answers at http://127\.0\.0\.1:9\. Start Evently"):
        stress.main([])
