"""The files by which Evently is deployed, read by the programs they are for, or by linters, as no engine runs here."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from local.paths import ROOT
from local.run import applications

BINARIES = Path(sys.executable).parent
# What production does not start without, by its settings, and what it is of no use without.
SETTINGS = "".join(file.read_text() for file in (ROOT / "evently/settings").glob("*.py"))
NEEDED = re.findall(r'required\(\s*"([A-Z_]+)"', SETTINGS)
PARTS = re.findall(r"^([a-z]+)\)", (ROOT / "deploy/start").read_text(), re.MULTILINE)
EXPLAINED = set(re.findall(r"^([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
# Docker's own, of the containers beside ours.
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
OURS = ["migrate", "web", "worker", "post", "bulk", "beat"]


def run(*words: str | Path, **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        words, cwd=ROOT, env={**os.environ, **environ}, capture_output=True, text=True, timeout=100, check=False
    )


def read(name: str) -> Any:
    """JSON is YAML too."""
    return yaml.safe_load((ROOT / name).read_text())


# The image.


def test_the_dockerfile_has_nothing_that_a_linter_minds():
    linted = run(BINARIES / "hadolint", "Dockerfile")
    assert (linted.returncode, linted.stdout) == (0, "")


def test_the_image_runs_as_nobody_special_and_holds_the_product_alone():
    text = (ROOT / "Dockerfile").read_text()
    last = text[text.rindex("\nFROM ") :]
    assert re.findall(r"^USER (\d+)$", last, re.MULTILINE) == ["10001"]
    assert "requirements-dev" not in text
    assert "requirements-local" not in text
    left_out = (ROOT / ".dockerignore").read_text().split()
    assert {".*", "var", "local", "tests", "*/tests", "requirements-dev.txt"} <= set(left_out)
    # What the image runs has to be in it.
    for name in ("deploy/start", "deploy/alive.py"):
        assert name in text
        assert name not in left_out
        assert "deploy" not in left_out


def test_every_part_can_be_started_and_nothing_else(tmp_path):
    """With programs in place of the real ones that say what they are told."""
    for program in ("uvicorn", "celery", "python"):
        (tmp_path / program).write_text(f'#!/bin/sh\necho {program} "$@"\n')
        (tmp_path / program).chmod(0o755)
    path = f"{tmp_path}:{os.environ['PATH']}"
    assert PARTS == ["web", "worker", "post", "bulk", "workers", "beat", "migrate"]
    said = {part: run("deploy/start", part, PATH=path).stdout.strip() for part in PARTS}
    assert said["migrate"] == "python manage.py migrate --noinput"
    queues = {part: re.findall(r"-Q (\S+)", said[part]) for part in ("worker", "post", "bulk", "workers")}
    assert queues == {"worker": ["celery"], "post": ["post"], "bulk": ["bulk"], "workers": ["celery,post,bulk"]}
    assert run("deploy/start", "web", PATH=path, PORT="9000").stdout.count("--port 9000 ") == 1
    assert run("deploy/start", "coffee", PATH=path).returncode == run("deploy/start", PATH=path).returncode == 64

    everywhere = "0.0.0.0"  # noqa: S104  said, not bound to
    ours = next(app.command for app in applications({"HOST": everywhere, "PORT": "8000"}) if app.name == "web")
    assert said["web"].split() == ours[2:]  # the same as on a laptop


def test_how_a_container_says_that_it_lives():
    assert run(sys.executable, "deploy/alive.py", PORT="1").returncode == 1


# docker-compose.yml


def test_compose_is_by_its_own_schema():
    checked = run(BINARIES / "check-jsonschema", "--builtin-schema", "vendor.compose-spec", "docker-compose.yml")
    assert checked.returncode == 0, checked.stdout


def test_compose_sets_all_that_production_needs_and_nothing_that_is_not_explained():
    for name in OURS:
        environment = COMPOSE["services"][name]["environment"]
        assert set(NEEDED) - environment.keys() == set()
        assert environment["EVENTLY_ENV"] == "production"
        assert environment.keys() - EXPLAINED == set()
    asked_for = set(re.findall(r"\$\{([A-Z_]+)", (ROOT / "docker-compose.yml").read_text()))
    assert asked_for - EXPLAINED == set()


def test_compose_starts_things_in_the_order_in_which_they_need_each_other():
    services = COMPOSE["services"]
    for name, service in services.items():
        for needed, how in service.get("depends_on", {}).items():
            healthy = how["condition"] == "service_healthy"
            assert needed in services, name
            assert "test" in services[needed].get("healthcheck", {}) or needed == "web" or not healthy, (name, needed)
    for name in OURS[1:]:
        assert services[name]["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}
    assert services["caddy"]["depends_on"] == {"web": {"condition": "service_healthy"}}
    assert "HEALTHCHECK" in (ROOT / "Dockerfile").read_text()  # web's


def test_compose_can_have_more_than_one_web():
    """Nothing that only one container can have: a name, a port of the host."""
    web = COMPOSE["services"]["web"]
    assert "container_name" not in web
    assert "ports" not in web
    published = [name for name, service in COMPOSE["services"].items() if "ports" in service]
    assert published == ["caddy"]


def test_every_part_of_evently_runs_in_compose_once_and_gives_itself_time_to_end():
    started = [COMPOSE["services"][name]["command"] for name in OURS]
    assert started == [["deploy/start", name] for name in OURS]
    assert COMPOSE["services"]["web"]["stop_grace_period"] == "30s"
    for name in ("worker", "post", "bulk"):
        assert COMPOSE["services"][name]["stop_grace_period"] == "1m"
        assert f"-d {'facts' if name == 'worker' else name}@" in COMPOSE["services"][name]["healthcheck"]["test"][1]


def test_containers_may_do_nothing_they_need_not():
    for name in OURS:
        service = COMPOSE["services"][name]
        assert (service["read_only"], service["cap_drop"]) == (True, ["ALL"])
        assert service["security_opt"] == ["no-new-privileges:true"]


def test_volumes_and_images_are_named():
    used = {
        volume.partition(":")[0] for service in COMPOSE["services"].values() for volume in service.get("volumes", [])
    }
    assert {name for name in used if not name.startswith(".")} == COMPOSE["volumes"].keys()
    for service in COMPOSE["services"].values():
        assert service["image"] == "evently" or re.fullmatch(r"[a-z/]+:\d+", service["image"])


# Caddy


def test_caddy_reads_its_file():
    """The real one."""
    read = run(
        BINARIES / "caddy",
        "adapt",
        "--validate",
        "--config",
        "deploy/Caddyfile",
        BASE_URL="https://tickets.example.org",
    )
    assert read.returncode == 0, read.stderr
    routes = json.loads(read.stdout)["apps"]["http"]["servers"]["srv0"]["routes"]
    assert routes[0]["match"] == [{"host": ["tickets.example.org"]}]
    assert '"dynamic_upstreams": {"name": "web"' in json.dumps(routes)
    formatted = run(BINARIES / "caddy", "fmt", "deploy/Caddyfile").stdout
    assert formatted == (ROOT / "deploy/Caddyfile").read_text()


# deploy/init


@pytest.fixture
def checkout(tmp_path):
    (tmp_path / "deploy").mkdir()
    shutil.copy(ROOT / "deploy/init", tmp_path / "deploy/init")
    shutil.copy(ROOT / ".env.example", tmp_path / ".env.example")
    return tmp_path


def test_secrets_are_made_once_and_read_by_nobody_else(checkout):
    made = run(checkout / "deploy/init", "https://tickets.example.org:8443")
    assert made.returncode == 0, made.stderr
    env = checkout / ".env"
    assert env.stat().st_mode & 0o077 == 0
    values = dict(re.findall(r"^([A-Z_]+)=(.*)$", env.read_text(), re.MULTILINE))
    assert values.keys() == EXPLAINED
    assert (values["BASE_URL"], values["ALLOWED_HOSTS"]) == ("https://tickets.example.org:8443", "tickets.example.org")
    assert len(values["SECRET_KEY"]) >= 50
    assert values["POSTGRES_PASSWORD"].isalnum()
    started = run(sys.executable, "-c", "import evently.settings", **{**values, "EVENTLY_ENV": "production"})
    assert started.returncode == 0, started.stderr

    again = run(checkout / "deploy/init", "https://tickets.example.org")
    assert (again.returncode, values["SECRET_KEY"] in env.read_text()) == (73, True)


@pytest.mark.parametrize("address", ["", "tickets.example.org", "http://tickets.example.org", "https://a.example/shop"])
def test_an_address_that_is_none_is_refused(checkout, address):
    assert run(checkout / "deploy/init", address).returncode == 64
    assert not (checkout / ".env").exists()


# The platforms


def commands(name: str) -> list[str]:
    """Every command in a platform's file, wherever it stands."""
    return re.findall(r"deploy/start ([a-z]+)", (ROOT / name).read_text())


