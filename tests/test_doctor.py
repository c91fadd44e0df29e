"""The doctor, at servers that are well, and at servers that are not: each check fails here for real at least once."""

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from django.utils import timezone
from django_redis import get_redis_connection

from core.facts import Lane
from core.tasks import heartbeat, heartbeat_key
from evently import doctor
from evently.doctor import echo, machine, outside, servers, workers
from local.paths import ROOT
from outbox.models import Message
from tests.factories import make_event
from tests.mail_server import mail_server, send_to
from tests.serving import environment, free_port, serving
from tests.waiting import wait_for
from tests.working import working

pytestmark = pytest.mark.django_db(transaction=True)


def found(name: str) -> tuple[str, str]:
    """The verdict, and what is to be done."""
    finding = doctor.look(name)
    return finding.verdict, finding.cure


WELL = ("ok", "")


# The database and Redis.


def test_a_database_that_is_well(settings):
    for name in ("database", "connections", "migrations", "clocks"):
        assert found(name) == WELL


def test_a_database_that_is_away_is_said_so_by_every_check_that_asks_it():
    """In a web process's environment too, whose pool would be waited for, check after check."""
    environ = environment(DATABASE_URL="postgresql://evently@/evently?host=/nowhere", DATABASE_POOL="9")
    command = [sys.executable, "manage.py", "doctor", "--json", "--only", "database", "migrations", "disk", "clocks"]
    done = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, timeout=100, check=False)
    assert done.returncode == 1
    assert {one["name"]: one["verdict"] for one in json.loads(done.stdout)}["database"] == "wrong"
    assert "Start PostgreSQL, or correct DATABASE_URL." in done.stdout
    assert "Traceback" not in done.stderr


def test_commits_that_a_crash_may_lose():
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit = off")
        verdict, cure = found("durability")
        cursor.execute("RESET synchronous_commit")
    assert verdict == "wrong"  # the tests' own database does without fsync besides
    assert cure.startswith("ALTER SYSTEM SET ")


def test_an_old_server_and_one_that_is_full(monkeypatch):
    monkeypatch.setattr(servers, "POSTGRES", 99)
    assert found("database") == ("wrong", "Upgrade it to 99 or newer.")
    monkeypatch.setattr(servers, "MOST_OF_CONNECTIONS", 0)
    assert found("connections")[0] == "wrong"


def test_migrations_that_are_missing_or_unknown():
    recorder = MigrationRecorder(connection)
    recorder.record_unapplied("outbox", "0005_request_id")
    assert found("migrations") == ("wrong", "Run `manage.py migrate`.")
    recorder.record_applied("outbox", "0005_request_id")
    recorder.record_applied("outbox", "9999_of_tomorrow")
    assert found("migrations")[1].startswith("Deploy the version of the code")
    recorder.record_unapplied("outbox", "9999_of_tomorrow")


@pytest.fixture
def redis():
    server = get_redis_connection("default")
    kept = server.config_get("maxmemory-policy") | server.config_get("maxmemory")
    yield server
    for name, value in kept.items():
        server.config_set(name, value)


def test_a_redis_that_drops_what_it_was_given(redis):
    assert found("redis memory") == WELL
    redis.config_set("maxmemory-policy", "allkeys-lru")
    assert found("redis memory") == ("wrong", "Set maxmemory-policy to noeviction.")
    redis.config_set("maxmemory-policy", "noeviction")
    redis.config_set("maxmemory", redis.info("memory")["used_memory"] + 1000)
    assert found("redis memory") == ("wrong", "Raise maxmemory.")


def test_a_redis_that_forgets_is_noted(redis):
    assert found("redis persistence") == ("note", "Set appendonly to yes.")


def test_a_redis_that_is_old_or_away(monkeypatch, settings):
    assert found("redis") == WELL
    monkeypatch.setattr(servers, "REDIS", (99, 0))
    assert found("redis") == ("wrong", "Upgrade it to 6.2 or newer, or to Valkey.")
    environ = environment(REDIS_URL="unix:///nowhere/valkey.sock?db=0")
    command = [sys.executable, "manage.py", "doctor", "--only", "redis", "workers", "beat"]
    done = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, timeout=100, check=False)
    assert "Start Redis or Valkey, or correct REDIS_URL." in done.stdout
    assert done.stderr.strip().endswith("3 of 3 things are wrong.")


def test_clocks_that_differ(monkeypatch):
    monkeypatch.setattr(servers.time, "time", lambda there=servers.time.time: there() - 600)
    assert found("clocks") == ("wrong", "Let all machines keep time by NTP.")


