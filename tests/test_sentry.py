"""What breaks is reported, and nobody in it is named."""

import json
import subprocess
import sys

from local.paths import ROOT
from tests.sentry_server import sentry_server
from tests.serving import environment

PERSONAL = [
    "yoko",
    "correct horse",
    "shortbread",
    "searched-for",
    "token-of-a-link",
    "abcdefghijkl",
    "Netscape",
    "203.0.113",
]


def test_a_bug_is_reported_with_its_request_and_without_anybody_in_it(db):
    with sentry_server() as (dsn, events):
        environ = environment(SENTRY_DSN=dsn, SENTRY_ENVIRONMENT="here")
        command = [sys.executable, "-m", "tests.breaking"]
        done = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, timeout=100, check=False)
        assert done.returncode == 0, done.stderr
    bug, line = events
    assert bug["exception"]["values"][0]["type"] == "RuntimeError"
    assert bug["exception"]["values"][0]["value"] == "[e-mail] cannot be written to"
    assert (bug["transaction"], bug["environment"]) == ("/break/{token}", "here")
    assert bug["tags"]["request_id"] == "the-broken-request"
    assert set(bug["request"]) <= {"method"}
    assert line["logentry"]["message"] == "delivery_failed"
    assert line["tags"]["fact"] == "booking_confirmed"
    told = json.dumps(events)
    assert [word for word in PERSONAL if word in told] == []
