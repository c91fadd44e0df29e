"""Requests whose sender is known."""

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from accounts.models import User


class SignedInRequest(HttpRequest):
    """What a view behind `login_required` gets: for type checkers alone."""

    user: User
    htmx: HtmxDetails
