from django.apps import AppConfig


class EventsConfig(AppConfig):
    """Events, their ticket types, and how many seats there are."""

    name = "events"
