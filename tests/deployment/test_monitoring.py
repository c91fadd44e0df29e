"""Alerts and dashboard ask for figures that there are, in Prometheus' own language."""

import json
import re
from collections.abc import Iterator

import promql_parser
import pytest
import yaml
from django.test import Client

from core import tally
from core.tasks import heartbeat
from evently import live, watching  # noqa: F401  a web process has them
from local.paths import ROOT

TOKEN = "t" * 40
ALERTS = yaml.safe_load((ROOT / "deploy/monitoring/alerts.yml").read_text())["groups"][0]["rules"]
PANELS = json.loads((ROOT / "deploy/monitoring/grafana.json").read_text())["panels"]


def questions() -> Iterator[tuple[str, str]]:
    for rule in ALERTS:
        yield rule["alert"], rule["expr"]
    for panel in PANELS:
        for target in panel["targets"]:
            yield panel["title"], target["expr"].replace("$__rate_interval", "5m")


@pytest.fixture
def names(client, settings, db) -> set[str]:
    """What Prometheus would know after one scrape; each counted figure with a count."""
    settings.METRICS_TOKEN = TOKEN
    for family in tally._families.values():
        values = ["x" for _ in family.labels]
        family.add(*values) if isinstance(family, tally.Counter) else family.observe(0.1, *values)
    figures = {"evently_pool_connections": 1.0, "evently_pool_idle": 1.0, "evently_pool_waiting": 0.0}
    tally._states.append(lambda: {**figures, "evently_live_pages": 0.0, "evently_desk_waiting": 0.0})
    tally.flush("test")
    tally._states.pop()
    heartbeat()
    text = Client().get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"}).content.decode()
    tally.goodbye("test")
    return set(re.findall(r"^(\w+)", text, re.MULTILINE)) | {"up"}


def test_every_question_is_understood_and_asks_for_figures_that_there_are(names):
    for title, question in questions():
        promql_parser.parse(question)
        asked = set(re.findall(r"\b(?:evently_\w+|up)\b", question))
        assert asked, title
        assert asked - names == set(), title


def test_every_figure_that_is_counted_is_shown(names):
    shown = " ".join(question for _, question in questions())
    counted = {name for name in names if name.startswith("evently_")}
    bases = {re.sub(r"_(bucket|count|sum|created)$", "", name) for name in counted}
    assert {base for base in bases if base not in shown} <= {"evently_waitlist_seats"}


def test_every_alert_says_what_to_do():
    for rule in ALERTS:
        assert rule["annotations"].keys() == {"summary", "cure"}, rule["alert"]
        assert rule["labels"]["severity"] in ("page", "ticket")
