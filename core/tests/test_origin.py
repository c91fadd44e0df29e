"""Who sent a form, by what the browser says."""

import pytest

from core.origin import is_ours, own_origins

OWN = {"https://example.org", "https://www.example.org:8443"}


@pytest.mark.parametrize(
    ("site", "origin", "expected"),
    [
        ("same-origin", None, True),
        ("same-origin", "https://example.org", True),
        ("none", None, True),
        ("same-site", "https://example.org", False),
        ("cross-site", "https://example.org", False),
        ("same-origin,cross-site", None, False),
        ("", None, False),
        (None, "https://example.org", True),
        (None, "https://www.example.org:8443", True),
        (None, "http://example.org", False),
        (None, "https://example.org.evil.example", False),
        (None, "https://example.org, https://example.org", False),
        (None, "null", False),
        (None, "", False),
        (None, None, None),
    ],
)
def test_the_browser_says_who_sent_a_form(site, origin, expected):
    assert is_ours(site=site, origin=origin, own=OWN) is expected


def test_our_origins_are_the_one_we_name_and_the_one_that_was_asked():
    assert own_origins(scheme="https", host="Tickets.Example:8443") == {
        "http://testserver",
        "https://tickets.example:8443",
    }
