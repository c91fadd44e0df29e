"""The Celery application; tasks live in each app's `tasks.py`."""

import os
from typing import Any

from celery import Celery
from celery.signals import worker_process_init, worker_process_shutdown, worker_ready, worker_shutting_down
from django_structlog.celery.steps import DjangoStructLogInitStep

from core import tally

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "evently.settings")

app = Celery("evently")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
# Each line of a task bears its id, and the id of the request that has sent it.
app.steps["worker"].add(DjangoStructLogInitStep)


@worker_ready.connect
@worker_process_init.connect
def report(**_: Any) -> None:
    """Each process of a worker counts for itself: the one that starts the others, and these."""
    tally.keep_reporting("worker")


@worker_shutting_down.connect
@worker_process_shutdown.connect
def stop_reporting(**_: Any) -> None:
    tally.goodbye("worker")
