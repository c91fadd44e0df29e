"""Composition root: settings, URLs, the API's router, ASGI and WSGI entries, Celery, health."""

from evently.celery import app as celery_app

__all__ = ["celery_app"]
