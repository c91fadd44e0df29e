import json
import logging
from io import StringIO

import pytest
import structlog
from django.conf import settings

from core.facts import Lane, fact, on
from core.ids import new_id_text
from core.logs import current_request_id, hide, on_behalf_of, request_id_from
from tests.factories import make_user

CODE = "GEZDGNBVGY3TQOJQ" * 9
TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl"


@pytest.fixture
def lines(monkeypatch):
    """What would be written in production, as JSON."""
    written = StringIO()
    handler = logging.StreamHandler(written)
    chain = settings.LOGGING["formatters"]["structured"]
    processors = [*chain["processors"][:-1], structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
    before = [*chain["foreign_pre_chain"]]
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(processors=processors, foreign_pre_chain=before))
    logging.getLogger().addHandler(handler)
    yield lambda: [json.loads(line) for line in written.getvalue().splitlines()]
    logging.getLogger().removeHandler(handler)


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("550 <yoko@example.org>: no such user", "550 <[e-mail]>: no such user"),
        ("Bearer abcdefghijklmnop was refused", "Bearer [token] was refused"),
        (f"token {TOKEN}", "token [token]"),
        (f"scanned {CODE}", "scanned [code]"),
        ("typed 7KQ4-22ZM-9XAB", "typed [code]"),
        ("sk_live_abc123 is no key", "[key] is no key"),
        ("postgresql://evently:secret@db/evently", "postgresql://[password]@db/evently"),
        ("GET /account/password/reset/key/2m-abc-def/", "GET /account/password/reset/key/[key]/"),
    ],
)
def test_what_is_nobodys_business_is_left_out(said, written):
    assert hide(said) == written


def test_what_helps_to_find_things_stays():
    for text in (
        new_id_text(),
        "0190a1b2-1234-5678-9012-123456789012",
        "EV-7KQ4XA",
        "facts@host",
        "2026-11-23T07:41:00Z",
    ):
        assert hide(text) == text


def test_it_looks_into_lists_and_dictionaries():
    assert hide({"to": ["a@example.org", 3]}) == {"to": ["[e-mail]", 3]}


@pytest.mark.parametrize("said", [None, "", "short", "x" * 65, "a b c d e f", "id\n{}", "../../etc/passwd", "é" * 10])
def test_an_id_that_does_not_look_like_one_is_replaced(said):
    assert request_id_from(said) != said


def test_a_balancers_id_is_kept():
    assert request_id_from("01HF-abc.def_7") == "01HF-abc.def_7"


@pytest.mark.django_db
def test_a_line_names_the_page_without_its_secrets_and_the_address_as_limits_count_it(client, lines):
    client.get(
        "/account/password/reset/key/2m-abcdef-0123456789/?email=yoko@example.org",
        headers={"X-Forwarded-For": "203.0.113.9", "X-Request-ID": "balancers-own-id"},
    )
    line = next(line for line in lines() if line["event"] == "request_finished")
    assert line["request"] == "GET /account/password/reset/key/[…]-[…]/"
    assert (line["ip"], line["request_id"]) == ("127.0.0.1", "balancers-own-id")


@pytest.mark.django_db
def test_no_line_of_a_sign_in_holds_the_address_or_the_password(client, lines):
    make_user(email="yoko@example.org")
    for password in ("wrong", "evently-demo"):
        client.post("/account/login/", {"login": "yoko@example.org", "password": password})
    assert lines()
    assert "yoko@" not in json.dumps(lines())
    assert "evently-demo" not in json.dumps(lines())


def test_lines_in_a_block_belong_to_its_request():
    with on_behalf_of("first-request"):
        with on_behalf_of(""):
            assert current_request_id() == ""
        assert current_request_id() == "first-request"
    assert current_request_id() == ""


@pytest.mark.django_db(transaction=True)
def test_what_a_request_announces_is_delivered_under_its_id_and_so_is_what_follows():
    from django.utils import timezone

    from outbox.models import Message
    from outbox.operations import announce, deliver_some

    heard = []
    first, second = fact(f"first-{new_id_text()}"), fact(f"second-{new_id_text()}", lane=Lane.POST)

    @on(first)
    def go_on(**_):
        heard.append(current_request_id())
        announce(second)

    @on(second)
    def end(**_):
        heard.append(current_request_id())

    with on_behalf_of("the-request"):
        announce(first)
    for lane in (Lane.FACTS, Lane.POST):
        deliver_some(lane=lane, now=timezone.now())
    assert heard == ["the-request", "the-request"]
    assert set(Message.objects.values_list("request_id", flat=True)) == {"the-request"}
