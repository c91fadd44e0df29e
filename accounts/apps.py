from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """People, organiser teams and what each role may do."""

    name = "accounts"
    verbose_name = "People and teams"

    def ready(self) -> None:
        from allauth.usersessions.signals import on_user_logged_in
        from django.contrib.auth.signals import user_logged_in

        from accounts import held, receivers  # noqa: F401  they register what they hold and hear

        # It looks through all sessions of a person one by one; our own receiver takes three statements.
        user_logged_in.disconnect(on_user_logged_in)
