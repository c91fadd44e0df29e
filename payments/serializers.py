"""What programs say and hear about payments. Money: decimal strings in major units."""

from rest_framework import serializers

from bookings.models import Booking
from core.rest.fields import Moment, Text
from core.text import one_line
from events.models import PaymentMethod
from payments.models import Payment, Refund, Rescue

CHOICES = ["line", "refund"]
STATES = ["free", "due", "waiting", "late", "door", "paid", "refunding", "refunded", "unpaid"]


class PayIn(serializers.Serializer):
    method = serializers.ChoiceField(
        PaymentMethod.choices, required=False, help_text="One that the event offers; none for what is free."
    )
    name = Text(
        max_length=120,
        required=False,
        allow_blank=True,
        validators=[one_line],
        help_text="Who comes, if not yourself.",
    )
    email = serializers.EmailField(max_length=254, required=False, allow_blank=True)


class LateIn(serializers.Serializer):
    choice = serializers.ChoiceField(CHOICES, help_text="Wait first in line, or have the money back.")


class PaidBooking(serializers.Serializer):
    id = serializers.UUIDField()
    reference = serializers.CharField()
    status = serializers.ChoiceField(Booking.Status.choices)
    paid_by = serializers.ChoiceField(["door", "money"], allow_null=True, help_text="What it was confirmed on.")
    self = serializers.CharField()


class InstructionsOut(serializers.Serializer):
    """What to enter at one's bank; `amount` is what is still missing."""

    holder = serializers.CharField()
    account = serializers.CharField()
    bank_code = serializers.CharField()
    bank = serializers.CharField()
    amount = serializers.CharField()
    currency = serializers.CharField()
    reference = serializers.CharField()


class PaymentOut(serializers.Serializer):
    id = serializers.UUIDField(allow_null=True, help_text="Null where no money has to come first.")
    booking = PaidBooking()
    method = serializers.ChoiceField(PaymentMethod.choices, allow_null=True)
    status = serializers.ChoiceField(Payment.Status.choices)
    amount = serializers.CharField()
    received = serializers.CharField()
    refunded = serializers.CharField(help_text="What went back, or is on its way.")
    currency = serializers.CharField()
    url = serializers.CharField(allow_null=True, help_text="Where the customer pays by card: open it in a browser.")
    instructions = InstructionsOut(allow_null=True)
    expires_at = Moment(allow_null=True, help_text="Until when the seats are held for the money.")
    note = serializers.CharField(help_text="What was odd about it, or why it failed.")
    created_at = Moment(allow_null=True)


class RefundOut(serializers.Serializer):
    id = serializers.UUIDField()
    amount = serializers.CharField()
    currency = serializers.CharField()
    status = serializers.ChoiceField(Refund.Status.choices)
    kind = serializers.ChoiceField(Refund.Kind.choices)
    reason = serializers.CharField()
    created_at = Moment()
    done_at = Moment(allow_null=True)


class LateOut(serializers.Serializer):
    status = serializers.ChoiceField(Rescue.Status.choices)
    decide_by = Moment()
    choices = serializers.ListField(child=serializers.ChoiceField(CHOICES))


class StatementLinks(serializers.Serializer):
    receipt = serializers.CharField(allow_null=True, help_text="The PDF, once money has come in.")


class StatementOut(serializers.Serializer):
    booking = PaidBooking()
    standing = serializers.ChoiceField(STATES)
    total = serializers.CharField()
    received = serializers.CharField()
    refunded = serializers.CharField()
    currency = serializers.CharField()
    payments = PaymentOut(many=True)
    refunds = RefundOut(many=True)
    late = LateOut(allow_null=True, help_text="What becomes of money that came when the seats were gone.")
    links = StatementLinks()