# The background.


@pytest.mark.slow
def test_workers_and_beat_from_nothing_to_well(tmp_path):
    for lane in Lane:
        cache.delete(heartbeat_key(lane))
    assert found("workers") == ("wrong", "Start one: celery -A evently worker.")
    assert found("beat") == ("wrong", "Start beat, once: celery -A evently beat.")
    heartbeat(Lane.FACTS)
    assert found("beat")[1].startswith("Look at the worker with -Q post")
    with working(tmp_path):
        wait_for(lambda: found("workers") == WELL, every=0.5)
        wait_for(lambda: found("beat") == WELL, every=0.5)


def test_a_lane_nobody_serves(monkeypatch):
    served = {Lane.FACTS: True, Lane.POST: False, Lane.BULK: True}
    monkeypatch.setattr(workers, "lanes_served", lambda: served)
    assert found("workers") == ("wrong", "Start one: celery -A evently worker -Q post.")


def test_an_outbox_that_stands_still_or_has_given_up():
    assert found("outbox") == WELL
    past = timezone.now() - timedelta(minutes=5)
    message = Message.objects.create(fact="x", lane="bulk", available_at=past, created_at=past)
    assert found("outbox") == ("wrong", "Start more workers with -Q bulk.")
    Message.objects.filter(pk=message.pk).update(status=Message.Status.DEAD)
    assert found("outbox")[0] == "note"


# The machine.


def test_a_disk_without_the_folder_or_without_room(settings, tmp_path, monkeypatch):
    settings.MEDIA_ROOT = tmp_path
    assert found("disk") == WELL
    monkeypatch.setattr(machine, "LEAST_FREE", 2**80)
    assert found("disk") == ("wrong", "Free some space there, or move MEDIA_ROOT.")
    settings.MEDIA_ROOT = tmp_path / "nowhere"
    assert found("disk") == ("wrong", "Create it, for the user that runs this.")


def test_static_files_that_were_not_collected(settings, tmp_path):
    assert found("static files") == WELL
    settings.STATIC_ROOT = tmp_path
    assert found("static files") == ("wrong", "Run `manage.py collectstatic`.")


def test_secrets(settings):
    settings.SECRET_KEY = "correct-horse-battery-staple-0123456789-abcdefghij-KLMN"
    settings.METRICS_TOKEN = "m" * 40
    assert found("secrets") == WELL
    settings.METRICS_TOKEN = ""
    assert found("secrets")[0] == "note"
    settings.SECRET_KEY = "x" * 60
    assert found("secrets")[1].startswith("Make one: openssl rand -base64 48.")
    settings.SECRET_KEY = "correct-horse-battery-staple-0123456789-abcdefghij-KLMN"
    settings.TICKET_SIGNING_KEY = "c2hvcnQ="
    assert found("secrets")[0] == "wrong"


def test_keys_of_others(settings):
    settings.VAPID_PRIVATE_KEY = ""
    assert found("push key")[0] == "note"
    settings.VAPID_PRIVATE_KEY = "no key"
    assert found("push key")[0] == "wrong"
    settings.STRIPE_SECRET_KEY = ""
    assert found("cards")[0] == "note"
    settings.STRIPE_SECRET_KEY, settings.STRIPE_WEBHOOK_SECRET = "sk_test_abc", ""
    assert found("cards")[1].startswith("Set STRIPE_WEBHOOK_SECRET")
    settings.STRIPE_WEBHOOK_SECRET = "whsec_abc"
    assert found("cards") == WELL
    settings.PRODUCTION = True
    assert found("cards") == ("wrong", "Set STRIPE_SECRET_KEY to the live one.")


def test_a_zone_that_this_machine_does_not_know(monkeypatch):
    make_event()
    assert found("time zones") == WELL
    monkeypatch.setattr(machine.zoneinfo, "available_timezones", lambda: {"Mars/Olympus"})
    assert found("time zones") == ("wrong", "Run `pip install --upgrade tzdata`.")


# The way in.


@pytest.fixture
def site(settings) -> Iterator[str]:
    """A web process, with nothing in front."""
    port = free_port()
    settings.BASE_URL = f"http://localhost:{port}"
    with serving(environment(PORT=str(port), WEB_CONCURRENCY="1", TRUSTED_PROXY_COUNT="0")):
        yield settings.BASE_URL


