"""The way people come: BASE_URL, the proxies in front, WebSockets; and the way mail goes."""

import json
import smtplib
import time
import urllib.error
import urllib.request
from urllib.parse import urlencode, urlsplit, urlunsplit

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.smtp import EmailBackend
from websockets.exceptions import InvalidHandshake
from websockets.sync.client import connect
from websockets.typing import Origin

from evently.doctor import Trouble, check
from evently.doctor.echo import PATH, Seen, token
from evently.doctor.servers import MOST_SECONDS_APART

PATIENCE = 10
# Of the block that is for examples (RFC 5737): nobody's address.
FORGED = "192.0.2.66"
REACH = "Look at DNS, the firewall and the proxy: BASE_URL must lead to the web processes from here too."
HAND_ON = "Let the proxy set X-Forwarded-Proto and append to X-Forwarded-For, and set TRUSTED_PROXY_COUNT."


def ask_the_site(**headers: str) -> Seen:
    """What a web process sees of a request that comes by BASE_URL."""
    url = f"{settings.BASE_URL}{PATH}?{urlencode({'token': token()})}"
    request = urllib.request.Request(url, headers={"User-Agent": "evently-doctor", **headers})  # noqa: S310  our own
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:  # noqa: S310  our own address
            return Seen(**json.loads(answer.read(10_000)))
    except urllib.error.HTTPError as error:
        error.close()
        if error.code == 404:
            raise Trouble(
                f"Who answers at {settings.BASE_URL} is not this installation, or has another SECRET_KEY.",
                "Correct BASE_URL, and run the doctor with the environment of the web processes.",
            ) from error
        raise Trouble(f"{settings.BASE_URL} answers with {error.code}.", REACH) from error
    except (TypeError, ValueError) as error:
        raise Trouble(f"What answers at {settings.BASE_URL} is not Evently.", REACH) from error


@check("address", cure=REACH)
def address() -> str:
    seen = ask_the_site()
    expected = urlsplit(settings.BASE_URL)
    if seen.host != expected.netloc:
        raise Trouble(
            f"People ask for {expected.netloc}, and the web processes are told {seen.host}.",
            "Let the proxy pass on the Host header.",
        )
    if abs(seen.at - time.time()) > MOST_SECONDS_APART + PATIENCE:
        raise Trouble(f"Its clock is {seen.at - time.time():+.0f} seconds off.", "Let all machines keep time by NTP.")
    return f"{settings.BASE_URL} leads to the web processes."


@check("proxy", cure=HAND_ON)
def proxy() -> str:
    """As many proxies as TRUSTED_PROXY_COUNT says, and nobody can say they are somebody else."""
    seen, count = ask_the_site(), settings.ALLAUTH_TRUSTED_PROXY_COUNT
    if seen.proxies != count:
        raise Trouble(
            f"{seen.proxies} proxies say in X-Forwarded-For who asks; TRUSTED_PROXY_COUNT is {count}.",
            f"Set TRUSTED_PROXY_COUNT to {seen.proxies}." if seen.proxies else "Set TRUSTED_PROXY_COUNT to 0.",
        )
    if seen.secure != settings.BASE_URL.startswith("https://"):
        scheme = "https" if seen.secure else "http"
        raise Trouble(f"Behind the proxy a request looks as if it had come by {scheme}.", HAND_ON)
    if ask_the_site(**{"X-Forwarded-For": FORGED}).address == FORGED:
        raise Trouble(
            "Whoever asks can say that they are somebody else: limits count what they say.",
            "Let the outermost proxy append to X-Forwarded-For, and not pass on what it was sent.",
        )
    return f"{count} of them, as TRUSTED_PROXY_COUNT says; a request from here comes from {seen.address}."


@check("websocket", cure=REACH)
def websocket() -> str:
    parts = urlsplit(settings.BASE_URL)
    url = urlunsplit(parts._replace(scheme=parts.scheme.replace("http", "ws"), path="/live"))
    try:
        with connect(url, origin=Origin(settings.BASE_URL), open_timeout=PATIENCE, proxy=None):
            return "Pages can be told of news."
    except InvalidHandshake as error:
        raise Trouble(
            f"/live is not passed on as a WebSocket: {error}.",
            "Let the proxy pass on Upgrade and Connection. Until then pages ask every few seconds.",
        ) from error


@check("mail", cure="Correct EMAIL_URL, and let this machine reach the mail server.")
def mail() -> str:
    """Whether the mail server lets us in; `--mail` sends one."""
    backend = get_connection(fail_silently=False)
    if settings.KEEPS_MAIL:
        raise Trouble("Mail is kept on this machine, at /inbox.", "Set EMAIL_URL.", verdict="note")
    if not isinstance(backend, EmailBackend):
        return "A provider takes it; `--mail` sends one to see."
    try:
        backend.open()
    except smtplib.SMTPAuthenticationError as error:
        raise Trouble("The mail server does not know the user or the password.", "Correct EMAIL_URL.") from error
    finally:
        backend.close()
    return f"{settings.EMAIL_HOST} lets us in."


def send_mail(to: str) -> str:
    """Send one for real. Whatever goes wrong is raised."""
    with get_connection() as backend:  # ours keeps its connection open otherwise
        EmailMessage(
            "A test of Evently's mail", "If you can read this, mail works.", to=[to], connection=backend
        ).send()
    return f"It was handed over for {to}: look whether it arrives, and not among junk."
