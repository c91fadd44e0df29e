"""Codes that make tickets cheaper, or sell those that are hidden."""

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from core import money
from core.ids import new_id
from events.models.inventory import Inventory
from events.models.ticket_type import TicketType

NO_LIMIT = 1_000_000_000  # the capacity of a code that anybody may use as often as there are tickets


CODE = re.compile(r"[A-Z0-9][A-Z0-9_-]{1,38}[A-Z0-9]")


class PromoCodeQuerySet(models.QuerySet):
    def named(self, typed: str) -> Self:
        """Those of that name, in whatever case it was typed; none for what can't be a name."""
        code = typed.strip().upper()
        return self.filter(code=code).select_related("inventory") if CODE.fullmatch(code) else self.none()

    def active(self) -> Self:
        return self.filter(is_active=True)


class PromoCode(models.Model):
    """A code for tickets of one event.

    It makes each ticket it covers cheaper by `percent`, by an `amount` in minor units or altogether, and may unlock
    hidden ticket types. `ticket_types` are the ids of those it covers; none: all. (Not a relation: a type that is
    deleted must not leave behind a code for everything.) Uses are tickets, counted in an inventory of the code's own,
    so that the limit holds as seats do.
    """

    class Kind(models.TextChoices):
        PERCENT = "percent", "Percent off"
        AMOUNT = "amount", "Amount off"
        FREE = "free", "Free"
        UNLOCK = "unlock", "No discount"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    event = models.ForeignKey("events.Event", on_delete=models.CASCADE, related_name="promo_codes", db_index=False)
    inventory = models.OneToOneField(Inventory, on_delete=models.PROTECT, related_name="promo_code")
    code = models.CharField(max_length=40, help_text="In capitals.")
    kind = models.CharField(max_length=8, choices=Kind)
    percent = models.DecimalField(max_digits=6, decimal_places=3, null=True, blank=True)
    amount = models.PositiveBigIntegerField(null=True, blank=True)
    unlocks = models.BooleanField(default=False)
    ticket_types = ArrayField(models.UUIDField(), default=list, blank=True)
    valid_from = models.DateTimeField(null=True, blank=True)
    valid_until = models.DateTimeField(null=True, blank=True)
    max_per_person = models.PositiveSmallIntegerField(null=True, blank=True)
    is_active = models.BooleanField(default=True)
    note = models.CharField(max_length=120, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = PromoCodeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["event", "code"], name="a_code_is_unique_at_its_event"),
            models.CheckConstraint(
                condition=Q(kind="percent", percent__gt=0, percent__lte=100, amount=None)
                | Q(kind="amount", amount__gt=0, percent=None)
                | Q(kind="free", percent=None, amount=None)
                | Q(kind="unlock", unlocks=True, percent=None, amount=None),
                name="a_code_says_what_it_does",
            ),
            models.CheckConstraint(
                condition=Q(valid_from=None) | Q(valid_until=None) | Q(valid_until__gt=F("valid_from")),
                name="a_code_ends_after_it_begins",
            ),
            models.CheckConstraint(
                condition=Q(max_per_person=None) | Q(max_per_person__gt=0), name="a_code_is_for_somebody"
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def limit(self) -> int | None:
        """How many tickets it is good for in all. Needs `inventory` fetched."""
        return None if self.inventory.capacity == NO_LIMIT else self.inventory.capacity

    @property
    def left(self) -> int | None:
        """How many tickets it is still good for; None without a limit."""
        return None if self.limit is None else max(self.inventory.unclaimed, 0)

    def has_begun(self, at: datetime) -> bool:
        return self.valid_from is None or self.valid_from <= at

    def has_ended(self, at: datetime) -> bool:
        return self.valid_until is not None and self.valid_until <= at

    def covers(self, ticket_type: TicketType) -> bool:
        """Whether a ticket of this type is a use of the code. One that only unlocks is for hidden tickets."""
        if ticket_type.hidden and not self.unlocks:
            return False
        if self.kind == self.Kind.UNLOCK and not ticket_type.hidden:
            return False
        return not self.ticket_types or ticket_type.pk in self.ticket_types

    def unlocked(self, ticket_types: Iterable[TicketType]) -> list[TicketType]:
        """Those of some ticket types that are hidden, but not from who has this code."""
        return [one for one in ticket_types if one.hidden and self.covers(one)]

    def discount_on(self, ticket_type: TicketType) -> int:
        """How much less one ticket costs, in minor units."""
        if not self.covers(ticket_type):
            return 0
        if self.kind == self.Kind.PERCENT and self.percent is not None:
            return money.percent_of(ticket_type.price, self.percent)
        if self.kind == self.Kind.AMOUNT and self.amount is not None:
            return min(self.amount, ticket_type.price)
        return ticket_type.price if self.kind == self.Kind.FREE else 0

    def words(self, currency: str) -> str:
        """'20 % off', '€5.00 off each', 'Free' or 'Unlocks hidden tickets'."""
        if self.kind == self.Kind.PERCENT and self.percent is not None:
            return f"{money.percent_words(self.percent)} off"
        if self.kind == self.Kind.AMOUNT and self.amount is not None:
            return f"{money.words(self.amount, currency)} off each"
        return "Free" if self.kind == self.Kind.FREE else "Unlocks hidden tickets"
