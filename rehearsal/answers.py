"""Just enough HTTP/1.1 (RFC 9112) to read an answer: status, length or chunks, and whether the connection stays."""

from dataclasses import dataclass

LONGEST_HEAD = 65_536
NO_BODY = {204, 304}


class Malformed(Exception):
    """What came is no HTTP/1.1 answer."""


@dataclass(slots=True)
class Head:
    """An answer's first lines. `length` is None when the body ends with the connection."""

    status: int
    start: int  # of the body, in bytes from the first of the answer
    length: int | None
    chunked: bool
    stays: bool


def read_head(data: bytes, *, method: str) -> Head | None:
    """The head of an answer to `method`; None while it is incomplete. Skips 1xx, which only announce."""
    begin = 0
    while (end := data.find(b"\r\n\r\n", begin)) >= 0:
        status = _status(data, begin)
        if status >= 200:
            return _head(data[begin : end + 2].lower(), status=status, start=end + 4, method=method)
        begin = end + 4
    if len(data) - begin > LONGEST_HEAD:
        raise Malformed("endless head")
    return None


def read_body(data: bytes, head: Head, *, ended: bool) -> tuple[bytes, int] | None:
    """The body and where it ends; None while it is incomplete. `ended`: no more bytes will come."""
    if head.chunked:
        return _read_chunks(data, head.start)
    if head.length is None:
        return (data[head.start :], len(data)) if ended else None
    end = head.start + head.length
    return (data[head.start : end], end) if len(data) >= end else None


def _status(data: bytes, begin: int) -> int:
    if data[begin : begin + 5] != b"HTTP/" or not data[begin + 9 : begin + 12].isdigit():
        raise Malformed("no status line")
    return int(data[begin + 9 : begin + 12])


def _head(lines: bytes, *, status: int, start: int, method: str) -> Head:
    stays = _field(lines, b"connection") != b"close" and not lines.startswith(b"http/1.0")
    chunked = (_field(lines, b"transfer-encoding") or b"").endswith(b"chunked")
    length = _length(_field(lines, b"content-length"))
    if method == "HEAD" or status in NO_BODY:
        length, chunked = 0, False
    return Head(status, start, length, chunked, stays and (chunked or length is not None))


def _field(lines: bytes, name: bytes) -> bytes | None:
    begin = lines.find(b"\r\n" + name + b":")
    if begin < 0:
        return None
    begin += len(name) + 3
    return lines[begin : lines.find(b"\r\n", begin)].strip()


def _length(value: bytes | None) -> int | None:
    if value is not None and not value.isdigit():
        raise Malformed("no length")
    return None if value is None else int(value)


def _read_chunks(data: bytes, at: int) -> tuple[bytes, int] | None:
    parts: list[bytes] = []
    while (line_end := data.find(b"\r\n", at)) >= 0:
        size = _chunk_size(data[at:line_end])
        at = line_end + 2
        if not size:
            return _after_trailers(data, at, b"".join(parts))
        parts.append(data[at : at + size])
        at += size + 2
    return None


def _chunk_size(line: bytes) -> int:
    try:
        return int(line.split(b";")[0], 16)
    except ValueError:
        raise Malformed("no chunk size") from None


def _after_trailers(data: bytes, at: int, body: bytes) -> tuple[bytes, int] | None:
    while (line_end := data.find(b"\r\n", at)) >= 0:
        if line_end == at:
            return body, at + 2
        at = line_end + 2
    return None
