"""The database and Redis."""

import time
from datetime import UTC, datetime

from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django_redis import get_redis_connection

from evently.doctor import Trouble, check

POSTGRES = 14
REDIS = (6, 2)
MOST_SECONDS_APART = 2.0
MOST_OF_CONNECTIONS = 0.8
START_DATABASE = "Start PostgreSQL, or correct DATABASE_URL."
START_REDIS = "Start Redis or Valkey, or correct REDIS_URL."


def ask(statement: str) -> tuple:
    """The first row that the database answers."""
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return tuple(cursor.fetchone())


@check("database", cure=START_DATABASE)
def database() -> str:
    number = int(ask("SELECT current_setting('server_version_num')")[0])
    if number // 10000 < POSTGRES:
        raise Trouble(f"PostgreSQL {number // 10000} is too old.", f"Upgrade it to {POSTGRES} or newer.")
    return f"PostgreSQL {number // 10000}.{number % 10000} answers."


@check("durability", cure=START_DATABASE)
def durability() -> str:
    """An answered booking must survive a crash: promise 2 of docs/architecture.md."""
    for setting in ("fsync", "full_page_writes", "synchronous_commit"):
        if ask(f"SELECT current_setting('{setting}')")[0] == "off":
            raise Trouble(
                f"{setting} is off: a crash may lose bookings that were confirmed.",
                f"ALTER SYSTEM SET {setting} = on; and reload PostgreSQL.",
            )
    return "A commit is on disk before it is answered."


@check("connections", cure=START_DATABASE)
def connections() -> str:
    most, used = ask(
        "SELECT current_setting('max_connections')::int,"
        " (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend')"
    )
    if used > most * MOST_OF_CONNECTIONS:
        raise Trouble(
            f"{used} of {most} connections to the database are taken.",
            "Raise max_connections, lower DATABASE_POOL, or put PgBouncer in front.",
        )
    return f"{used} of {most} connections are taken."


@check("migrations", cure=START_DATABASE)
def migrations() -> str:
    executor = MigrationExecutor(connection)
    missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    unknown = set(executor.loader.applied_migrations) - set(executor.loader.disk_migrations)
    if missing:
        some = ", ".join(f"{migration.app_label}.{migration.name}" for migration, _ in missing[:3])
        raise Trouble(f"{len(missing)} migrations have not been applied: {some}.", "Run `manage.py migrate`.")
    if unknown:
        app, name = sorted(unknown)[0]
        raise Trouble(
            f"The database is newer than this code: it has {app}.{name}.",
            "Deploy the version of the code that the database was migrated for.",
        )
    return "All have been applied."


@check("redis", cure=START_REDIS)
def redis() -> str:
    found = get_redis_connection("default").info("server")
    version = str(found["redis_version"])
    if tuple(int(part) for part in version.split(".")[:2]) < REDIS:
        raise Trouble(f"Redis {version} is too old.", "Upgrade it to 6.2 or newer, or to Valkey.")
    return f"{found.get('server_name', 'redis').capitalize()} answers; it is compatible with Redis {version}."


@check("redis memory", cure=START_REDIS)
def redis_memory() -> str:
    """A broker must never drop what it was given."""
    found = get_redis_connection("default").info("memory")
    policy, most = found.get("maxmemory_policy", "noeviction"), found.get("maxmemory", 0)
    if policy != "noeviction":
        raise Trouble(
            f"When its memory is full Redis drops what it was given ({policy}), tasks too.",
            "Set maxmemory-policy to noeviction.",
        )
    if most and found["used_memory"] > 0.8 * most:
        raise Trouble("Redis has used more than 80 % of its memory.", "Raise maxmemory.")
    return "It drops nothing."


@check("redis persistence", cure=START_REDIS)
def redis_persistence() -> str:
    found = get_redis_connection("default").info("persistence")
    for name in ("aof_last_write_status", "aof_last_bgrewrite_status", "rdb_last_bgsave_status"):
        if found.get(name, "ok") != "ok":
            raise Trouble(f"Redis could not save what it holds ({name}).", "Look at its log and at its disk.")
    if not found.get("aof_enabled"):
        raise Trouble(
            "A restart of Redis forgets limits, counts and nudges; what must happen is in the database.",
            "Set appendonly to yes.",
            verdict="note",
        )
    return "It keeps what it holds over a restart."


@check("clocks", cure="Let all machines keep time by NTP.")
def clocks() -> str:
    """Holds, offers and tokens end by the clock of whoever looks."""
    before = time.time()
    there = ask("SELECT clock_timestamp()")[0].timestamp()
    seconds, micros = get_redis_connection("default").time()
    here = (before + time.time()) / 2
    for name, moment in (("database", there), ("Redis server", seconds + micros / 1_000_000)):
        if abs(moment - here) > MOST_SECONDS_APART:
            raise Trouble(
                f"The {name}'s clock is {moment - here:+.0f} seconds off this machine's.",
                "Let all machines keep time by NTP.",
            )
    return f"Database, Redis and this machine agree: it is {datetime.fromtimestamp(here, UTC):%H:%M:%S} UTC."
