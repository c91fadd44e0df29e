"""SMTP (RFC 5321): the connection stays open from one message to the next, no server keeps us waiting for ever, and its
words decide what becomes of the message."""

import smtplib
import time
from collections.abc import Sequence
from email.utils import parseaddr

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.smtp import EmailBackend as DjangoBackend
from django.core.mail.utils import DNS_NAME
from django.utils.encoding import punycode

from notifications.mail.line import Line, Reply, SecureLine
from outbox.errors import GiveUp

IDLE = 30.0  # seconds; servers hang up on a silent client, many after a minute
OF_THE_LEASE = 0.8  # of what the outbox gives one message; the rest is for making it
HANGING_UP = 421
TOO_LARGE = 552
NOT_SIGNED_IN = 530


class NotNow(Exception):
    """The server does not take a message at the moment; what it said. To be tried again."""


class EmailBackend(DjangoBackend):
    """Sends by one connection that it keeps. An instance belongs to one thread.

    Raises GiveUp where the server refuses the message or its recipient for good (5xx), NotNow where it refuses for the
    moment (4xx), and whatever the connection raises: the latter two are worth another try. A message that was taken
    carries the server's last words as `answer`.
    """

    connection: Line | SecureLine | None
    _used_at = 0.0

    @property
    def connection_class(self) -> type[Line] | type[SecureLine]:
        return SecureLine if self.use_ssl else Line

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        for message in email_messages:
            message.answer = self._deliver(message)  # type: ignore[attr-defined]
        return len(email_messages)

    def open(self) -> bool:
        """Connect, unless it is connected."""
        if self.connection:
            return False
        self.connection = self._connected()
        return True

    def close(self) -> None:
        """Hang up, without waiting for a farewell."""
        if self.connection:
            self.connection.close()
        self.connection = None

    def _connected(self) -> Line | SecureLine:
        context = {"context": self.ssl_context} if self.use_ssl else {}
        line = self.connection_class(
            self.host,
            self.port,
            local_hostname=DNS_NAME.get_fqdn(),
            timeout=self.timeout or settings.EMAIL_TIMEOUT,
            until=_time_is_up(),
            **context,
        )
        try:
            if self.use_tls:
                line.starttls(context=self.ssl_context)
            if self.username and self.password:
                line.login(self.username, self.password)
            line.ehlo_or_helo_if_needed()
        except BaseException:
            line.close()
            raise
        return line

    def _deliver(self, message: EmailMessage) -> str:
        sender, recipients, content = _envelope(message)
        try:
            line = self._line_for(sender, len(content))
            for recipient in recipients:
                _check(line.rcpt(recipient))
            answer = _check(line.data(content))
        except (GiveUp, NotNow):
            self._start_over()
            raise
        except BaseException:
            self.close()
            raise
        self._used_at = time.monotonic()
        return answer

    def _line_for(self, sender: str, size: int) -> Line | SecureLine:
        """A connection that has taken the sender: the one there is, or a new one where the server has hung up.

        Only up to here is it safe to begin again at once.
        """
        if time.monotonic() - self._used_at > IDLE:
            self.close()
        if line := self.connection:
            line.until = _time_is_up()
            if reply := _first_words(line, sender, size):
                _check_sender(reply)
                return line
            self.close()
        line = self.connection = self._connected()
        _check_sender(_mail(line, sender, size))
        return line

    def _start_over(self) -> None:
        """The connection is good for the next message, if the server says so."""
        try:
            if self.connection and self.connection.rset()[0] == 250:
                self._used_at = time.monotonic()
                return
        except (OSError, smtplib.SMTPException):
            pass
        self.close()


def _time_is_up() -> float:
    return time.monotonic() + settings.OUTBOX_POST_LEASE_SECONDS * OF_THE_LEASE


def _envelope(message: EmailMessage) -> tuple[str, list[str], bytes]:
    """Sender, recipients and content. GiveUp for what can't be put into a message."""
    try:
        content = message.message().as_bytes(linesep="\r\n")  # type: ignore[call-arg]  # Django's own class
    except ValueError as error:  # Django's: no address, or a header of several lines
        raise GiveUp(f"It can't be made a message: {error}") from error
    return _plain(parseaddr(message.from_email)[1]), [_plain(one) for one in message.recipients()], content


def _plain(address: str) -> str:
    """In ASCII: a domain of other letters by its other name (RFC 5891). GiveUp where it has none."""
    local, at, domain = address.rpartition("@")
    try:
        plain = local + at + punycode(domain)
    except UnicodeError as error:
        raise GiveUp(f"{domain!r} is not the name of any mail server.") from error
    if not at or not plain.isascii() or not plain.isprintable():
        raise GiveUp(f"{address!r} is an address that mail servers in general don't take.")
    return plain


def _first_words(line: Line | SecureLine, sender: str, size: int) -> Reply | None:
    """None where nobody listens any more."""
    try:
        reply = _mail(line, sender, size)
    except smtplib.SMTPServerDisconnected:
        return None
    return None if reply[0] == HANGING_UP else reply


def _mail(line: Line | SecureLine, sender: str, size: int) -> Reply:
    options = ["body=8bitmime"] if line.has_extn("8bitmime") else []
    if line.has_extn("size"):
        options.append(f"size={size}")
    return line.mail(sender, options)


def _check(reply: Reply) -> str:
    """The server's words to what it accepts. GiveUp or NotNow for what it does not."""
    code, words = reply[0], _words(reply)
    if 200 <= code < 300:
        return words
    if 500 <= code < 600 and code != NOT_SIGNED_IN:
        raise GiveUp(words)
    raise NotNow(words)


def _check_sender(reply: Reply) -> None:
    """Who is refused as a sender has something to mend on this side, and then the message can still go out; but for a
    message that is too large."""
    if not 200 <= reply[0] < 300:
        raise (GiveUp if reply[0] == TOO_LARGE else NotNow)(_words(reply))


def _words(reply: Reply) -> str:
    code, words = reply
    return f"{code} {words.decode('utf-8', 'replace')}".replace("\n", " ").replace("\0", "")
