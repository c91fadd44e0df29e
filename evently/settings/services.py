"""What the site leans on: PostgreSQL, Redis, and Celery's way to its workers."""

from evently.settings.environment import ENVIRONMENT, env, required
from evently.settings.schedule import QUEUES

DATABASES = {"default": env.db_url_config(required("DATABASE_URL", "postgresql://evently@localhost/evently"))}
_database = DATABASES["default"]
_database["DISABLE_SERVER_SIDE_CURSORS"] = True  # PgBouncer in transaction mode
_database.setdefault("OPTIONS", {})
# A web process shares a small pool among its threads (asgi.py sets its size); others keep one connection.
DATABASE_POOL = env.int("DATABASE_POOL", 0)
if DATABASE_POOL:
    _database["OPTIONS"]["pool"] = {"min_size": 1, "max_size": DATABASE_POOL, "timeout": 20}
else:
    # In tests each request closes its own: a test database must be free when it is dropped.
    _database["CONN_MAX_AGE"] = 0 if ENVIRONMENT == "test" else 60
    _database["CONN_HEALTH_CHECKS"] = True

# Past PgBouncer, to the server itself: for `manage.py backup` and `restore`. Empty: DATABASE_URL leads there.
DATABASE_DIRECT_URL = env.str("DATABASE_DIRECT_URL", "")
DATABASE_DIRECT = env.db_url_config(DATABASE_DIRECT_URL) if DATABASE_DIRECT_URL else {}
# The folder of pg_dump and pg_restore, where they are not on PATH.
PG_BIN = env.str("PG_BIN", "")

REDIS_URL = required("REDIS_URL", "redis://localhost:6379/0")
CACHES = {
    "default": {
        "BACKEND": "core.cache.ForgivingCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "evently",
        "OPTIONS": {
            # Without Redis the site goes on: reads miss, and each rate limit states what it does.
            "IGNORE_EXCEPTIONS": True,
            "SOCKET_CONNECT_TIMEOUT": 1,
            "SOCKET_TIMEOUT": 2,
        },
    },
    # Parts of pages, under names that change with what they show: no process need hear of another's.
    "fragments": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "OPTIONS": {"MAX_ENTRIES": 2000},
    },
}
# For consumers that apps may add. Live numbers take a shorter way: docs/decisions/live.md.
CHANNEL_LAYERS = {
    "default": {
        "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
        "CONFIG": {"hosts": [REDIS_URL]},
    }
}
CELERY_BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://", 1).replace("?db=", "?virtual_host=", 1)
# The lanes of the outbox; a worker that is not told which (-Q) serves all.
CELERY_TASK_QUEUES: dict[str, dict[str, str]] = {queue: {} for queue in QUEUES.values()}
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_TIME_LIMIT = 300
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_PUBLISH_RETRY = False  # the ledger and its sweep are the retry
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "socket_connect_timeout": 1,
    "socket_timeout": 5,
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0.1,
    "interval_max": 0.2,
    "visibility_timeout": 600,
}
