"""How often one may do what: one table for the doors.

Signing up and in are counted by allauth (`ACCOUNT_RATE_LIMITS`), because pages and API share those
counters. Counters live in Redis. Without Redis nothing is limited (RATELIMIT_FAIL_OPEN): a platform that
still sells tickets is worth more than a counter.
"""

import ipaddress
from dataclasses import dataclass
from functools import lru_cache

from django.conf import settings
from django.http import HttpRequest
from django_ratelimit.core import get_usage

from core.errors import TooManyRequests


@dataclass(frozen=True)
class Policy:
    """`rate` by django-ratelimit's notation, for each `person` (signed in) or network `address`."""

    rate: str
    per: str


POLICIES = {
    # A door with a dozen phones behind one address scans a few tickets a second.
    "verify": Policy("600/m", "address"),
    # One phone scans a ticket every two seconds; a team that shares one account at all its gates, many.
    "scan": Policy("20/s", "person"),
    # Frames that the server decodes: three a second from each phone without a decoder of its own.
    "frame": Policy("900/m", "person"),
    "refresh": Policy("60/m", "address"),
    # People don't book that often; programs that retry do.
    "book": Policy("60/m", "person"),
    # Joining, leaving, answering: nobody does that often.
    "wait": Policy("60/m", "person"),
    # Links from mails that work without signing in.
    "link": Policy("60/m", "address"),
    # A browser subscribes once, and each time we look its push service up.
    "device": Policy("20/m", "person"),
    "push-test": Policy("6/m", "person"),
    # A mail each, to an address that somebody typed.
    "invite": Policy("60/h", "person"),
    # A provider's few machines follow these links for all its mailboxes.
    "unsubscribe": Policy("600/m", "address"),
    # An unlocked phone is not for guessing its owner's password.
    "password": Policy("10/m", "person"),
    # A hall full of people follows one link to a code; who guesses codes needs far more.
    "code": Policy("300/m", "address"),
    # Each page of a PDF takes a core for 50 ms.
    "pdf": Policy("30/m", "person"),
    # Each sends a letter to an address that somebody has typed.
    "letter": Policy("6/h", "person"),
    # All that is held about somebody, from every table.
    "archive": Policy("5/h", "person"),
    # A ledger of a million movements takes a thread for half a minute.
    "export": Policy("10/m", "person"),
    # A quick hand at a till; and a team's mails to strangers stay countable.
    "sell": Policy("60/m", "person"),
}


def limit(request: HttpRequest, group: str) -> None:
    """Count one request of this group. Raises TooManyRequests, with the seconds to wait, over the limit."""
    policy = POLICIES[group]
    who = str(request.user.pk) if policy.per == "person" else client_network(request)
    usage = get_usage(request, group=group, key=lambda *_: who, rate=policy.rate, increment=True)
    if usage and usage["should_limit"]:
        raise too_often(usage["time_left"])


def too_often(seconds: int) -> TooManyRequests:
    """The refusal, with the seconds to wait."""
    wait = max(seconds, 1)
    return TooManyRequests(f"That was too often. Try again in {wait} seconds.", retry_after=wait)


def client_address(request: HttpRequest) -> str:
    """Where a request comes from, as the nearest proxy that we trust saw it.

    Each proxy appends to X-Forwarded-For what it saw; what stands further left the client may have
    written itself. With no trusted proxy the header says nothing at all.
    """
    return address_seen(request.headers.get("X-Forwarded-For"), request.META.get("REMOTE_ADDR", ""))


def address_seen(forwarded: str | None, peer: str) -> str:
    """`client_address` from the X-Forwarded-For header and the address at the other end of the connection."""
    proxies = settings.ALLAUTH_TRUSTED_PROXY_COUNT
    seen = forwarded.split(",") if proxies and forwarded else []
    address = seen[-proxies] if len(seen) >= proxies > 0 else peer
    return _canonical(address.strip())


@lru_cache(maxsize=4096)
def _canonical(address: str) -> str:
    try:
        return str(ipaddress.ip_address(address))
    except ValueError:
        return "0.0.0.0"  # noqa: S104  a stand-in for whoever can't be told apart: one counter for them all


def client_network(request: HttpRequest) -> str:
    """The client's address, or the /64 network that one customer of IPv6 usually has to himself."""
    return network_of(client_address(request))


def network_of(address: str) -> str:
    """`client_network` of an address as `address_seen` has it."""
    seen = ipaddress.ip_address(address)
    if seen.version == 4:
        return str(seen)
    return str(seen.ipv4_mapped or ipaddress.ip_network((seen, 64), strict=False).network_address)
