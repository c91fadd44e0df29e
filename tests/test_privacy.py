"""What is held about people: all of it can be taken along, and none of it is left when they go."""

import csv
import io
import json
import re
from datetime import timedelta
from zipfile import ZipFile

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.apps import apps
from django.contrib.sessions.models import Session
from django.db.models import TextField
from django.db.models.functions import Cast
from django.test import Client
from django.utils import timezone

from accounts.models import Membership, User
from accounts.operations import accept, close_account, invite, update_profile
from bookings.operations import cancel
from core.held import holdings
from events.models import Event
from notifications.models import Choice, Device, Notice
from outbox.models import Message
from outbox.tasks import deliver_due
from payments.tests.paying import basket, under_way
from tests.factories import PASSWORD, make_booking, make_event, make_place, make_team, make_user, owner_of
from tickets.models import Ticket

pytestmark = pytest.mark.django_db(transaction=True)

NAME, EMAIL, SECOND = "Zenobia Quux", "zenobia@quux.example", "second@quux.example"
AGENT, ADDRESS, PUSH = "Zenobrowser/7.0", "203.0.113.77", "https://push.example/zenobia-endpoint"
MARKS = ["zenobia", "quux", "zenobrowser", ADDRESS]
# What bookkeeping and organisers' own notes keep; the page on which one deletes an account says so.
KEPT = {"payments.Receipt.reference", "payments.Receipt.note", "payments.MoneyAct.note", "payments.Payment.note"}


def browser() -> Client:
    return Client(headers={"User-Agent": AGENT}, REMOTE_ADDR=ADDRESS)


def sign_in() -> Client:
    page = browser()
    page.post("/account/login/", {"login": EMAIL, "password": PASSWORD})
    return page


@pytest.fixture
def person(mails) -> User:
    """Somebody who has done everything that leaves traces."""
    user = make_user(NAME, email=EMAIL)
    EmailAddress.objects.create(user=user, email=EMAIL, primary=True, verified=True)
    page = sign_in()
    page.post("/account/reauthenticate/", {"password": PASSWORD})
    page.post("/account/email/", {"email": SECOND})
    page.post("/account/password/reset/", {"email": EMAIL})
    attended = make_event()
    make_booking(attended, customer=user, quantity=2)
    make_booking(make_event(), customer=user)
    cancel(booking=make_booking(make_event(), customer=user), now=timezone.now())
    under_way(basket(customer=user))
    full = make_event()
    make_booking(full, quantity=10)
    make_place(full, customer=user)
    team = make_team()
    asked = {"email": EMAIL, "role": Membership.Role.MANAGER, "now": timezone.now()}
    accept(invitation=invite(team=team, by=owner_of(team), **asked), by=user, now=timezone.now())
    other = make_team()
    invite(team=other, by=owner_of(other), **asked)
    Choice.objects.create(user=user, kind="booking_confirmed", channel="email", wanted=False)
    Device.objects.create(user=user, endpoint=PUSH, p256dh="p", auth="a", label="Zenobrowser on Quux")
    for lane in ("facts", "post", "bulk"):
        deliver_due(lane)
    Event.objects.filter(pk=attended.pk).update(
        starts_at=timezone.now() - timedelta(days=2), ends_at=timezone.now() - timedelta(days=1)
    )
    page.post("/account/password/reset/", {"email": EMAIL})  # a letter that nobody has sent yet
    staff = Client()
    staff.force_login(make_user("Root", is_staff=True, is_superuser=True))
    staff.post(f"/admin/accounts/user/{user.pk}/change/", {"name": NAME}, follow=True)  # the admin writes it down
    TOTP.activate(user, "JBSWY3DPEHPK3PXP")
    return User.objects.get(pk=user.pk)


def traces() -> dict[str, list[str]]:
    """Every text in every table that has something of theirs in it, by model and field."""
    found: dict[str, list[str]] = {}
    for model in apps.get_models(include_auto_created=True):
        if model._meta.proxy:
            continue
        for field in model._meta.concrete_fields:
            if field.is_relation or not field.name:
                continue
            texts = model._base_manager.annotate(as_text=Cast(field.name, TextField())).values_list(
                "as_text", flat=True
            )
            hits = [text for text in texts if text and any(mark in text.lower() for mark in MARKS)]
            if hits:
                found[f"{model._meta.label}.{field.name}"] = hits
    for key, data in Session.objects.values_list("session_key", "session_data"):
        decoded = str(Session(session_key=key, session_data=data).get_decoded()).lower()
        if any(mark in decoded for mark in MARKS):
            found.setdefault("sessions.Session", []).append(decoded)
    return found


