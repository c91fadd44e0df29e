from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """People, organiser teams and what each role may do."""

    name = "accounts"
    verbose_name = "People and teams"

    def ready(self) -> None:
        from accounts import receivers  # noqa: F401  registers its handlers
