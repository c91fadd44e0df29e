"""Who tickets are for."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Change, Membership
from bookings import operations as bookings
from core.errors import Invalid, NotAllowed
from tests.factories import make_booking, make_event, make_user, owner_of, signed_in
from tickets import codes
from tickets import operations as tickets
from tickets.errors import TooLateToRename
from tickets.models import Ticket

pytestmark = pytest.mark.django_db


@pytest.fixture
def booking():
    return make_booking(make_event(), make_user("Ada"), 2)


def issued(booking) -> list[Ticket]:
    return tickets.issued(booking=booking)


def names(booking) -> list[str]:
    return list(Ticket.objects.filter(booking=booking).in_order().values_list("holder_name", flat=True))


def rename(booking, name="Grace", *, by=None, now=None, which=0):
    ticket = issued(booking)[which]
    by, now = by or booking.customer, now or timezone.now()
    return tickets.name_holders(booking=booking, names={ticket.pk: name}, by=by, now=now)


def form(booking, *texts) -> dict[str, str]:
    return {f"name_{ticket.pk}": text for ticket, text in zip(issued(booking), texts, strict=True)}


def test_a_customer_names_tickets_and_their_codes_stay_good(booking):
    ticket = issued(booking)[0]
    before = codes.sign(ticket), ticket.code
    page = signed_in(booking.customer)
    answer = page.post(reverse("tickets:names", args=[booking.pk]), form(booking, " Grace ", "Ada"), follow=True)
    assert names(booking) == ["Grace", "Ada"]
    assert "Grace" in answer.content.decode() and "offline" in answer.content.decode()
    ticket = issued(booking)[0]
    assert (codes.sign(ticket), ticket.code) == before
    assert tickets.verify(text=before[0]).holder_name == "Grace"
    assert "Grace" in page.get(ticket.get_absolute_url()).content.decode()
    change = Change.objects.get(what="holder-changed")
    assert (change.by, change.old, change.new) == (
        booking.customer, {"Admission, no. 1": "Ada"}, {"Admission, no. 1": "Grace"},
    )  # fmt: skip


def test_the_team_names_tickets_at_any_time(booking):
    by = owner_of(booking.event.organizer)
    assert rename(booking, by=by, now=booking.event.starts_at + timedelta(minutes=5)) == 1
    answer = signed_in(by).post(
        reverse("guests:names", args=[booking.event.slug, booking.pk]), form(booking, "Eva", "Rui"), follow=True
    )
    assert [str(one) for one in answer.context["messages"]] == ["2 names changed."]
    assert names(booking) == ["Eva", "Rui"]
    assert "Admission, no. 1: Grace → Eva" in answer.content.decode()


def test_what_is_the_same_is_no_change(booking):
    assert rename(booking, "Ada") == 0
    assert not Change.objects.filter(what="holder-changed").exists()


def test_customers_may_until_the_event_begins(booking):
    with pytest.raises(TooLateToRename, match="until the event begins"):
        rename(booking, now=booking.event.starts_at)
    assert rename(booking, now=booking.event.starts_at - timedelta(seconds=1)) == 1


def test_a_ticket_that_was_used_keeps_its_name(booking):
    Ticket.objects.filter(pk=issued(booking)[0].pk).update(checked_in_at=timezone.now())
    with pytest.raises(TooLateToRename, match="is used"):
        rename(booking, by=owner_of(booking.event.organizer))
    assert rename(booking, which=1) == 1


def test_a_cancelled_ticket_keeps_its_name(booking):
    issued(booking)
    bookings.cancel(booking=booking, now=timezone.now())
    with pytest.raises(TooLateToRename, match="is cancelled"):
        rename(booking)
    assert names(booking) == ["Ada", "Ada"]


@pytest.mark.parametrize("name", ["", "  ", "x" * 121, "a\nb", "a\x00b", "\u202eevil", "\u200b"])
def test_what_is_no_name_is_refused(booking, name):
    with pytest.raises(Invalid):
        rename(booking, name)
    answer = signed_in(booking.customer).post(reverse("tickets:names", args=[booking.pk]), form(booking, name, "Ada"))
    assert answer.status_code == 422
    assert names(booking) == ["Ada", "Ada"]


def test_nobody_else_names_them(booking):
    door, other = make_user("Dora"), make_booking(booking.event, make_user("Bob"))
    Membership.objects.create(team=booking.event.organizer, user=door, role=Membership.Role.DOOR)
    for by in (make_user(), other.customer, door):
        with pytest.raises(NotAllowed):
            rename(booking, by=by)
        assert signed_in(by).get(reverse("tickets:names", args=[booking.pk])).status_code == 404
    with pytest.raises(NotAllowed, match="another booking"):
        tickets.name_holders(booking=booking, names={issued(other)[0].pk: "X"}, by=booking.customer, now=timezone.now())
    url = reverse("guests:names", args=[booking.event.slug, booking.pk])
    assert [signed_in(one).get(url).status_code for one in (door, make_user())] == [403, 404]


SAID = "The ticket of Ada (Admission, no. 1) is used: its name stays. “Grace” was not saved."


@pytest.mark.parametrize(("others", "told"), [("Eva", ["Saved."]), ("Ada", [])])
def test_a_page_sent_after_a_ticket_was_used_says_which_name_was_not_saved_and_why(booking, others, told):
    data = form(booking, "Grace", others)
    page = signed_in(booking.customer)
    Ticket.objects.filter(pk=issued(booking)[0].pk).update(checked_in_at=timezone.now())
    answer = page.post(reverse("tickets:names", args=[booking.pk]), data, follow=True)
    assert names(booking) == ["Ada", others]
    *saved, warning = [str(one) for one in answer.context["messages"]]
    assert ([one.split(" ")[0] for one in saved], warning) == (told, SAID)


def test_it_says_so_too_when_another_name_has_to_be_mended_first(booking):
    data = form(booking, "Grace", "")
    Ticket.objects.filter(pk=issued(booking)[0].pk).update(checked_in_at=timezone.now())
    answer = signed_in(booking.customer).post(reverse("tickets:names", args=[booking.pk]), data)
    assert (answer.status_code, answer.context["form"].too_late) == (422, [SAID])
    assert "“Grace” was not saved." in answer.content.decode()


def test_the_team_is_told_the_same(booking):
    data = form(booking, "Grace", "Eva")
    Ticket.objects.filter(pk=issued(booking)[0].pk).update(checked_in_at=timezone.now())
    url = reverse("guests:names", args=[booking.event.slug, booking.pk])
    answer = signed_in(owner_of(booking.event.organizer)).post(url, data, follow=True)
    assert [str(one) for one in answer.context["messages"]] == ["1 name changed.", SAID]
    assert names(booking) == ["Ada", "Eva"]
