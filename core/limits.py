"""How often one may do what: one table for the doors.

`limit` counts a request of a page or of the API (`core.rest.throttle` those of the API at large), `core.native.limits`
one that is counted in the event loop, allauth those of signing in and up, because pages and API share its counters.
Counters live in Redis. What holds without it is said in the table: see `Policy`. Sockets stay open, so they are counted
by another rule: see `Sockets`.
"""

import ipaddress
import time
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django_ratelimit.core import ALL, EXPIRATION_FUDGE, _get_window, _make_cache_key, _split_rate, get_usage

from core.cache import here
from core.errors import TooManyRequests


@dataclass(frozen=True)
class Policy:
    """`rate` by django-ratelimit's notation, for each `person` (signed in) or network `address`; `either` is the person
    where somebody is signed in, else the address.

    Without Redis an `open` door stays open: a platform that still sells tickets is worth more than a counter. Where
    somebody might guess, or make us write to strangers, each process counts by itself: `guarded`.
    """

    rate: str
    per: str
    guarded: bool = False

    @property
    def quota(self) -> tuple[int, int]:
        """So many requests in so many seconds."""
        return _split_rate(self.rate)


@dataclass(frozen=True)
class Usage:
    """How far a policy is used up: what is left of its quota, and the seconds until there is a new one."""

    group: str
    left: int
    seconds: int

    @property
    def headers(self) -> dict[str, str]:
        """As RateLimit header fields have it (draft-ietf-httpapi-ratelimit-headers-10)."""
        quota, window = POLICIES[self.group].quota
        return {
            "RateLimit-Policy": f'"{self.group}";q={quota};w={window}',
            "RateLimit": f'"{self.group}";r={max(self.left, 0)};t={self.seconds}',
        }


POLICIES = {
    # The API at large. A team's program that reads all it has, page after page, asks ten times a second.
    "api": Policy("1200/m", "either"),
    # A door with a dozen phones behind one address scans a few tickets a second.
    "verify": Policy("600/m", "address", guarded=True),
    # One phone scans a ticket every two seconds; a team that shares one account at all its gates, many.
    "scan": Policy("20/s", "person"),
    # Frames that the server decodes: three a second from each phone without a decoder of its own.
    "frame": Policy("900/m", "person"),
    "refresh": Policy("60/m", "address"),
    # Words that somebody types, with an answer after each pause: public lists, which a hall of people may look through
    # from one address (evently.searches) ...
    "search": Policy("300/m", "address"),
    # ... and an organiser's own guests, of whom there may be a hundred thousand.
    "look-up": Policy("300/m", "person"),
    # A provider tells of a rush from a few machines. What it is refused it sends again, and we ask it meanwhile.
    "webhook": Policy("6000/m", "address"),
    # People don't book that often; programs that retry do.
    "book": Policy("60/m", "person"),
    # Joining, leaving, answering: nobody does that often.
    "wait": Policy("60/m", "person"),
    # Links from mails that work without signing in.
    "link": Policy("60/m", "address", guarded=True),
    # A browser subscribes once, and each time we look its push service up.
    "device": Policy("20/m", "person"),
    "push-test": Policy("6/m", "person", guarded=True),
    # A mail each, to an address that somebody typed.
    "invite": Policy("60/h", "person", guarded=True),
    # A provider's few machines follow these links for all its mailboxes.
    "unsubscribe": Policy("600/m", "address"),
    # An unlocked phone is not for guessing its owner's password.
    "password": Policy("10/m", "person", guarded=True),
    # A hall full of people follows one link to a code; who guesses codes needs far more.
    "code": Policy("300/m", "address", guarded=True),
    # Each page of a PDF takes a core for 50 ms.
    "pdf": Policy("30/m", "person"),
    # "There is an account with this address": for those who mistype, not for those who try thousands.
    "taken": Policy("20/h", "address"),
    # Each sends a letter to an address that somebody has typed.
    "letter": Policy("6/h", "person"),
    # All that is held about somebody, from every table.
    "archive": Policy("5/h", "person"),
    # A ledger of a million movements takes a thread for half a minute.
    "export": Policy("10/m", "person"),
    # A quick hand at a till; and a team's mails to strangers stay countable.
    "sell": Policy("60/m", "person", guarded=True),
}


@dataclass(frozen=True)
class Sockets:
    """How many live connections one web process takes, and how much each may say: `messages` at once, and then so many
    a second. Counted by each process for itself, with Redis or without (core.live.door). Who is one too many is told
    by the close code 4429; the page asks every few seconds instead, what the cache of public reads answers."""

    per_address: int  # unless LIVE_PER_ADDRESS says otherwise
    per_person: int
    per_process: int
    messages: int
    messages_per_second: float


SOCKETS = Sockets(per_address=300, per_person=30, per_process=5000, messages=20, messages_per_second=1.0)


# Signing in and up, by allauth's names and notation; a `key` is the address that was typed. A hall of people who sign
# in or register at the door is behind one network address; five wrong passwords close one account for five minutes,
# wherever they come from. All of these are guarded (core.cache).
ACCOUNT_RATES = {
    "login": "300/m/ip",
    "login_failed": "60/m/ip,5/300s/key",
    "signup": "120/m/ip",
    "reset_password": "60/m/ip,5/m/key",
    "reset_password_from_key": "60/m/ip",
    "confirm_email": "1/180s/key",
    "change_password": "5/m/user",
    "manage_email": "10/m/user",
    "reauthenticate": "10/m/user",
}
SECOND_FACTOR_RATES = {"webauthn_login": "300/m/ip"}


def limit(request: HttpRequest, group: str) -> None:
    """Count one request of this group, and have the answer say what is left (core.middleware.tell_limits). Raises
    TooManyRequests, with the seconds to wait, over the limit."""
    if not settings.RATELIMIT_ENABLE:
        return
    policy = POLICIES[group]
    who = _who(request, policy)
    counted = get_usage(request, group=group, key=lambda *_: who, rate=policy.rate, increment=True)
    count = counted["count"] if counted else count_here(group, who) if policy.guarded else None
    if count is None:
        return
    usage = usage_of(group, who, count)
    _tell(request, usage)
    if usage.left < 0:
        raise too_often(usage.seconds)


def _who(request: HttpRequest, policy: Policy) -> str:
    signed_in = policy.per == "person" or (policy.per == "either" and request.user.is_authenticated)
    return str(request.user.pk) if signed_in else client_network(request)


def _tell(request: Any, usage: Usage) -> None:
    asked = getattr(request, "_request", request)  # REST framework wraps Django's
    asked.limits = [*getattr(asked, "limits", []), usage]


def count_here(group: str, who: str) -> int:
    """Count one request in this process alone."""
    name, _ = counter_of(group, who)
    here.add(name, 0, POLICIES[group].quota[1] + EXPIRATION_FUDGE)
    return int(here.incr(name))


def counter_of(group: str, who: str) -> tuple[str, int]:
    """The name of somebody's counter, as django-ratelimit calls it, and the seconds until the next one."""
    rate = POLICIES[group].rate
    window = _get_window(who, POLICIES[group].quota[1])
    return _make_cache_key(group, window, rate, who, ALL), window - int(time.time())


def usage_of(group: str, who: str, count: int) -> Usage:
    """What is left after so many requests; less than nothing for those that are too many."""
    return Usage(group, POLICIES[group].quota[0] - count, max(counter_of(group, who)[1], 1))


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
