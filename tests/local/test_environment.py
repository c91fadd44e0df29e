"""What this machine's secrets are, from one start to the next."""

import stat

import pytest

from local import environment
from notifications.push import vapid

NAMES = ["SECRET_KEY", "TICKET_SIGNING_KEY", "VAPID_PRIVATE_KEY"]


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


def test_the_key_for_push_is_one(secrets, settings):
    settings.VAPID_PRIVATE_KEY = environment.read_secrets()["VAPID_PRIVATE_KEY"]
    assert len(vapid.public_key()) == 87
