"""What this machine's secrets are, from one start to the next."""

import stat

import pytest

from local import environment, run
from notifications.push import vapid

NAMES = [
    "LOCAL_STRIPE_SECRET_KEY",
    "LOCAL_STRIPE_WEBHOOK_SECRET",
    "SECRET_KEY",
    "TICKET_SIGNING_KEY",
    "VAPID_PRIVATE_KEY",
]


@pytest.fixture
def secrets(tmp_path, monkeypatch):
    monkeypatch.setattr(environment, "VAR", tmp_path)
    monkeypatch.setattr(environment, "SECRETS", tmp_path / "local.env")
    return tmp_path / "local.env"


def test_secrets_are_made_once(secrets):
    made = environment.read_secrets()
    assert sorted(made) == NAMES
    assert environment.read_secrets() == made
    assert stat.S_IMODE(secrets.stat().st_mode) == 0o600


def test_one_that_is_new_joins_those_there_are(secrets):
    secrets.write_text("# Made before.\nSECRET_KEY=kept\nTICKET_SIGNING_KEY=kept=\n")
    found = environment.read_secrets()
    assert (found["SECRET_KEY"], found["TICKET_SIGNING_KEY"]) == ("kept", "kept=")
    assert environment.read_secrets() == found
    assert sorted(found) == NAMES


@pytest.fixture
def nothing_set(secrets, tmp_path, monkeypatch):
    """No variable of the shell, and no .env but what the test writes."""
    monkeypatch.setattr(environment, "ROOT", tmp_path)
    for name in ("EVENTLY_ENV", "PORT", "HOST", "BASE_URL", "STRIPE_SECRET_KEY", "STRIPE_API_URL"):
        monkeypatch.delenv(name, raising=False)
    return monkeypatch


def test_cards_are_pretended_beside_the_application_and_by_its_name(nothing_set):
    nothing_set.setenv("PORT", "8123")
    nothing_set.setenv("HOST", "0.0.0.0")  # noqa: S104  nothing is started
    nothing_set.setenv("BASE_URL", "http://tent.local:8123")
    found = environment.local_environment()
    assert found["STRIPE_API_URL"] == "http://127.0.0.1:18123"
    assert found["STRIPE_PAGES_URL"] == "http://tent.local:18123"
    assert found["STRIPE_WEBHOOK_URL"] == "http://127.0.0.1:8123/webhooks/stripe"
    assert found["STRIPE_SECRET_KEY"] == environment.local_environment()["STRIPE_SECRET_KEY"]
    assert "stripe" in [app.name for app in run.applications(found)]


@pytest.mark.parametrize("where", ["environment", "file", "production"])
def test_a_key_of_ones_own_or_production_leads_to_stripe_itself(nothing_set, tmp_path, where):
    if where == "environment":
        nothing_set.setenv("STRIPE_SECRET_KEY", "sk_test_mine")
    elif where == "file":
        (tmp_path / ".env").write_text("STRIPE_SECRET_KEY=sk_test_mine\n")
    else:
        nothing_set.setenv("EVENTLY_ENV", "production")
    found = environment.local_environment()
    assert "STRIPE_API_URL" not in found
    assert found.get("STRIPE_SECRET_KEY") == ("sk_test_mine" if where == "environment" else None)
    assert "stripe" not in [app.name for app in run.applications(found)]


@pytest.mark.parametrize(("port", "beside"), [(8000, 18000), (60000, 50000)])
def test_the_local_stripe_server_has_a_port_that_exists(port, beside):
    assert environment.stripe_port(port) == beside


def test_an_ipv6_address_stands_in_brackets():
    assert environment.own_address("::", 8000) == "http://[::1]:8000"


def test_the_key_for_push_is_one(secrets, settings):
    settings.VAPID_PRIVATE_KEY = environment.read_secrets()["VAPID_PRIVATE_KEY"]
    assert len(vapid.public_key()) == 87
