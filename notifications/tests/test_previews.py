"""Every kind of message with its shortest and its longest words, by every channel: without a database."""

import re
from html.parser import HTMLParser

import pytest
from django.conf import settings
from django.test import Client, override_settings

from notifications.kinds import KINDS, Channel
from notifications.mail.rendering import absolute
from notifications.models import Notice
from notifications.previews import LENGTHS, preview
from notifications.push.message import MOST_BYTES
from tests.factories import make_user

every = pytest.mark.parametrize(
    ("kind", "length"), [(kind, length) for kind in KINDS for length in LENGTHS], ids=lambda part: part
)


class Page(HTMLParser):
    """What a mail's HTML links to, shows and is made of."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.links, self.pictures, self.tables, self.open_tags = [], [], [], []
        self.lang = ""
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        if tag == "a":
            self.links.append(found["href"])
        elif tag == "img":
            self.pictures.append(found)
        elif tag == "table":
            self.tables.append(found)
        elif tag == "html":
            self.lang = found["lang"]
        assert tag not in ("script", "link", "iframe", "form", "svg", "object")


@every
def test_as_mail(kind, length):
    shown = preview(kind, length)
    letter, mail = shown.letter, shown.mail
    if mail is None:
        assert Channel.EMAIL not in KINDS[kind].channels
        return
    page = Page(mail.html)
    elsewhere = {value for _, value in letter.facts} | {change.new for change in letter.changes}
    for link in page.links:
        assert link in elsewhere or link.startswith(settings.BASE_URL + "/")
        assert link in mail.text or link == settings.BASE_URL + "/"
    for picture in page.pictures:
        assert picture["src"].startswith("cid:") and picture["alt"].startswith("QR code of ticket ")
    assert page.lang == "en" and "url(" not in mail.html
    assert all(table.get("role") == "presentation" or table["class"] == "facts" for table in page.tables)
    assert_all_said(letter, mail.text)
    assert max(map(len, mail.html.splitlines())) < 998  # RFC 5322, 2.1.1: else all of it is sent encoded
    assert "{{" not in mail.html and "None" not in mail.text


def assert_all_said(letter, text: str) -> None:
    """Whatever the lines were broken at."""
    in_one_line = " ".join(text.split())
    said = [letter.title, letter.line, *letter.paragraphs, *letter.notes, letter.code]
    said += [part for fact in letter.facts for part in fact]
    said += [part for change in letter.changes for part in (change.label, change.old, change.new)]
    for link in (absolute(letter.link), absolute(letter.second)):
        said += [link.label, link.url] if link else []
    for words in said:
        assert " ".join(words.split()) in in_one_line


@every
def test_as_push(kind, length):
    push = preview(kind, length).push
    assert (push is None) == (Channel.PUSH not in KINDS[kind].channels)
    if push:
        assert push.content["title"] and len(push.data) <= MOST_BYTES


@every
def test_in_the_bell(kind, length):
    notice = preview(kind, length).notice
    assert 0 < len(notice.title) <= Notice._meta.get_field("title").max_length
    assert len(notice.line) <= Notice._meta.get_field("line").max_length


@every
def test_the_pages_show_it(kind, length):
    page = Client().get(f"/style/messages/{kind}")
    assert page.status_code == 200
    html = Client().get(f"/style/messages/{kind}/{length}")
    assert html["X-Frame-Options"] == "SAMEORIGIN" and "sandbox" in html["Content-Security-Policy"]
    has_mail = Channel.EMAIL in KINDS[kind].channels
    assert (f"/style/messages/{kind}/{length}" in page.content.decode()) == has_mail == (b"<h1" in html.content)


def test_all_kinds_are_listed():
    page = Client().get("/style/messages").content.decode()
    assert set(re.findall(r"/style/messages/(\w+)", page)) == set(KINDS)


@pytest.mark.parametrize("path", ["x", "welcome/x", "x/longest", "welcome/..", "%00"])
def test_what_is_no_message_is_not_found(path, db):
    assert Client().get(f"/style/messages/{path}").status_code in (400, 404)


@override_settings(ENVIRONMENT="production")
def test_in_production_they_are_for_staff_only(client, db):
    paths = ("/style/messages", "/style/messages/welcome", "/style/messages/welcome/longest")
    assert [client.get(path).status_code for path in paths] == [404] * 3
    client.force_login(make_user(is_staff=True))
    assert [client.get(path).status_code for path in paths] == [200] * 3