@pytest.mark.slow
def test_a_site_that_people_reach_and_the_wrong_number_of_proxies(site, settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 0
    assert [found(name) for name in ("address", "proxy", "websocket")] == [WELL] * 3
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    assert found("proxy") == ("wrong", "Set TRUSTED_PROXY_COUNT to 0.")
    settings.SECRET_KEY = "another one" * 10
    assert found("address")[1].startswith("Correct BASE_URL, and run the doctor with the environment")


@pytest.mark.slow
def test_whoever_may_say_that_they_are_somebody_else(settings):
    """One trusted proxy, and nothing in front that would append to the header."""
    port = free_port()
    settings.BASE_URL, settings.ALLAUTH_TRUSTED_PROXY_COUNT = f"http://localhost:{port}", 0
    with serving(environment(PORT=str(port), WEB_CONCURRENCY="1", TRUSTED_PROXY_COUNT="1")):
        assert found("proxy")[1].startswith("Let the outermost proxy append")


class Stranger(BaseHTTPRequestHandler):
    """Something else that answers at the address, as a proxy's own page does."""

    def do_GET(self) -> None:
        self.send_response(self.server.status)
        self.end_headers()
        self.wfile.write(b"<h1>It works!</h1>")

    def log_message(self, *_) -> None:
        pass


@pytest.fixture
def stranger(settings) -> Iterator[ThreadingHTTPServer]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Stranger)
    server.status = 200
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings.BASE_URL = f"http://127.0.0.1:{server.server_address[1]}"
    yield server
    server.shutdown()
    server.server_close()


def test_something_else_that_answers_there(stranger):
    assert found("address") == ("wrong", outside.REACH)
    assert found("websocket")[1].startswith("Let the proxy pass on Upgrade and Connection.")
    stranger.status = 502
    assert found("address") == ("wrong", outside.REACH)


def test_nobody_who_answers_there(settings):
    settings.BASE_URL = f"http://127.0.0.1:{free_port()}"
    assert [found(name) for name in ("address", "proxy", "websocket")] == [
        ("wrong", outside.REACH),
        ("wrong", outside.HAND_ON),
        ("wrong", outside.REACH),
    ]


def test_a_proxy_that_hides_the_name_or_the_scheme(settings, monkeypatch):
    """As a web process would tell of it."""
    settings.BASE_URL, settings.ALLAUTH_TRUSTED_PROXY_COUNT = "https://tickets.example.org", 1
    seen = echo.Seen(False, "web:8000", "203.0.113.9", 1, outside.time.time())
    monkeypatch.setattr(outside, "ask_the_site", lambda **_: seen)
    assert found("address") == ("wrong", "Let the proxy pass on the Host header.")
    assert found("proxy") == ("wrong", outside.HAND_ON)


def test_only_the_doctor_is_told_what_is_seen():
    for token in ("", "what do you see", "what do you see:1:2"):
        assert Client().get("/doctor", {"token": token}).status_code == 404
    seen = (
        Client()
        .get("/doctor", {"token": echo.token()}, headers={"X-Forwarded-For": "1.2.3.4, 5.6.7.8", "Host": "testserver"})
        .json()
    )
    assert (seen["address"], seen["proxies"], seen["secure"], seen["host"]) == ("127.0.0.1", 2, False, "testserver")


def test_mail_that_can_be_sent_and_mail_that_cannot(settings, capsys):
    with mail_server(secret="right") as server:
        send_to(settings, server)
        settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "evently", "right"
        assert found("mail") == WELL
        call_command("doctor", "--only", "database", "--mail", "yoko@example.org")
        assert [message["Subject"] for message in server.received] == ["A test of Evently's mail"]
        assert "look whether it arrives" in capsys.readouterr().out
        settings.EMAIL_HOST_PASSWORD = "wrong"
        assert found("mail") == ("wrong", "Correct EMAIL_URL.")
    assert found("mail") == ("wrong", "Correct EMAIL_URL, and let this machine reach the mail server.")
    with pytest.raises(CommandError, match="1 of 2 things are wrong."):
        call_command("doctor", "--only", "database", "--mail", "yoko@example.org")
    settings.KEEPS_MAIL = True
    assert found("mail") == ("note", "Set EMAIL_URL.")


def test_what_it_says_can_be_read_by_people_and_by_programs(capsys, settings):
    settings.BASE_URL = f"http://127.0.0.1:{free_port()}"
    with pytest.raises(CommandError, match="1 of 2 things are wrong."):
        call_command("doctor", "--only", "database", "address")
    said = capsys.readouterr().out
    assert "ok    database" in said
    assert f"WRONG address{'':11} URLError" in said
    assert f"→ {outside.REACH}" in said
    call_command("doctor", "--json", "--only", "database")
    assert json.loads(capsys.readouterr().out)[0]["verdict"] == "ok"
