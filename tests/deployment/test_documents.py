"""What the documents for operators say, and what there is."""

import re

import pytest

from local.configuration import EXAMPLE, PAGE, page
from local.paths import ROOT

SETTINGS = set(re.findall(r"^#?([A-Z][A-Z_]+)=", EXAMPLE.read_text(), re.MULTILINE))


def test_the_page_of_settings_is_what_the_example_says():
    assert PAGE.read_text() == page(EXAMPLE.read_text()), "Run: python -m local.configuration"


@pytest.mark.parametrize("name", ["deployment", "operations", "monitoring"])
def test_files_settings_and_parts_that_are_named_exist(name):
    text = (ROOT / f"docs/{name}.md").read_text()
    for path in re.findall(r"`((?:docs|deploy|core|tests|\.do)/[\w./-]+\.\w+)`", text):
        assert (ROOT / path).exists(), path
    parts = set(re.findall(r"^([a-z]+)\)", (ROOT / "deploy/start").read_text(), re.MULTILINE))
    assert set(re.findall(r"deploy/start (\w+)", text)) <= parts
    named = set(re.findall(r"\b([A-Z]+(?:_[A-Z]+)+)\b", text))
    assert named - SETTINGS <= {"OPENSSL_RAND", "POSTGRES_URL"}
