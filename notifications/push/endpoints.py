"""Where push messages go: addresses that browsers name, and that must lead nowhere but to the open internet.

An endpoint is whatever a stranger says it is. It is looked at when it is registered; what counts is the connection:
each one asks the resolver itself, looks at what it answered, and connects to the very address it has looked at, so that
a name can't lead elsewhere between the look and the connection (docs/decisions/push.md).
"""

import ipaddress
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from requests import Session
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, PoolManager
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import NameResolutionError, NewConnectionError

LONGEST = 1000  # characters
MOST_ADDRESSES = 2  # of a name that are tried
MOST_SECONDS = 3.0  # that somebody waits for a resolver
# IPv4 addresses within IPv6: whoever reaches the one reaches the other (RFC 6052).
NAT64 = ipaddress.ip_network("64:ff9b::/96")

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


# Strangers choose the names, and with them servers that take their time to answer: only these threads wait for them.
_resolvers = ThreadPoolExecutor(2, thread_name_prefix="resolver")


class BadEndpoint(Exception):
    """It can't be a push service. Its words are for people."""


def check(endpoint: str) -> None:
    """Raises BadEndpoint for an address that is none of a push service, or can't be found; asks the resolver."""
    looked = _resolvers.submit(addresses, *check_form(endpoint))
    try:
        looked.result(timeout=MOST_SECONDS)
    except (OSError, UnicodeError) as error:  # also a timeout; and a label longer than 63 characters
        raise BadEndpoint("No push service can be found at this address.") from error


def check_form(endpoint: str) -> tuple[str, int]:
    """Host and port of what looks like a push service's address. Raises BadEndpoint; asks nobody."""
    if len(endpoint) > LONGEST or not endpoint.isascii() or not endpoint.isprintable() or " " in endpoint:
        raise BadEndpoint(f"An address of at most {LONGEST} plain characters.")
    try:
        address = urlsplit(endpoint)
        port = address.port
    except ValueError:
        raise BadEndpoint("That is not a web address.") from None
    private = settings.PUSH_PRIVATE_ENDPOINTS
    if address.scheme != "https" and not (private and address.scheme == "http"):
        raise BadEndpoint("A push service has an address that begins with https://.")
    if not address.hostname or "@" in address.netloc or "\\" in endpoint or "#" in endpoint:
        raise BadEndpoint("A push service has a host name, and neither a user name nor a fragment.")
    if port not in (None, 443) and not private:
        raise BadEndpoint("A push service answers at port 443.")
    if _is_bare(address.hostname) and not private:
        raise BadEndpoint("A push service has a name, not a bare network address.")
    return address.hostname, port or (443 if address.scheme == "https" else 80)


def _is_bare(host: str) -> bool:
    """Also for what only some resolvers take for an address: '2130706433', '0177.1', '0x7f000001'."""
    last = host.rstrip(".").rpartition(".")[2]
    return ":" in host or last.isdigit() or last.lower().startswith("0x")


def addresses(host: str, port: int) -> list[Any]:
    """What the resolver says of a host, ready to connect to. BadEndpoint when any of it is not public; OSError when
    there is nothing."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    if not settings.PUSH_PRIVATE_ENDPOINTS and not all(is_public(ipaddress.ip_address(one[4][0])) for one in found):
        raise BadEndpoint("That is an address within a network of its own, not on the internet.")
    return found[:MOST_ADDRESSES]


def is_public(address: Address) -> bool:
    """Whether an address belongs to the open internet, and so does the one within it if there is one."""
    inner = _within(address) if isinstance(address, ipaddress.IPv6Address) else None
    if inner is not None:
        return is_public(inner)
    return address.is_global and not address.is_multicast and not address.is_reserved


def _within(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    if address in NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)


# --- Connections --------------------------------------------------------------------------------------


class _Looking:
    """Over a connection of urllib3: connects to what it has looked at, and can be ended by `deadline`."""

    host: str
    port: int
    timeout: Any
    socket_options: Any
    sock: socket.socket | None

    def _new_conn(self) -> socket.socket:
        try:
            found = addresses(self.host, self.port)
        except socket.gaierror as error:
            raise NameResolutionError(self.host, self, error) from error  # type: ignore[arg-type]  # mixed in
        return self._connect(found)

    def _connect(self, found: list[Any]) -> socket.socket:
        failure: OSError = OSError("The resolver knows no address.")
        for family, kind, protocol, _name, address in found:
            sock = socket.socket(family, kind, protocol)
            try:
                for option in self.socket_options or ():
                    sock.setsockopt(*option)
                sock.settimeout(self.timeout)
                sock.connect(address)
            except OSError as error:
                sock.close()
                failure = error
            else:
                return sock
        raise NewConnectionError(self, f"Can't connect: {failure}") from failure  # type: ignore[arg-type]  # mixed in

    def request(self, *arguments: Any, **more: Any) -> None:
        _busy.connection = self
        super().request(*arguments, **more)  # type: ignore[misc]  # mixed in


class _Secure(_Looking, HTTPSConnection):
    pass


class _Plain(_Looking, HTTPConnection):
    pass


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _Secure


class _PlainPool(HTTPConnectionPool):
    ConnectionCls = _Plain


class _Adapter(HTTPAdapter):
    def init_poolmanager(self, connections: int, maxsize: int, block: bool = False, **more: Any) -> None:
        self.poolmanager = PoolManager(num_pools=connections, maxsize=maxsize, block=block, **more)
        self.poolmanager.pool_classes_by_scheme = {"https": _SecurePool, "http": _PlainPool}


class _Busy(threading.local):
    session: Session | None = None
    connection: _Looking | None = None


_busy = _Busy()


def session() -> Session:
    """This thread's own, which keeps connections open. Takes no proxy and no password from its surroundings."""
    if _busy.session is None:
        _busy.session = Session()
        _busy.session.trust_env = False
        for scheme in ("https://", "http://"):
            _busy.session.mount(scheme, _Adapter(pool_connections=16, pool_maxsize=1))
    return _busy.session


@contextmanager
def deadline(seconds: float) -> Iterator[None]:
    """End the exchange that this thread is in, however slowly the other side goes on talking: TimeoutError."""
    _busy.connection = None
    mine = _busy.__dict__  # of this thread: the timer's has its own
    over = threading.Event()

    def end() -> None:
        over.set()
        if (connection := mine.get("connection")) and connection.sock:
            with suppress(OSError):  # it has ended meanwhile
                socket.socket.shutdown(connection.sock, socket.SHUT_RDWR)

    timer = threading.Timer(seconds, end)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
    if over.is_set():  # what was read until then may look like the whole
        raise TimeoutError(f"Not done within {seconds:g} seconds.")
