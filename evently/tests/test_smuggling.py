"""Requests that two servers would read as different ones, hidden in one another (RFC 9112, 11.2): each is refused, and
what was hidden in it is never answered as a request of its own."""

import pytest

from evently.tests.test_asgi import exchange, port  # noqa: F401  the fixture

HIDDEN = b"GET /livez HTTP/1.1\r\nHost: localhost\r\nX-Hidden: 1\r\n\r\n"
BOOK = b"POST /api/bookings HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
FORM = b"POST /bookings/start/an-event HTTP/1.1\r\nHost: localhost\r\n"
LOGIN = b"POST /account/login/ HTTP/1.1\r\nHost: localhost\r\n"
AMBIGUOUS = {
    "both lengths": b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "two lengths": b"Content-Length: 0\r\nContent-Length: %d\r\n\r\n" % len(HIDDEN),
    "a signed length": b"Content-Length: +5\r\n\r\n12345",
    "a length that is none": b"Content-Length: 5, 5\r\n\r\n12345",
    "an unknown coding": b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    "a coding behind a tab": b"Transfer-Encoding:\tchunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
    "a name with a space": b"Content-Length : %d\r\n\r\n" % len(HIDDEN),
    "a length in hexadecimal": b"Content-Length: 0x5\r\n\r\n12345",
}


@pytest.mark.parametrize("head", [BOOK, FORM, LOGIN], ids=["api", "form", "page"])
@pytest.mark.parametrize("ambiguous", AMBIGUOUS)
def test_what_could_be_read_in_two_ways_is_refused(port, head, ambiguous):  # noqa: F811  pytest's way
    answer = exchange(port, head + AMBIGUOUS[ambiguous] + HIDDEN)
    assert answer[9:12] in (b"400", b"411"), answer[:200]
    assert answer.count(b"HTTP/1.1 ") == 1
