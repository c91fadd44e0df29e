"""How a team is paid, where it is not by the platform's own account."""

from django.db import models

from accounts.models import Team
from core.sealed import unseal


class Account(models.Model):
    """A team's own settings. Keys are sealed (core.sealed): nobody reads them in the database alone.

    Bank details are what guests are told to transfer to; `legal_name`, `address` and `tax_id` stand on receipts.
    """

    team = models.OneToOneField(Team, on_delete=models.CASCADE, related_name="payment_account")
    stripe_key = models.TextField("Stripe key", blank=True, editable=False)
    stripe_webhook_secret = models.TextField("Stripe signing secret", blank=True, editable=False)
    statement = models.CharField("on card statements", max_length=22, blank=True)
    bank_holder = models.CharField("account holder", max_length=120, blank=True)
    bank_account = models.CharField("IBAN or account number", max_length=64, blank=True)
    bank_code = models.CharField("BIC or bank code", max_length=40, blank=True)
    bank_name = models.CharField("bank", max_length=120, blank=True)
    transfer_days = models.PositiveSmallIntegerField(
        default=5, help_text="How many days seats are kept for a transfer to arrive."
    )
    legal_name = models.CharField(max_length=160, blank=True)
    address = models.CharField(max_length=300, blank=True)
    tax_id = models.CharField("tax number", max_length=40, blank=True)

    class Meta:
        verbose_name = "way to be paid"
        verbose_name_plural = "ways to be paid"

    def __str__(self) -> str:
        return f"How {self.team} is paid"

    @property
    def stripe_key_end(self) -> str:
        """Its last characters, to tell it from another; "" when it can't be read any more."""
        return unseal(self.stripe_key)[-4:]

    @property
    def takes_cards(self) -> bool:
        return bool(self.stripe_key)

    @property
    def takes_transfers(self) -> bool:
        return bool(self.bank_holder and self.bank_account)
