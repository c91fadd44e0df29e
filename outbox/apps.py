from django.apps import AppConfig


class OutboxConfig(AppConfig):
    """The ledger of things that must happen."""

    name = "outbox"
    verbose_name = "Outbox"
