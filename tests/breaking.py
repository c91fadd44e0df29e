"""A page that breaks, and a log line that is an error: `python -m tests.breaking`, with SENTRY_DSN."""

import os

from django.http import HttpRequest, HttpResponse
from django.urls import path


def page(request: HttpRequest, token: str) -> HttpResponse:
    typed = request.POST["email"]
    raise RuntimeError(f"{typed} cannot be written to")


urlpatterns = [path("break/<str:token>", page)]
handler500 = "core.views.server_error"


def main() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "evently.settings"
    import django

    django.setup()
    import sentry_sdk
    import structlog
    from django.conf import settings
    from django.test import Client

    settings.ROOT_URLCONF = "tests.breaking"
    client = Client(raise_request_exception=False)
    client.cookies["secret-cookie"] = "shortbread"
    client.post(
        "/break/token-of-a-link?q=searched-for",
        {"email": "yoko@example.org", "password": "correct horse"},
        headers={
            "X-Request-ID": "the-broken-request",
            "Authorization": "Bearer abcdefghijkl",
            "User-Agent": "Netscape",
        },
        REMOTE_ADDR="203.0.113.9",
    )
    structlog.get_logger("worker").error("delivery_failed", fact="booking_confirmed", to="yoko@example.org")
    sentry_sdk.flush(10)


if __name__ == "__main__":
    main()
