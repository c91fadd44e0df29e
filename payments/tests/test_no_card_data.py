"""Card data is typed in at the provider: no form of ours asks for it, and no page has a place for it."""

import re
from collections.abc import Iterator
from pathlib import Path

from django import forms
from django.conf import settings
from django.urls import get_resolver
from rest_framework import serializers

from payments.models import Payment, Receipt, Refund

CARD = re.compile(r"cc-(number|csc|exp|name)|card.?number|cvc|cvv|security.?code|\bpan\b|expiry", re.IGNORECASE)


def below(kind: type) -> Iterator[type]:
    for one in kind.__subclasses__():
        yield one
        yield from below(one)


def names(kind: type, attribute: str) -> Iterator[str]:
    """The fields of all classes of ours, once every module of the site is loaded."""
    assert get_resolver().url_patterns
    for one in below(kind):
        yield from (f"{one.__qualname__}.{name}" for name in getattr(one, attribute, {}))


def test_no_form_and_no_serializer_asks_for_a_card():
    asked = [*names(forms.BaseForm, "base_fields"), *names(serializers.Serializer, "_declared_fields")]
    assert len(asked) > 50
    assert [name for name in asked if CARD.search(name)] == []


def test_no_page_has_a_field_for_a_card():
    pages = list((Path(settings.BASE_DIR) / "templates").rglob("*.html"))
    assert len(pages) > 50
    fields = re.compile(r"<(?:input|c-input|c-field)\b[^>]*>", re.IGNORECASE)
    found = {str(page): [tag for tag in fields.findall(page.read_text()) if CARD.search(tag)] for page in pages}
    assert {page: tags for page, tags in found.items() if tags} == {}


def test_what_is_kept_of_a_payment_has_no_place_for_a_card():
    columns = [field.name for model in (Payment, Receipt, Refund) for field in model._meta.fields]
    assert [name for name in columns if CARD.search(name)] == []
