"""What local mode shows of the mail it does not send."""

import re
from uuid import uuid4

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from notifications.letter import Calendar, Letter, Link
from notifications.mail import keeping, send
from notifications.models import Delivery, Notice
from tests.factories import make_booking

pytestmark = pytest.mark.django_db


@pytest.fixture
def kept(settings, tmp_path):
    settings.KEEPS_MAIL = True
    settings.EMAIL_BACKEND = "notifications.mail.keeping.EmailBackend"
    settings.EMAIL_FILE_PATH = str(tmp_path / "mail")
    return tmp_path / "mail"


def deliver(title: str = "Tomorrow", **more) -> str:
    """The name under which it is kept."""
    notice = Notice(kind="reminder_day", key=str(uuid4()))
    delivery = Delivery(notice=notice, channel="email", address="ada@example.org", due_at=timezone.now())
    answer = send(delivery, Letter(title, "Friday.", Link("See", "/x"), topic="x", **more))
    return re.fullmatch(r"Kept as (.+)\.eml", answer)[1]


def get(path: str, status: int = 200):
    answer = Client().get(path)
    assert answer.status_code == status
    return answer


def test_what_was_sent_is_listed_the_newest_first(kept):
    assert "No mail yet" in get("/inbox").content.decode()
    for title in ("First", "Second <b>"):
        deliver(title)
    page = get("/inbox").content.decode()
    assert page.index("Second &lt;b&gt;") < page.index("First")
    assert "ada@example.org" in page


def test_a_long_list_has_pages(kept):
    for number in range(60):
        (kept / f"20260101T{number:012}-AAAAAA.eml").parent.mkdir(exist_ok=True)
        (kept / f"20260101T{number:012}-AAAAAA.eml").write_bytes(b"Subject: Old\n\nWords")
    assert get("/inbox").content.count(b"/inbox/2026") == 50
    assert get("/inbox?page=2").content.count(b"/inbox/2026") == 10


def test_one_mail_shows_how_it_looks_its_text_its_headers_and_its_files(kept):
    booking = make_booking()
    name = deliver(tickets_of=booking.pk, calendar=Calendar(booking.pk))
    page = get(f"/inbox/{name}").content.decode()
    for words in (
        "Tomorrow",
        "Friday.",
        "Auto-Submitted",
        f"Evently-{booking.reference}.pdf",
        f'src="/inbox/{name}/html"',
    ):
        assert words in page
    pdf = get(f"/inbox/{name}/files/0")
    assert pdf.content.startswith(b"%PDF") and pdf["Content-Disposition"].startswith("attachment")
    assert get(f"/inbox/{name}/files/1")["Content-Type"] == "text/calendar"
    get(f"/inbox/{name}/files/2", status=404)


def test_the_html_can_only_be_looked_at_and_brings_its_pictures(kept):
    answer = get(f"/inbox/{deliver(tickets_of=make_booking().pk)}/html")
    html = answer.content.decode()
    assert 'src="data:image/png;base64,' in html and "cid:" not in html
    assert answer["X-Frame-Options"] == "SAMEORIGIN"
    policy = answer["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'") and "sandbox" in policy and "allow-scripts" not in policy


@pytest.mark.parametrize(
    "name", ["x", "..", "%2e%2e%2fsecret", "20260101T000000000000-AAAAAA", "20260101T000000000000-%00"]
)
def test_what_is_no_mail_is_not_found(kept, name):
    kept.mkdir()
    (kept.parent / "secret.eml").write_text("Subject: x\n\nx")
    for path in (f"/inbox/{name}", f"/inbox/{name}/html", f"/inbox/{name}/files/0"):
        assert Client().get(path).status_code in (400, 404)


def test_there_is_no_inbox_where_mail_goes_out(kept, settings):
    name = deliver()
    settings.KEEPS_MAIL = False
    for path in ("/inbox", f"/inbox/{name}", f"/inbox/{name}/html", f"/inbox/{name}/files/0"):
        get(path, status=404)
    assert b"/inbox" not in get("/").content


def test_only_the_newest_are_kept(kept, monkeypatch):
    monkeypatch.setattr(keeping, "MOST", 3)
    names = [deliver() for _ in range(5)]
    assert keeping.names() == names[:1:-1]


def test_mail_without_html_is_shown_too(kept):
    mail.send_mail("Plain", "Words", None, ["ada@example.org"])
    [name] = keeping.names()
    page = get(f"/inbox/{name}").content.decode()
    assert "Words" in page and "<iframe" not in page
