from django.apps import AppConfig


class CoreConfig(AppConfig):
    """The floor that every app stands on."""

    name = "core"
