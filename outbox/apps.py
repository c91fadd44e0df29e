from django.apps import AppConfig


class OutboxConfig(AppConfig):
    """The ledger of things that must happen."""

    name = "outbox"
    verbose_name = "Outbox"

    def ready(self) -> None:
        from outbox import metrics  # noqa: F401  registers its figures