@pytest.mark.parametrize("name", ["render.yaml", "heroku.yml", "Procfile", ".do/app.yaml"])
def test_a_platform_runs_every_part_and_migrates_first(name):
    assert sorted(commands(name)) == ["beat", "migrate", "web", "workers"]


def test_railway_has_a_file_for_each_service():
    assert commands("railway.json") == ["migrate", "web"]
    for part in ("workers", "beat"):
        assert commands(f"deploy/railway/{part}.json") == [part]
    for name in ("railway.json", "deploy/railway/workers.json", "deploy/railway/beat.json"):
        found = read(name)
        assert found["build"] == {"builder": "DOCKERFILE", "dockerfilePath": "Dockerfile"}
        assert found["deploy"]["restartPolicyType"] == "ALWAYS"
    assert read("railway.json")["deploy"]["healthcheckPath"] == "/readyz"


def test_render_sets_what_production_needs():
    found = read("render.yaml")
    groups = {group["name"]: {one["key"] for one in group["envVars"]} for group in found["envVarGroups"]}
    for service in found["services"]:
        if service["type"] != "keyvalue":
            names = {one["key"] for one in service["envVars"] if "key" in one} | groups["evently"]
            assert set(NEEDED) - names == set()
            assert names - EXPLAINED == set()
    assert next(one for one in found["services"] if one["type"] == "keyvalue")["maxmemoryPolicy"] == "noeviction"
    assert next(one for one in found["services"] if one["type"] == "web")["healthCheckPath"] == "/readyz"


def test_digitalocean_sets_what_production_needs():
    found = read(".do/app.yaml")
    names = {one["key"] for one in found["envs"]}
    assert (set(NEEDED) - names, names - EXPLAINED) == (set(), set())
    assert found["services"][0]["health_check"]["http_path"] == "/readyz"
    assert [job["kind"] for job in found["jobs"]] == ["PRE_DEPLOY"]


def test_heroku_sets_what_production_needs():
    # Its add-ons bring DATABASE_URL and REDIS_URL.
    names = read("app.json")["env"].keys() | {"DATABASE_URL", "REDIS_URL"}
    assert (set(NEEDED) - names, names - EXPLAINED) == (set(), set())
    assert read("app.json")["formation"].keys() == read("heroku.yml")["run"].keys()
