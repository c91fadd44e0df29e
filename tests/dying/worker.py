"""`celery -A tests.dying.worker worker`"""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "evently.settings")

import django

django.setup()

from evently.celery import app  # noqa: E402  Django comes first
from tests.dying import install  # noqa: E402

__all__ = ["app"]

install()
