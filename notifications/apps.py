from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    """Who hears what, by which channel: e-mail, web push and the bell."""

    name = "notifications"
    verbose_name = "Notifications"

    def ready(self) -> None:
        from notifications import letters, receivers  # noqa: F401  they register themselves
