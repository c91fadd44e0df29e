from django.apps import AppConfig


class SampleConfig(AppConfig):
    """A made-up programme that shows a newcomer what Evently looks like in use."""

    name = "sample"
