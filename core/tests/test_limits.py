import pytest
from django.test import RequestFactory

from core.limits import client_address, client_network

NOBODY = "0.0.0.0"  # noqa: S104  an address to count by, not one to bind to


def seen(remote, forwarded=None):
    extra = {"headers": {"X-Forwarded-For": forwarded}} if forwarded else {}
    return RequestFactory().get("/", REMOTE_ADDR=remote, **extra)


@pytest.mark.parametrize(
    ("proxies", "forwarded", "expected"),
    [
        (0, None, "1.1.1.1"),
        (0, "6.6.6.6", "1.1.1.1"),
        (1, "2.2.2.2", "2.2.2.2"),
        (1, "6.6.6.6, 2.2.2.2", "2.2.2.2"),
        (2, "6.6.6.6, 2.2.2.2, 3.3.3.3", "2.2.2.2"),
        (2, "3.3.3.3", "1.1.1.1"),  # fewer than there must be: whoever asks is nearer than we thought
        (1, None, "1.1.1.1"),
        (1, "nonsense", NOBODY),
        (1, "2001:db8::1", "2001:db8::1"),
    ],
)
def test_a_client_is_where_the_nearest_trusted_proxy_saw_it(settings, proxies, forwarded, expected):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies
    assert client_address(seen("1.1.1.1", forwarded)) == expected


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("1.2.3.4", "1.2.3.4"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("2001:db8:1:2::9", "2001:db8:1:2::"),
        ("::ffff:1.2.3.4", "1.2.3.4"),
        ("", NOBODY),
    ],
)
def test_neighbours_in_one_network_of_ipv6_count_as_one(address, network):
    assert client_network(seen(address)) == network
