"""One entry for one port: static files, sockets to the live door, all other HTTP to Django's WSGI handler.

Sync views under Django's ASGI handler cost several times the CPU of the WSGI one and break under a
rush (docs/decisions/serving.md), so that handler is not used at all: HTTP runs in a bounded pool of
threads that shares a bounded pool of connections.
"""

import gc
import os

WEB_THREADS = int(os.environ.get("WEB_THREADS", "4"))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "evently.settings")
# Public reads that are not in memory have threads of their own: a rush of forms does not hold them up.
READ_THREADS = 2
# What the doors in the event loop look up, and what live pages are told, must not wait for all of these: three more.
os.environ.setdefault("DATABASE_POOL", str(WEB_THREADS + READ_THREADS + 3))

import django  # noqa: E402  the environment comes first

django.setup()

from a2wsgi import WSGIMiddleware  # noqa: E402  and the apps before what needs them
from channels.routing import ProtocolTypeRouter  # noqa: E402
from django.conf import settings  # noqa: E402
from django.db import connection  # noqa: E402
from servestatic import ServeStaticASGI  # noqa: E402

from core import tally  # noqa: E402
from evently import draining  # noqa: E402
from evently.bodies import whole_bodies  # noqa: E402
from evently.doors import NativeDoors  # noqa: E402
from evently.headers import plain_names, utf8_alone  # noqa: E402
from evently.live import Live  # noqa: E402
from evently.microcache import MicroCache  # noqa: E402
from evently.page_views import PageViews  # noqa: E402
from evently.searches import Searches  # noqa: E402
from evently.watching import Watching  # noqa: E402
from evently.wsgi import application as wsgi_application  # noqa: E402

HASHED_NAME = r"\.[0-9a-f]{12}\.[^/]+$"


# a2wsgi types the environment more narrowly than Django does
pages = WSGIMiddleware(wsgi_application, workers=WEB_THREADS)  # type: ignore[arg-type]
reads = WSGIMiddleware(wsgi_application, workers=READ_THREADS)  # type: ignore[arg-type]
read_cache = MicroCache(pages, reads, fresh=settings.READ_CACHE_SECONDS)
searches = Searches(PageViews(read_cache), pages)
live = Live()
doors = NativeDoors(plain_names(utf8_alone(whole_bodies(searches))))


@tally.state
def standing() -> dict[str, float]:
    """What of this process may run short."""
    figures = {"evently_live_pages": float(live.pages()), "evently_desk_waiting": float(doors.waiting())}
    if settings.DATABASE_POOL:
        pool = connection.pool.get_stats()  # type: ignore[attr-defined]  # PostgreSQL's has one
        figures["evently_pool_connections"] = pool.get("pool_size", 0)
        figures["evently_pool_idle"] = pool.get("pool_available", 0)
        figures["evently_pool_waiting"] = pool.get("requests_waiting", 0)
    return figures


async def lifespan(scope, receive, send):
    """Answer the server's start and stop: what has been taken in is decided before the end."""
    while (await receive())["type"] != "lifespan.shutdown":
        draining.listen(settings.DRAIN_SECONDS)
        tally.keep_reporting("web")
        await send({"type": "lifespan.startup.complete"})
    await live.close()
    await doors.close()
    await searches.close()
    tally.goodbye("web")
    await send({"type": "lifespan.shutdown.complete"})


application = ServeStaticASGI(
    ProtocolTypeRouter(
        {
            "http": Watching(doors),
            "websocket": live,
            "lifespan": lifespan,
        }
    ),
    root=settings.STATIC_ROOT,
    prefix=settings.STATIC_URL,
    immutable_file_test=HASHED_NAME,
    add_headers_function=lambda headers, path, url: headers.add_header("X-Content-Type-Options", "nosniff"),
    max_age=60,
)

# What has been imported stays: the garbage collector need not look at it again and again during a rush.
gc.collect()
gc.freeze()
gc.set_threshold(10_000, 20, 20)
