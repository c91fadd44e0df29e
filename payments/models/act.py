"""What people did about money that no receipt and no refund tells."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from bookings.models import Booking
from core.ids import new_id
from payments.models.account import Account
from payments.models.payment import LONGEST_NOTE
from payments.models.refund import Refund


class MoneyAct(models.Model):
    """Who did what about a booking's money, a refund or a team's account, when and why: append-only.

    Receipts name who booked them in, and refunds who decided them; those are not told twice. Secrets are never written
    here.
    """

    class Kind(models.TextChoices):
        PAID_BACK = "paid_back", "Marked as paid back"
        SENT_ANEW = "sent_anew", "Refund sent anew"
        TICKETS = "tickets", "Tickets cancelled"
        GAVE_BACK = "gave_back", "Late payment given back"
        ACCOUNT = "account", "Payment settings changed"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=10, choices=Kind)
    booking = models.ForeignKey(Booking, on_delete=models.PROTECT, null=True, blank=True, related_name="money_acts")
    refund = models.ForeignKey(Refund, on_delete=models.PROTECT, null=True, blank=True, related_name="acts")
    account = models.ForeignKey(Account, on_delete=models.CASCADE, null=True, blank=True, related_name="acts")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    note = models.CharField(max_length=LONGEST_NOTE, blank=True)

    class Meta:
        verbose_name = "act with money"
        verbose_name_plural = "acts with money"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(booking__isnull=False) | models.Q(account__isnull=False),
                name="an_act_is_about_something",
            )
        ]
        indexes = [models.Index(fields=["-at"], name="acts_by_moment")]

    def __str__(self) -> str:
        return self.get_kind_display()
