"""What the guides tell programmers to paste does what they say, against a web process that runs."""

import re
import shutil
import subprocess
import sys

import pytest

from local.paths import ROOT
from payments.tests.paying import paid_event
from tests.factories import make_event
from tests.serving import environment, serving
from tests.stripe_server import environ_of

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

SITE = "http://localhost:8000"


def blocks(page: str, language: str) -> str:
    """All code of a language on a page, in order."""
    return "\n".join(re.findall(rf"```{language}\n(.*?)```", (ROOT / page).read_text(), re.DOTALL))


@pytest.fixture
def site(cards):
    make_event(capacity=50)
    paid_event("card", "door", capacity=50)
    with serving(environment(**environ_of(cards))) as web:
        yield web.address


def test_the_python_of_the_api_guide_books_and_scans(site, tmp_path):
    script = blocks("docs/api.md", "python") + 'print(scan(me, event["id"], "none", "North"))\n'
    done = subprocess.run(
        [sys.executable, "-c", script.replace(SITE, site)], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert re.fullmatch(r"[0-9A-Z]{10} confirmed\n", done.stdout)
    assert "not-found" in done.stderr  # it is somebody else's door


@pytest.mark.parametrize("page", ["README.md", "docs/api.md"])
def test_the_curl_of_a_guide_leaves_a_pdf_with_tickets(site, tmp_path, page):
    if (
        not shutil.which("curl")
        or "--json" not in subprocess.run(["curl", "--help", "all"], capture_output=True, text=True, check=True).stdout
    ):
        pytest.skip("needs curl 7.82")
    script = "set -eu -o pipefail\n" + blocks(page, "sh").replace(SITE, site)
    done = subprocess.run(["bash", "-c", script], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "tickets.pdf").read_bytes().startswith(b"%PDF")
