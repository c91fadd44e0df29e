"""Fonts and static files, as pages and tests need them: the hashed names of production, made in half a second."""

from django.conf import settings
from django.core.management import call_command
from django.test import override_settings

from local.locks import locked
from local.paths import VAR

# Production also compresses each file, which takes half a minute and changes no name.
UNCOMPRESSED = {"BACKEND": "core.staticfiles.UncompressedStorage"}


def make_assets() -> None:
    """Quick when nothing changed. One at a time: several test runs share the folder."""
    with locked(VAR / "assets.lock"), override_settings(STORAGES={**settings.STORAGES, "staticfiles": UNCOMPRESSED}):
        call_command("build_fonts", verbosity=0)
        call_command("collectstatic", interactive=False, verbosity=0)
