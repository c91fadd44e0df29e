"""What happens by the clock: the beat's tasks, and how often (seconds), or at night (UTC)."""

from typing import Any

from celery.schedules import crontab

QUEUES = {"facts": "celery", "post": "post", "bulk": "bulk"}  # each lane of the outbox has one


def _by_lane(words: str, task: str, *, seconds: float) -> dict[str, Any]:
    """The same task in each lane; one that waited as long as two turns take is dropped."""
    return {
        f"{words} {lane}": {
            "task": task,
            "schedule": seconds,
            "args": [lane],
            "options": {"queue": queue, "expires": 2 * seconds},
        }
        for lane, queue in QUEUES.items()
    }


CELERY_BEAT_SCHEDULE = {
    **_by_lane("deliver", "outbox.deliver_due", seconds=2.0),
    "release lapsed holds": {
        "task": "bookings.release_lapsed_holds",
        "schedule": 2.0,
        "options": {"expires": 4},
    },
    "look at payments": {"task": "payments.look_at_the_clock", "schedule": 5.0, "options": {"expires": 10}},
    "look at lines": {"task": "waitlist.look_at_the_clock", "schedule": 5.0, "options": {"expires": 10}},
    "remind": {"task": "notifications.remind", "schedule": 60.0, "options": {"expires": 60}},
    "tell of what is about to lapse": {
        "task": "notifications.look_at_the_clock",
        "schedule": 30.0,
        "options": {"expires": 30},
    },
    "summaries of the day before": {
        "task": "notifications.announce_summaries",
        "schedule": 300.0,
        "options": {"expires": 300},
    },
    **_by_lane("heartbeat of", "core.heartbeat", seconds=10.0),
    "figures follow": {"task": "analytics.follow", "schedule": 2.0, "options": {"expires": 4}},
    # By the clock and not by how long it has been: a beat that is started anew every day would never get there.
    "audit figures": {"task": "analytics.audit", "schedule": crontab(hour=2, minute=10)},
    "audit inventory": {"task": "bookings.audit_inventory", "schedule": crontab(hour=2, minute=30)},
    "audit money": {"task": "payments.audit_money", "schedule": crontab(hour=2, minute=50)},
    "forget expired sessions": {"task": "accounts.forget_expired_sessions", "schedule": crontab(hour=3, minute=10)},
    "forget delivered": {"task": "outbox.forget_delivered", "schedule": crontab(hour=3, minute=20)},
    "forget old notices": {"task": "notifications.forget_old", "schedule": crontab(hour=3, minute=30)},
}
