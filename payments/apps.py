from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    name = "payments"

    def ready(self) -> None:
        from payments import held, receivers  # noqa: F401  they register what they hold and hear