def test_nothing_is_left_of_whoever_deletes_their_account(person):
    before = traces()
    assert {"accounts.User.email", "tickets.Ticket.holder_name", "usersessions.UserSession.ip"} <= set(before)
    assert {"notifications.Delivery.address", "outbox.Message.payload", "sessions.Session"} <= set(before)
    close_account(user=person, now=timezone.now())
    for lane in ("facts", "post", "bulk", "facts"):
        deliver_due(lane)
    assert {name: texts for name, texts in traces().items() if name not in KEPT} == {}
    assert not Authenticator.objects.filter(user=person).exists()
    assert not Message.objects.filter(status="pending").exists()  # a push message may be dead: there is no key here


def test_what_was_attended_stays_counted(person):
    close_account(user=person, now=timezone.now())
    for lane in ("facts", "post", "bulk", "facts"):
        deliver_due(lane)
    past = Ticket.objects.filter(booking__event__ends_at__lt=timezone.now())
    assert past.count() == 2


def archive_of(page: Client) -> ZipFile:
    page.post("/account/reauthenticate/", {"password": PASSWORD})
    answer = page.get("/account/archive")
    assert answer.status_code == 200
    assert re.fullmatch(r'attachment; filename="evently-\d{4}-\d\d-\d\d.zip"', answer["Content-Disposition"])
    return ZipFile(io.BytesIO(b"".join(answer.streaming_content)))


def test_all_that_is_held_can_be_taken_along(person):
    Authenticator.objects.filter(user=person).delete()
    zipped = archive_of(sign_in())
    names = {holding.name for holding in holdings()}
    assert {f"{name}.json" for name in names} | {"index.html"} <= set(zipped.namelist())
    tables = {name: json.loads(zipped.read(f"{name}.json")) for name in names}
    assert tables["account"][0]["email"] == EMAIL
    assert [one["new"] for one in tables["address-changes"]] == [SECOND]
    assert len(tables["bookings"]) == 4 and len(tables["tickets"]) >= 3
    assert tables["devices"][0]["endpoint"] == PUSH
    assert tables["teams"][0]["role"] == "Manager"
    lines = list(csv.DictReader(io.StringIO(zipped.read("bookings.csv").decode("utf-8-sig"))))
    assert [line["reference"] for line in lines] == [row["reference"] for row in tables["bookings"]]
    assert NAME in zipped.read("index.html").decode()


def test_every_table_that_has_a_person_is_in_the_archive(person):
    """Whatever has something of theirs now is found by somebody who holds it."""
    Authenticator.objects.filter(user=person).delete()
    zipped = archive_of(sign_in())
    everything = "".join(zipped.read(name).decode() for name in zipped.namelist()).lower()
    assert all(mark in everything for mark in MARKS)


def test_nobody_finds_others_in_theirs(person):
    other = make_user("Bob")
    page = Client()
    page.force_login(other)
    everything = "".join(archive_of(page).read(name).decode() for name in archive_of(page).namelist()).lower()
    assert not any(mark in everything for mark in MARKS)


def test_a_name_that_is_a_formula_is_harmless_in_a_spreadsheet():
    user = make_user("Eve")
    update_profile(user=user, name="=1+1")
    page = Client()
    page.force_login(user)
    assert "'=1+1" in archive_of(page).read("account.csv").decode()


def test_the_archive_asks_who_one_is():
    page = Client()
    page.force_login(make_user())
    assert page.get("/account/archive")["Location"].startswith("/account/reauthenticate/")
    assert Client().get("/account/archive")["Location"].startswith("/account/login/")


def test_with_a_second_factor_deleting_asks_for_it(person):
    page = Client()
    page.force_login(person)
    answer = page.post("/account/delete", {"password": PASSWORD})
    assert answer["Location"].startswith("/account/security/reauthenticate/")
    assert User.objects.get(pk=person.pk).is_active


def test_no_notice_outlives_its_reader(person):
    close_account(user=person, now=timezone.now())
    deliver_due("facts")
    assert not Notice.objects.filter(recipient=person).exists()


def test_invitations_are_taken_along_those_that_were_sent_without_the_addresses_of_others(person):
    team, olga = make_team(), make_user("Olga", email="olga@example.org")
    Membership.objects.create(team=team, user=person, role=Membership.Role.OWNER)
    invite(team=team, email=olga.email, role=Membership.Role.DOOR, by=person, now=timezone.now())
    User.objects.filter(pk=person.pk).update(email="another@example.org")
    rows = {one.name: list(one.rows(person.pk)) for one in holdings()}
    assert [row["status"] for row in rows["invitations"]] == ["accepted"]
    (sent,) = rows["invitations-sent"]
    assert (sent["team"], sent["role"], sent["status"]) == (team.name, "Door staff", "open")
    assert olga.email not in str(sent)
