from django.apps import AppConfig


class AnalyticsConfig(AppConfig):
    """What happened, in figures, for organisers and staff."""

    name = "analytics"
