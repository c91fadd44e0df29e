"""Django's WSGI handler: all of HTTP goes through it (docs/decisions/serving.md)."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "evently.settings")

application = get_wsgi_application()
