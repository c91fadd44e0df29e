"""A lane of the desk: one database connection of its own, which decides batch after batch.

Asynchronous and outside Django's ORM on purpose: the event loop waits for the commit without a thread, so that
nothing stands between a thousand open connections and one statement.
"""

import asyncio
from collections.abc import Sequence

import psycopg
import structlog
from django.db import connection
from psycopg import AsyncConnection
from psycopg.errors import ForeignKeyViolation

from bookings.errors import CustomerGone, DeskBusy, Undecided
from bookings.operations.orders import DECIDE, Answer, Order, answers, arguments
from core.errors import DomainError

log = structlog.get_logger(__name__)

DJANGO_S_OWN = ("pool", "cursor_factory", "context", "prepare_threshold", "server_side_binding", "connect_timeout")
CONNECT_SECONDS = 5
ANSWER_SECONDS = 15  # evently_decide() waits 5 s for a lock; a database that says nothing for longer is gone


class DatabaseLane:
    """Decides batches, each by one statement that is its own transaction: answered means committed."""

    def __init__(self) -> None:
        self._connection: AsyncConnection | None = None
        self._warned = False

    async def decide(self, orders: Sequence[Order]) -> list[Answer | DomainError]:
        """An answer for each order, in order; DeskBusy for those that were not decided, Undecided for those of
        which nobody knows.

        An order that the database can't take at all (its customer is gone, its key is being used for another
        event this very moment) must not hurt its neighbours: the batch is halved until it stands alone.
        """
        try:
            return list(await self._decide_surely(orders))
        except psycopg.IntegrityError as error:
            if len(orders) > 1:
                middle = len(orders) // 2
                return [*await self.decide(orders[:middle]), *await self.decide(orders[middle:])]
            log.warning("order_refused", error=str(error))
            return [CustomerGone() if isinstance(error, ForeignKeyViolation) else DeskBusy()]
        except (psycopg.OperationalError, TimeoutError) as error:
            self._warn_once(error)
            return [Undecided() if order.again else DeskBusy() for order in orders]

    async def close(self) -> None:
        if self._connection:
            await self._connection.close()
            self._connection = None

    async def _decide_surely(self, orders: Sequence[Order]) -> list[Answer]:
        """Once more when the connection breaks: nobody knows then whether the commit came through, so the
        orders say that they may be there already, and are found by their ids."""
        opened = await self._open()
        try:
            return await self._ask(opened, orders)
        except (psycopg.OperationalError, TimeoutError):
            if not opened.closed:
                raise  # rolled back for certain: somebody held a lock for too long
        for order in orders:
            order.again = True
        return await self._ask(await self._open(), orders)

    async def _ask(self, opened: AsyncConnection, orders: Sequence[Order]) -> list[Answer]:
        batch, limits = arguments(orders)
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                cursor = await opened.execute(DECIDE, [batch, limits])
                decided = answers(orders, limits, await cursor.fetchall())
        except TimeoutError:
            await self.close()
            raise
        self._warned = False
        return decided

    async def _open(self) -> AsyncConnection:
        if self._connection is None or self._connection.closed:
            self._connection = await _connect()
        return self._connection

    def _warn_once(self, error: Exception) -> None:
        """While the database is away thousands hear so; the log needs to say it once."""
        if not self._warned:
            log.warning("database_away", error=str(error))
        self._warned = True


async def _connect() -> AsyncConnection:
    """Django's own address and options, without its pool: one connection, kept."""
    parameters = connection.get_connection_params()
    options = {name: value for name, value in parameters.items() if name not in DJANGO_S_OWN}
    return await AsyncConnection.connect(
        **options, autocommit=True, prepare_threshold=None, connect_timeout=CONNECT_SECONDS
    )
