"""The parts of `make run`: applications that live and end together, secrets, ports, native parts."""

import os
import re
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Iterable

import psutil
import pytest
import yaml
from django.conf import settings

from local import apps, environment, native, run
from local.paths import ROOT, LocalError
from local.processes import is_alive, wait_until

TOGETHER = """
import sys
from pathlib import Path
from local import apps
apps.PIDS = Path(sys.argv[1])
named = {"web": sys.argv[2], "beat": sys.argv[3]}
together = [apps.App(name, [sys.executable, "-c", code]) for name, code in named.items()]
sys.exit(apps.run_together(together, {}, each_moment=lambda: None))
"""
LASTING = "import time; print('up', flush=True); time.sleep(60)"


def start_together(pids, web, beat):
    command = [sys.executable, "-c", TOGETHER, str(pids), web, beat]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def recorded(pids):
    return [psutil.Process(int(file.read_text())) for file in pids.glob("*.pid")]


def test_when_one_application_ends_the_others_end_too(tmp_path):
    failing = "import time; print('up', flush=True); time.sleep(1); raise SystemExit(3)"
    running = start_together(tmp_path, LASTING, failing)
    assert [running.stdout.readline()[-3:] for _ in range(2)] == ["up\n", "up\n"]
    started = recorded(tmp_path)
    output, _ = running.communicate(timeout=20)
    assert running.returncode == 1
    assert "beat ended with exit code 3" in output
    assert not any(map(is_alive, started))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_stops_them_all_and_is_no_failure(tmp_path, sent):
    running = start_together(tmp_path, LASTING, LASTING)
    assert [running.stdout.readline()[-3:] for _ in range(2)] == ["up\n", "up\n"]
    started = recorded(tmp_path)
    running.send_signal(sent)
    output, _ = running.communicate(timeout=20)
    assert (running.returncode, output) == (0, "\nStopping …\n")
    assert not any(map(is_alive, started))


@pytest.mark.parametrize("word", ["evently", "local.stripe"])
def test_strays_of_a_killed_run_are_ended_and_nobody_else(tmp_path, monkeypatch, word):
    monkeypatch.setattr(apps, "PIDS", tmp_path)
    command = [sys.executable, "-c", "import time; time.sleep(60)"]
    stray = subprocess.Popen([*command, word], cwd=ROOT, start_new_session=True)
    stranger = subprocess.Popen(command, cwd=ROOT, start_new_session=True)
    (tmp_path / "web.pid").write_text(str(stray.pid))
    (tmp_path / "beat.pid").write_text(str(stranger.pid))
    time.sleep(0.3)
    apps.end_strays()
    assert stray.wait(5) == -signal.SIGTERM
    assert stranger.poll() is None
    assert list(tmp_path.iterdir()) == []
    stranger.kill()
    stranger.wait()


def test_workers_that_outlive_their_web_process_are_strays_too(tmp_path, monkeypatch):
    monkeypatch.setattr(apps, "PIDS", tmp_path)
    spawn = "import multiprocessing as m, time; m.get_context('spawn').Process(target=time.sleep, args=[60]).start()"
    parent = subprocess.Popen([sys.executable, "-c", spawn], cwd=ROOT, start_new_session=True)
    (tmp_path / "web.pid").write_text(str(parent.pid))
    wait_until(lambda: any(apps.is_ours(process, parent.pid) for process in psutil.process_iter()), seconds=10)
    parent.kill()
    parent.wait()
    strays = [process for process in psutil.process_iter() if apps.is_ours(process, parent.pid)]
    apps.end_strays()
    assert strays
    assert not any(map(is_alive, strays))


def test_secrets_are_made_once_and_are_nobody_elses_to_read(tmp_path, monkeypatch):
    monkeypatch.setattr(environment, "SECRETS", tmp_path / "local.env")
    monkeypatch.setattr(environment, "VAR", tmp_path)
    first = environment.read_secrets()
    assert sorted(first) == [
        "LOCAL_STRIPE_SECRET_KEY",
        "LOCAL_STRIPE_WEBHOOK_SECRET",
        "SECRET_KEY",
        "TICKET_SIGNING_KEY",
        "VAPID_PRIVATE_KEY",
    ]
    assert environment.read_secrets() == first
    assert stat.S_IMODE((tmp_path / "local.env").stat().st_mode) == 0o600


def test_a_port_in_use_is_named_with_the_command_that_helps():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(LocalError, match=rf"Port {port} is used by another program. Run: PORT=\d+ make run"):
            run.check_port("127.0.0.1", port)


def bound(listener, port):
    try:
        listener.bind(("127.0.0.1", port))
    except OSError:
        return False
    return True


def test_the_local_stripe_server_s_port_counts_too():
    with socket.socket() as taken:
        pairs = ((port, environment.stripe_port(port)) for port in range(11000, 22000))
        port = next(port for port, beside in pairs if run.is_free("127.0.0.1", port) and bound(taken, beside))
        taken.listen()
        with pytest.raises(LocalError, match=f"Port {environment.stripe_port(port)} is used"):
            run.check_port("127.0.0.1", port, with_stripe=True)


def test_without_root_a_missing_part_is_named_with_the_command_that_installs_it(monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setattr(native.shutil, "which", lambda name: f"/usr/bin/{name}")
    with pytest.raises(LocalError) as refusal:
        native.install_or_explain("Pango", apt=["libpango-1.0-0"], brew=["pango"])
    assert str(refusal.value) == ("Pango is missing. Run: sudo apt-get install --no-install-recommends libpango-1.0-0")


def test_a_missing_browser_fails_in_ci_and_only_skips_elsewhere(monkeypatch, capsys):
    def refuse(what, **packages):
        raise LocalError("Chromium is missing.")

    monkeypatch.setattr(native, "find_chromium", lambda: None)
    monkeypatch.setattr(native, "install_or_explain", refuse)
    monkeypatch.delenv("CI", raising=False)
    native.offer_chromium()
    assert capsys.readouterr().out == "Chromium is missing.\nThe browser tests will be skipped.\n"
    monkeypatch.setenv("CI", "true")
    with pytest.raises(LocalError):
        native.offer_chromium()


def served(commands: Iterable[list[str]]) -> list[str]:
    """The queues that these workers look at."""
    return [command[command.index("-Q") + 1] for command in commands if "-Q" in command]


def test_here_and_with_compose_each_lane_of_the_outbox_has_a_worker_of_its_own():
    here = run.applications({"HOST": "127.0.0.1", "PORT": "8000"})
    services = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"].values()
    assert sorted(served(app.command for app in here)) == sorted(settings.CELERY_TASK_QUEUES)
    parts = [service["command"][-1] for service in services if service.get("command", [""])[0] == "deploy/start"]
    assert sorted(lane for part in parts for lane in lanes_of(part)) == sorted(settings.CELERY_TASK_QUEUES)


def lanes_of(part: str) -> list[str]:
    """Of a worker, as `deploy/start` starts it."""
    line = re.search(rf"^{part}\) celery_worker .*-Q (\S+)", (ROOT / "deploy/start").read_text(), re.MULTILINE)
    return line[1].split(",") if line else []
