"""What happens by the clock: the beat's tasks, and how often (seconds)."""

CELERY_BEAT_SCHEDULE = {
    "deliver facts": {"task": "outbox.deliver_due", "schedule": 2.0, "args": ["facts"], "options": {"expires": 4}},
    "deliver post": {
        "task": "outbox.deliver_due",
        "schedule": 2.0,
        "args": ["post"],
        "options": {"queue": "post", "expires": 4},
    },
    "deliver bulk": {
        "task": "outbox.deliver_due",
        "schedule": 2.0,
        "args": ["bulk"],
        "options": {"queue": "bulk", "expires": 4},
    },
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
    "heartbeat of facts": {"task": "core.heartbeat", "schedule": 10.0, "args": ["facts"], "options": {"expires": 20}},
    "heartbeat of post": {
        "task": "core.heartbeat",
        "schedule": 10.0,
        "args": ["post"],
        "options": {"queue": "post", "expires": 20},
    },
    "heartbeat of bulk": {
        "task": "core.heartbeat",
        "schedule": 10.0,
        "args": ["bulk"],
        "options": {"queue": "bulk", "expires": 20},
    },
    "figures follow": {"task": "analytics.follow", "schedule": 2.0, "options": {"expires": 4}},
    "audit figures": {"task": "analytics.audit", "schedule": 24 * 3600.0},
    "audit inventory": {"task": "bookings.audit_inventory", "schedule": 24 * 3600.0},
    "audit money": {"task": "payments.audit_money", "schedule": 24 * 3600.0},
    "forget expired sessions": {"task": "accounts.forget_expired_sessions", "schedule": 24 * 3600.0},
    "forget delivered": {"task": "outbox.forget_delivered", "schedule": 24 * 3600.0},
    "forget old notices": {"task": "notifications.forget_old", "schedule": 24 * 3600.0},
}
