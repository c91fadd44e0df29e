"""What happens in the background."""

from datetime import timedelta

from django.utils import timezone

from core.facts import Lane
from core.tasks import HEARTBEAT_FRESH_SECONDS, heartbeat_age
from evently.celery import app
from evently.doctor import Trouble, check
from evently.doctor.servers import START_REDIS
from outbox.models import Message
from outbox.operations.nudging import QUEUES

DUE_TOO_LONG = timedelta(minutes=1)
ANSWER_SECONDS = 2.0


def lanes_served() -> dict[Lane, bool]:
    """Whether a worker that answers takes each lane's tasks."""
    queues = app.control.inspect(timeout=ANSWER_SECONDS).active_queues() or {}
    served = {queue["name"] for worker in queues.values() for queue in worker}
    return {lane: QUEUES[lane] in served for lane in Lane}


@check("workers", cure=START_REDIS)
def workers() -> str:
    served = lanes_served()
    if not any(served.values()):
        raise Trouble("No worker answers.", "Start one: celery -A evently worker.")
    if idle := [lane for lane, there in served.items() if not there]:
        queue = QUEUES[idle[0]]
        raise Trouble(f"No worker serves the lane {idle[0].value}.", f"Start one: celery -A evently worker -Q {queue}.")
    return "Every lane has a worker that answers."


@check("beat", cure=START_REDIS)
def beat() -> str:
    """What beat sends every ten seconds, a worker of each lane runs."""
    ages = {lane: heartbeat_age(lane) for lane in Lane}
    late = [lane for lane, age in ages.items() if age is None or age > HEARTBEAT_FRESH_SECONDS]
    if len(late) == len(ages):
        raise Trouble("Nothing has been sent to workers on time.", "Start beat, once: celery -A evently beat.")
    if late:
        raise Trouble(
            f"The lane {late[0].value} has not run what is sent every ten seconds.",
            f"Look at the worker with -Q {QUEUES[late[0]]}: it hangs, or there is too much for it.",
        )
    return f"The last round was {max(age or 0 for age in ages.values()):.0f} seconds ago."


@check("outbox", cure="Look at the log of the workers.")
def outbox() -> str:
    now = timezone.now()
    if late := Message.objects.due_since(now - DUE_TOO_LONG):
        lane, since = late[0]
        raise Trouble(
            f"The lane {lane} has something that has been due since {since:%d %b %H:%M} UTC.",
            f"Start more workers with -Q {QUEUES[Lane(lane)]}.",
        )
    dead = Message.objects.filter(status=Message.Status.DEAD).count()
    if dead:
        raise Trouble(
            f"{dead} messages were given up.",
            "Look at “Given up” in the admin: mend the cause, then resend them.",
            verdict="note",
        )
    return "Nothing is late, and nothing was given up."
