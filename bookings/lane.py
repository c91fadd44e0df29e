"""A lane of the desk: one database connection of its own, which decides batch after batch.

Asynchronous and outside Django's ORM on purpose: the event loop waits for the commit without a thread, so that
nothing stands between a thousand open connections and one statement.
"""

from collections.abc import Sequence

import psycopg
import structlog
from django.db import connection
from psycopg import AsyncConnection

from bookings.errors import DeskBusy
from bookings.operations.orders import DECIDE, Answer, Order, answers, arguments
from core.errors import DomainError

log = structlog.get_logger(__name__)

CONNECT_SECONDS = 5
STATEMENT_SECONDS = 10  # a lock held longer than this is somebody's accident; the batch is refused, not half done


class DatabaseLane:
    """Decides batches, each by one statement that is its own transaction: answered means committed."""

    def __init__(self) -> None:
        self._connection: AsyncConnection | None = None

    async def decide(self, orders: Sequence[Order]) -> list[Answer | DomainError]:
        """An answer for each order, in order; DeskBusy for those that could not be decided.

        An order that the database can't take at all (its customer is gone, its key is being used for another
        event this very moment) must not hurt its neighbours: the batch is halved until it stands alone.
        """
        try:
            return list(await self._decide_surely(orders))
        except psycopg.OperationalError as error:
            log.warning("database_away", error=str(error), orders=len(orders))
            return [DeskBusy() for _ in orders]
        except psycopg.Error as error:
            if len(orders) == 1:
                log.warning("order_refused", error=str(error))
                return [DeskBusy()]
            middle = len(orders) // 2
            return [*await self.decide(orders[:middle]), *await self.decide(orders[middle:])]

    async def close(self) -> None:
        if self._connection:
            await self._connection.close()
            self._connection = None

    async def _decide_surely(self, orders: Sequence[Order]) -> list[Answer]:
        """Once more when the connection breaks: nobody knows then whether the commit came through, so the
        orders say that they may be there already, and are found by their ids."""
        try:
            return await self._ask(orders)
        except psycopg.OperationalError:
            if self._connection and not self._connection.closed:
                raise  # a timeout or a deadlock: rolled back for certain
        await self.close()
        for order in orders:
            order.again = True
        return await self._ask(orders)

    async def _ask(self, orders: Sequence[Order]) -> list[Answer]:
        if self._connection is None or self._connection.closed:
            self._connection = await _connect()
        batch, limits = arguments(orders)
        cursor = await self._connection.execute(DECIDE, [batch, limits])
        return answers(orders, limits, await cursor.fetchall())


async def _connect() -> AsyncConnection:
    """Django's own address and options, without its pool: one connection, kept."""
    parameters = dict(connection.get_connection_params())
    for name in ("pool", "cursor_factory", "context", "prepare_threshold", "server_side_binding"):
        parameters.pop(name, None)
    lane = await AsyncConnection.connect(
        **parameters, autocommit=True, prepare_threshold=None, connect_timeout=CONNECT_SECONDS
    )
    await lane.execute(f"SET statement_timeout = '{STATEMENT_SECONDS}s'")
    return lane
