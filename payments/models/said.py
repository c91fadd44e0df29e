"""What providers told us, each thing once."""

from django.db import models
from django.utils import timezone

from payments.models.payment import Payment


class ProviderEvent(models.Model):
    """Something a provider's webhook said. It is not believed: it says which payment to ask the provider about."""

    provider = models.CharField(max_length=20)
    event_id = models.CharField(max_length=255)
    kind = models.CharField(max_length=100)
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, null=True, blank=True, related_name="said")
    received_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = "message from a provider"
        verbose_name_plural = "messages from providers"
        constraints = [models.UniqueConstraint(fields=["provider", "event_id"], name="each_thing_is_said_once")]
        indexes = [models.Index(fields=["-received_at"], name="said_by_moment")]

    def __str__(self) -> str:
        return f"{self.kind} ({self.event_id})"
