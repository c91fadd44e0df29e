"""Another e-mail address that somebody has asked for."""

from datetime import datetime, timedelta
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models.people import User
from core.ids import new_id

CONFIRM_WITHIN = timedelta(days=3)
UNDO_WITHIN = timedelta(days=7)


class AddressChangeQuerySet(models.QuerySet):
    def open(self) -> Self:
        """Neither confirmed nor stopped; whether there is time left or not."""
        return self.filter(confirmed_at=None, ended_at=None)

    def waiting(self, at: datetime) -> Self:
        """Those that can still be confirmed."""
        return self.open().filter(asked_at__gt=at - CONFIRM_WITHIN)


class AddressChange(models.Model):
    """From one address to another: asked for, confirmed by whoever reads the new one, and stopped or undone by whoever
    reads the old. Until it is confirmed, nothing else knows of it.

    The old address gets a way back only if it was confirmed itself: else it may be a stranger's, by a slip of a finger.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="address_changes")
    old = models.EmailField(max_length=254)
    new = models.EmailField(max_length=254)
    old_was_confirmed = models.BooleanField()
    asked_at = models.DateTimeField(default=timezone.now)
    confirmed_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    objects = AddressChangeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user"],
                condition=Q(confirmed_at=None, ended_at=None),
                name="one_open_change_of_address_per_account",
            )
        ]

    def __str__(self) -> str:
        return f"{self.old} to {self.new}"

    def can_be_confirmed(self, at: datetime) -> bool:
        return self.confirmed_at is None and self.ended_at is None and at < self.asked_at + CONFIRM_WITHIN

    def can_be_stopped(self, at: datetime) -> bool:
        """Before it is confirmed; and undone for some days after, by a confirmed old address."""
        if self.ended_at is not None:
            return False
        if self.confirmed_at is None:
            return at < self.asked_at + UNDO_WITHIN
        return self.old_was_confirmed and at < self.confirmed_at + UNDO_WITHIN
