"""What programs say and hear about tickets."""

from typing import Any

from rest_framework import serializers

from core import money
from core.rest.fields import Id, Moment, Text, write_moment
from tickets.models import LONGEST_GATE, Scan, Ticket
from tickets.verdicts import Verdict as DoorVerdict
from tickets.verdicts import colleague

LONGEST_CODE = 1000


class CodeIn(serializers.Serializer):
    """What a scanner read in the QR code, or the short code printed under it."""

    code = Text(max_length=LONGEST_CODE)


class VerifiedEvent(serializers.Serializer):
    id = serializers.UUIDField()
    title = serializers.CharField()
    starts_at = Moment()
    ends_at = Moment()
    timezone = serializers.CharField()


class VerifiedType(serializers.Serializer):
    id = serializers.UUIDField()
    name = serializers.CharField()


class Verdict(serializers.Serializer):
    """`unknown` has no event and no ticket type. `holder` is for the event's own staff, else null."""

    status = serializers.ChoiceField(["valid", "used", "cancelled", "unknown"])
    event = VerifiedEvent(allow_null=True)
    ticket_type = VerifiedType(allow_null=True)
    holder = serializers.CharField(allow_null=True)


class CheckInIn(CodeIn):
    """`scan` is an id of your own for this one scan: sent again after a lost answer, it is answered again."""

    event = Id(required=False, help_text="Whose door it is. Without, it is the ticket's own, if it is yours.")
    gate = Text(max_length=LONGEST_GATE, required=False, allow_blank=True, help_text="Where you stand.")
    scan = Id(required=False)


class ToPay(serializers.Serializer):
    amount = serializers.CharField(help_text="In major units.")
    currency = serializers.CharField()


class CheckedIn(serializers.Serializer):
    at = Moment()
    gate = serializers.CharField()
    by = serializers.CharField()


class Party(serializers.Serializer):
    """How many of the ticket's booking are in."""

    arrived = serializers.IntegerField()
    of = serializers.IntegerField()


class GuestOut(serializers.Serializer):
    """`to_pay` is still to be paid, at the door."""

    ticket = serializers.UUIDField()
    holder = serializers.CharField()
    ticket_type = VerifiedType()
    reference = serializers.CharField()
    checked_in = CheckedIn(allow_null=True)
    party = Party()
    to_pay = ToPay(allow_null=True)


class AdmissionOut(serializers.Serializer):
    """`welcome` lets the guest in, all else does not. `message` says what to do, `notes` what else to know.

    `guest` is null unless the ticket is for this event.
    """

    result = serializers.ChoiceField(Scan.Result.choices)
    message = serializers.CharField()
    notes = serializers.ListField(child=serializers.CharField())
    guest = GuestOut(allow_null=True)
    again = serializers.BooleanField(help_text="This scan was decided before, and this is its answer.")


class TypeAtDoor(serializers.Serializer):
    id = serializers.UUIDField()
    name = serializers.CharField()
    arrived = serializers.IntegerField()
    expected = serializers.IntegerField()


class AtDoor(serializers.Serializer):
    """`arrived` of those who are `expected`: the tickets of confirmed bookings."""

    arrived = serializers.IntegerField()
    expected = serializers.IntegerField()
    ticket_types = TypeAtDoor(many=True, source="types")


def admission_document(verdict: DoorVerdict) -> dict[str, Any]:
    """As AdmissionOut describes it."""
    return {
        "result": verdict.result.value,
        "message": verdict.sentence,
        "notes": verdict.notes,
        "guest": _guest(verdict, verdict.guest) if verdict.guest else None,
        "again": verdict.admission.again,
    }


def _guest(verdict: DoorVerdict, ticket: Ticket) -> dict[str, Any]:
    currency, kind = ticket.booking.currency, ticket.line.ticket_type
    to_pay = {"amount": money.plain(verdict.to_pay, currency), "currency": currency} if verdict.to_pay else None
    return {
        "ticket": str(ticket.pk),
        "holder": ticket.holder_name,
        "ticket_type": {"id": str(kind.pk), "name": kind.name},
        "reference": ticket.booking.reference,
        "checked_in": _checked_in(ticket),
        "party": {"arrived": verdict.admission.arrived, "of": verdict.admission.party},
        "to_pay": to_pay,
    }


def _checked_in(ticket: Ticket) -> dict[str, Any] | None:
    if ticket.checked_in_at is None:
        return None
    return {"at": write_moment(ticket.checked_in_at), "gate": ticket.gate, "by": colleague(ticket.checked_in_by)}
