"""Production starts with everything it needs, or says what is missing."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

SECRETS = {
    "EVENTLY_ENV": "production",
    "SECRET_KEY": "k" * 20 + "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGH",
    "TICKET_SIGNING_KEY": "VGhpcnR5LXR3byBieXRlcyBvbmx5IGZvciB0ZXN0cy4=",
    "BASE_URL": "https://tickets.example.org",
    "ALLOWED_HOSTS": "tickets.example.org",
    "DATABASE_URL": "postgresql://evently@localhost/evently",
    "REDIS_URL": "redis://localhost:6379/0",
}


def run(*arguments, **environment):
    """Python in an environment that has nothing but this and a path."""
    environment = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/"), **environment}
    command = [sys.executable, *arguments]
    return subprocess.run(
        command, cwd=settings.BASE_DIR, env=environment, capture_output=True, text=True, timeout=60, check=False
    )


def start(**environment):
    """Read the settings as any process does when it starts."""
    return run("-c", "import evently.settings", **environment)


def test_production_passes_django_s_deployment_checks():
    checked = run("manage.py", "check", "--deploy", "--fail-level", "INFO", **SECRETS)
    assert checked.returncode == 0, checked.stderr


@pytest.mark.parametrize("name", [name for name in SECRETS if name != "EVENTLY_ENV"])
def test_production_refuses_to_start_without(name):
    environment = {key: value for key, value in SECRETS.items() if key != name}
    started = start(**environment)
    assert started.returncode != 0
    assert f"Set {name}" in started.stderr


def test_production_refuses_a_short_secret_key():
    started = start(**{**SECRETS, "SECRET_KEY": "short"})
    assert started.returncode != 0
    assert "SECRET_KEY needs at least 50 characters" in started.stderr


@pytest.mark.parametrize(
    ("given", "refusal"),
    [
        ({"STRIPE_API_URL": "http://127.0.0.1:18000"}, "would let tickets go to people who paid nothing"),
        ({"STRIPE_PAGES_URL": "http://pay.example.org"}, "STRIPE_PAGES_URL begins with https://"),
        ({"STRIPE_SECRET_KEY": "sk_live_abc"}, "Set STRIPE_WEBHOOK_SECRET too"),
        ({"STRIPE_SECRET_KEY": "pk_live_abc"}, "is a publishable key"),
    ],
)
def test_production_takes_cards_by_stripe_itself_or_not_at_all(given, refusal):
    started = start(**SECRETS, **given)
    assert started.returncode != 0
    assert refusal in started.stderr


def test_production_starts_with_stripes_keys():
    started = start(**SECRETS, STRIPE_SECRET_KEY="sk_live_abc", STRIPE_WEBHOOK_SECRET="whsec_abc")
    assert started.returncode == 0, started.stderr


def test_a_live_key_is_told_to_nobody_but_stripe():
    started = start(STRIPE_API_URL="http://127.0.0.1:18000", STRIPE_SECRET_KEY="sk_live_abc")
    assert started.returncode != 0
    assert "must not be told a live key" in started.stderr


def test_an_unknown_environment_is_named():
    started = start(EVENTLY_ENV="staging")
    assert "EVENTLY_ENV is local, test or production, not 'staging'." in started.stderr


def test_every_variable_is_explained_in_the_example():
    folder = Path(settings.BASE_DIR) / "evently/settings"
    source = "".join(file.read_text() for file in folder.glob("*.py"))
    read = set(re.findall(r'(?:env\.\w+|required)\(\s*"([A-Z_]+)"', source))
    example = (Path(settings.BASE_DIR) / ".env.example").read_text()
    explained = set(re.findall(r"^([A-Z_]+)=", example, re.MULTILINE))
    assert read - explained == set()


def test_an_unknown_mail_provider_is_named_beside_those_there_are():
    started = start(**SECRETS, EMAIL_PROVIDER="pigeon")
    assert "EMAIL_PROVIDER is one of amazon_ses, brevo," in started.stderr
    assert "not 'pigeon'." in started.stderr


def test_mail_goes_one_way():
    started = start(**SECRETS, EMAIL_PROVIDER="postmark", EMAIL_URL="smtp://localhost")
    assert "EMAIL_URL or by EMAIL_PROVIDER, not by both" in started.stderr


def test_a_mail_provider_without_its_key_stops_the_start():
    started = run("manage.py", "check", EMAIL_PROVIDER="postmark", **SECRETS)
    assert "EMAIL_PROVIDER=postmark needs more:" in started.stderr
    assert "POSTMARK_SERVER_TOKEN" in started.stderr
    started = run("manage.py", "check", EMAIL_PROVIDER="postmark", ANYMAIL_POSTMARK_SERVER_TOKEN="x", **SECRETS)
    assert started.returncode == 0, started.stderr


COOKIES = """
import django; django.setup()
from django.conf import settings
from django.http import HttpResponse
from django.middleware.csrf import CsrfViewMiddleware, get_token
from django.test import RequestFactory
answer = CsrfViewMiddleware(lambda request: HttpResponse(get_token(request)))(RequestFactory().get("/", secure=True))
answer.set_cookie(  # as SessionMiddleware does
    settings.SESSION_COOKIE_NAME, "x", domain=settings.SESSION_COOKIE_DOMAIN, path=settings.SESSION_COOKIE_PATH,
    secure=settings.SESSION_COOKIE_SECURE, httponly=settings.SESSION_COOKIE_HTTPONLY,
    samesite=settings.SESSION_COOKIE_SAMESITE,
)
print(answer.cookies.output())
"""


def cookies(**environment: str) -> dict[str, set[str]]:
    """What stands behind each cookie, by its name."""
    done = run("-c", COOKIES, **environment, DJANGO_SETTINGS_MODULE="evently.settings")
    assert done.returncode == 0, done.stderr
    lines = [line.removeprefix("Set-Cookie: ").split("; ") for line in done.stdout.splitlines() if "Set-Cookie" in line]
    kept = {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"}
    return {line[0].partition("=")[0]: {one for one in line[1:] if one in kept or "Domain" in one} for line in lines}


def test_cookies_in_production_are_for_one_host_and_all_its_paths_over_https_alone():
    """Browsers refuse a `__Host-` cookie without these, and with a domain (RFC 6265bis, 4.1.3.2)."""
    all_of_them = {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"}
    assert cookies(**SECRETS) == {"__Host-session": all_of_them, "__Host-csrf": all_of_them}
    assert set(cookies(**SECRETS | {"BASE_URL": "http://tickets.example.org"})) == {"__Host-session", "__Host-csrf"}


def test_cookies_on_ones_own_machine_work_without_https():
    found = cookies(EVENTLY_ENV="test", BASE_URL="http://localhost:8000")
    assert set(found) == {"evently_session", "evently_csrf"}
    assert not any("Secure" in behind for behind in found.values())
    assert set(cookies(EVENTLY_ENV="test", BASE_URL="https://localhost")) == {"__Host-session", "__Host-csrf"}


@pytest.mark.parametrize(("environment", "said"), [(SECRETS, "mandatory"), ({"EVENTLY_ENV": "test"}, "optional")])
def test_production_tells_nobody_at_sign_up_who_has_an_account(environment, said):
    asked = "import evently.settings as settings; print(settings.ACCOUNT_EMAIL_VERIFICATION)"
    assert run("-c", asked, **environment).stdout.strip() == said
