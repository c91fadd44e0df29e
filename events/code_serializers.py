"""What programs say and hear about promo codes. Money: decimal strings in major units; uses are tickets."""

from typing import Any

from rest_framework import serializers

from core import money
from core.rest.fields import Flag, Id, Moment, Text, Whole
from events.models import PromoCode
from events.operations.inputs import MAX_TICKET_TYPES

PAGE_SIZE, LARGEST_PAGE = 50, 500


class PromoCodeIn(serializers.Serializer):
    """A promo code. `percent` goes with the kind of that name, and `amount` with its own."""

    code = Text(max_length=40, help_text="Letters, digits, - and _; in capitals or not.")
    kind = serializers.ChoiceField(PromoCode.Kind.choices)
    percent = serializers.DecimalField(max_digits=6, decimal_places=3, required=False, allow_null=True)
    amount = serializers.DecimalField(
        max_digits=12, decimal_places=4, required=False, allow_null=True, help_text="Off each ticket: '5.00'."
    )
    unlocks = Flag(required=False, help_text="Sells hidden ticket types.")
    ticket_types = serializers.ListField(
        child=Id(), required=False, max_length=MAX_TICKET_TYPES, help_text="Those it is for; none: all."
    )
    valid_from = Moment(required=False, allow_null=True)
    valid_until = Moment(required=False, allow_null=True)
    limit = Whole(required=False, allow_null=True, help_text="Tickets in all; null: no limit.")
    max_per_person = Whole(required=False, allow_null=True, help_text="Tickets for one person.")
    note = Text(max_length=120, required=False, allow_blank=True, help_text="For the team.")


class PromoCodeChange(PromoCodeIn):
    """Any of it; what is left out stays. `active`: false switches it off."""

    code = Text(max_length=40, required=False)
    kind = serializers.ChoiceField(PromoCode.Kind.choices, required=False)
    active = Flag(required=False)


class PromoCodeOut(serializers.Serializer):
    """A promo code and how often it is used. Needs `inventory` and `event` fetched."""

    id = serializers.UUIDField()
    code = serializers.CharField()
    kind = serializers.ChoiceField(PromoCode.Kind.choices)
    percent = serializers.SerializerMethodField()
    amount = serializers.SerializerMethodField()
    currency = serializers.CharField(source="event.currency")
    unlocks = serializers.BooleanField()
    ticket_types = serializers.ListField(child=serializers.UUIDField())
    valid_from = Moment(allow_null=True)
    valid_until = Moment(allow_null=True)
    limit = serializers.IntegerField(allow_null=True)
    max_per_person = serializers.IntegerField(allow_null=True)
    note = serializers.CharField()
    active = serializers.BooleanField(source="is_active")
    used = serializers.SerializerMethodField(help_text="Tickets that are booked with it.")
    in_baskets = serializers.IntegerField(source="inventory.held")
    created_at = Moment()

    def get_percent(self, code: PromoCode) -> str | None:
        return None if code.percent is None else money.plain_percent(code.percent)

    def get_amount(self, code: PromoCode) -> str | None:
        return None if code.amount is None else money.plain(code.amount, code.event.currency)

    def get_used(self, code: PromoCode) -> int:
        return code.inventory.claimed - code.inventory.held


class PromoCodePage(serializers.Serializer):
    results = PromoCodeOut(many=True)
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)


class PromoCodeQuery(serializers.Serializer):
    active = serializers.BooleanField(required=False, allow_null=True, default=None)
    limit = serializers.IntegerField(min_value=1, max_value=LARGEST_PAGE, default=PAGE_SIZE)
    cursor = serializers.CharField(max_length=500, required=False, help_text="From `next` or `previous`.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        return {name: value for name, value in attrs.items() if value is not None}
