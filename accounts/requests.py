"""Requests whose sender is known."""

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails
from rest_framework.request import Request

from accounts.models import User


class SignedInRequest(HttpRequest):
    """What a view behind `login_required` gets: for type checkers alone."""

    user: User
    htmx: HtmxDetails


class SignedInCall(Request):
    """What an API door that asks for a token gets: for type checkers alone."""

    user: User
