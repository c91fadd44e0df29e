from django.apps import AppConfig
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.mail import get_connection


class NotificationsConfig(AppConfig):
    """Who hears what, by which channel: e-mail, web push and the bell."""

    name = "notifications"
    verbose_name = "Notifications"

    def ready(self) -> None:
        from notifications import held, letters, metrics, receivers, signing_out, unread  # noqa: F401  they register
        from notifications.push import vapid

        check_provider()
        vapid.check()


def check_provider() -> None:
    """Sooner than at the first message: ImproperlyConfigured where a mail provider lacks what it needs."""
    if not settings.EMAIL_PROVIDER:
        return
    try:
        get_connection(settings.EMAIL_BACKEND)
    except ImproperlyConfigured as error:
        first = str(error).splitlines()[0]
        raise ImproperlyConfigured(f"EMAIL_PROVIDER={settings.EMAIL_PROVIDER} needs more: {first}") from error
