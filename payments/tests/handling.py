"""Handling an event's money on its organiser's pages, as tests do."""

from uuid import uuid4

from django.urls import reverse
from django.utils import timezone

from payments import operations
from payments.tests.paying import PRICE
from tests.factories import make_user


def pay(booking, amount=PRICE, reference="B1"):
    return operations.take_in(
        booking_id=booking.pk, amount=amount, reference=reference, by=make_user("Olga"), now=timezone.now()
    )


def url(name: str, booking, *more) -> str:
    return reverse(f"money:{name}", args=[booking.event.slug, booking.pk, *more])


def rows(answer) -> list[str]:
    return [row.booking.reference for row in answer.context["page"].results]


def said(answer) -> list[str]:
    return [str(message) for message in answer.context["messages"]]


def book_in(page, booking, follow=True, **data):
    return page.post(url("book_in", booking), {"key": str(uuid4()), **data}, follow=follow)
