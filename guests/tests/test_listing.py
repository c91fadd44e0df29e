"""The list of an event's guests."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership
from bookings import operations as bookings
from bookings.models import Booking
from events.operations import TicketTypeInput
from guests.listing import PAGE_SIZE
from tests.factories import make_booking, make_event, make_hold, make_team, make_user, owner_of, signed_in
from tickets import codes
from tickets import operations as tickets
from tickets.models import Ticket

pytestmark = pytest.mark.django_db
# Session, person, event, types; permission; types; ids found; page, people, lines, who is in; counts, and of those who
# are in; line; tab; bell.
STATEMENTS = 16


@pytest.fixture
def event():
    return make_event(ticket_types=[TicketTypeInput(name="Stalls"), TicketTypeInput(name="Balcony")], capacity=200)


@pytest.fixture
def page(event) -> Client:
    return signed_in(owner_of(event.organizer))


def booked(event, name="Ada", ticket_type="Stalls", quantity=1, email=""):
    user = make_user(name)
    items = [(event.ticket_types.get(name=ticket_type).pk, quantity)]
    booking = make_booking(event, user, items=items)
    Booking.objects.filter(pk=booking.pk).update(name=name, email=email)
    return booking


def address(event) -> str:
    return reverse("guests:list", args=[event.slug])


def shown(answer) -> list[str]:
    return [row.who for row in answer.context["page"].rows]


def test_each_booking_stands_on_the_shelves_of_its_state(page, event):
    booked(event, "Ada")
    cancelled = booked(event, "Cleo")
    bookings.cancel(booking=cancelled, now=timezone.now())
    hall = booked(event, "Hal", quantity=2)
    Ticket.objects.filter(pk=tickets.issued(booking=hall)[0].pk).update(checked_in_at=timezone.now())
    basket = bookings.hold(
        request=bookings.Request(event.pk, [(event.ticket_types.first().pk, 1)]),
        customer_id=make_user("Bea").pk,
        now=timezone.now(),
    )
    gone = bookings.hold(
        request=bookings.Request(event.pk, [(event.ticket_types.first().pk, 1)]),
        customer_id=make_user("Gus").pk,
        now=timezone.now(),
    )
    bookings.give_back(booking=gone, now=timezone.now())
    Booking.objects.filter(name="Ada").update(paid_by="door")
    answer = page.get(address(event))
    assert shown(answer) == ["Bea", "Hal", "Cleo", "Ada"]
    assert answer.context["page"].counts == {
        "all": 4, "confirmed": 2, "basket": 1, "door": 1, "in": 1, "cancelled": 1,
    }  # fmt: skip
    shelves = ("confirmed", "basket", "door", "in", "cancelled")
    assert [shown(page.get(address(event), {"show": shelf})) for shelf in shelves] == [
        ["Hal", "Ada"], ["Bea"], ["Ada"], ["Hal"], ["Cleo"],
    ]  # fmt: skip
    (row,) = page.get(address(event), {"show": "in"}).context["page"].rows
    assert (row.here, row.booking.quantity, row.tickets) == (1, 2, "2\u00a0×\u00a0Stalls")
    assert basket.status == "pending"


@pytest.mark.parametrize("search", ["lovelace", "ADA love", "post@ada", "reference", "code", "scanned"])
def test_a_guest_is_found_by_name_address_reference_and_ticket_code(page, event, search):
    ada = booked(event, "Ada Lovelace", email="post@ada.example.org")
    booked(event, "Grace Hopper")
    (ticket,) = tickets.issued(booking=ada)
    words = {"reference": ada.reference.lower(), "code": ticket.readable_code, "scanned": codes.sign(ticket)}
    answer = page.get(address(event), {"q": words.get(search, search)})
    assert shown(answer) == ["Ada Lovelace"]
    assert answer.context["page"].counts["all"] == 1


def test_what_an_account_is_called_is_not_searched_where_the_booking_has_a_name(page, event):
    """Else a box office could find out whether somebody has an account."""
    booking = booked(event, "Secret")
    Booking.objects.filter(pk=booking.pk).update(name="Rui", email="rui@example.org")
    assert shown(page.get(address(event), {"q": "Secret"})) == []
    assert shown(page.get(address(event), {"q": booking.customer.email})) == []
    assert shown(page.get(address(event), {"q": "rui"})) == ["Rui"]


def test_a_code_of_another_event_finds_nobody(page, event):
    other = booked(make_event(ticket_types=[TicketTypeInput(name="Stalls")]))
    assert shown(page.get(address(event), {"q": tickets.issued(booking=other)[0].code})) == []


def test_guests_are_filtered_by_ticket_type_and_counted_so(page, event):
    booked(event, "Ada")
    booked(event, "Bob", "Balcony")
    answer = page.get(address(event), {"type": str(event.ticket_types.get(name="Balcony").pk)})
    assert (shown(answer), answer.context["page"].counts["all"]) == (["Bob"], 1)


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        ("newest", ["ann", "Cleo", "Bob"]),
        ("oldest", ["Bob", "Cleo", "ann"]),
        ("name", ["ann", "Bob", "Cleo"]),
        ("total", ["Cleo", "ann", "Bob"]),
    ],
)
def test_guests_are_sorted(page, event, sort, order):
    for name, total in (("Bob", 100), ("Cleo", 900), ("ann", 200)):
        Booking.objects.filter(pk=booked(event, name).pk).update(total=total, paid_by="door")
    assert shown(page.get(address(event), {"sort": sort})) == order


@pytest.mark.parametrize("sort", ["newest", "name", "total"])
def test_pages_hold_everybody_once(page, event, sort):
    names = {f"Guest {n:03} {'語' * 40}" for n in range(PAGE_SIZE + 5)}
    for name in sorted(names):
        booked(event, name)
    first = page.get(address(event), {"sort": sort})
    second = page.get(address(event), {"sort": sort, "cursor": first.context["page"].next_cursor})
    assert (len(shown(first)), len(shown(second))) == (PAGE_SIZE, 5)
    assert set(shown(first)) | set(shown(second)) == names
    back = page.get(address(event), {"sort": sort, "cursor": second.context["page"].previous_cursor})
    assert shown(back) == shown(first)


@pytest.mark.parametrize(
    "query",
    [{"q": "a\x00"}, {"q": "x" * 201}, {"show": "everybody"}, {"sort": "age"}, {"type": "7"}, {"cursor": "x"},
     {"type": "00000000-0000-0000-0000-000000000001"}],
)  # fmt: skip
def test_an_address_that_makes_no_sense_is_a_400(page, event, query):
    assert page.get(address(event), query).status_code == 400


@pytest.mark.parametrize("search", ["%", "_", "\\", "'", "<script>", "(", "٣", "a" * 200, "  ", "-----------------"])
def test_any_text_may_be_searched_for(page, event, search):
    booked(event)
    answer = page.get(address(event), {"q": search})
    assert answer.status_code == 200
    assert "<script>" not in answer.content.decode().split('id="guests"')[1]


@pytest.mark.parametrize("role", [None, Membership.Role.DOOR, "stranger"])
@pytest.mark.parametrize("name", ["list", "booking", "pdf"])
def test_only_those_who_edit_the_event_see_its_guests(event, role, name):
    booking = booked(event)
    url = reverse(f"guests:{name}", args=[event.slug, *([booking.pk] if name != "list" else [])])
    if role is None:
        assert Client().get(url).status_code == 302
        return
    user = make_user("Dora")
    if role == Membership.Role.DOOR:
        Membership.objects.create(team=event.organizer, user=user, role=role)
    else:
        make_team(user)
    assert signed_in(user).get(url).status_code == (403 if role == Membership.Role.DOOR else 404)


def test_a_booking_of_another_event_is_not_shown_here(page, event):
    other = make_booking()
    assert page.get(reverse("guests:booking", args=[event.slug, other.pk])).status_code == 404
    lapsed = make_hold(make_event(event.organizer))
    bookings.give_back(booking=lapsed, now=timezone.now())
    assert page.get(reverse("guests:booking", args=[lapsed.event.slug, lapsed.pk])).status_code == 404


@pytest.mark.parametrize("guests", [1, 12])
def test_the_list_asks_as_many_statements_for_many_guests_as_for_one(page, event, django_assert_num_queries, guests):
    for number in range(guests):
        booked(event, f"G{number}", quantity=2)
    with django_assert_num_queries(STATEMENTS):
        page.get(address(event), {"q": "G"})


def test_htmx_gets_the_results_alone(page, event):
    booked(event)
    answer = page.get(address(event), headers={"HX-Request": "true"})
    assert answer.content.decode().lstrip().startswith('<div class="stack" id="guests"')


def test_a_guests_page_tells_what_happened_and_prints_tickets(page, event):
    booking = booked(event, "Ada", quantity=2)
    answer = page.get(reverse("guests:booking", args=[event.slug, booking.pk]))
    dossier = answer.context["dossier"]
    assert ([ticket.holder_name for ticket in dossier.tickets], dossier.waiting) == (["Ada", "Ada"], 2)
    assert [one.words for one in dossier.history] == ["Booked: 2 seats"]
    printed = page.get(reverse("guests:pdf", args=[event.slug, booking.pk]))
    assert printed.content.startswith(b"%PDF")
