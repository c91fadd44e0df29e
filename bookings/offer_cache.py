"""Offers kept in this process, so that a rush asks for them once."""

from collections import OrderedDict
from collections.abc import Sequence
from uuid import UUID

from channels.db import database_sync_to_async

from bookings.operations.offers import Offer, read_offers
from core.batching import Batcher

MOST_KEPT = 1000

_read = database_sync_to_async(read_offers, thread_sensitive=False)


class OfferCache:
    """For one event loop. What it keeps may be out of date: bookings planned by it are still only claimed under
    the terms that hold (docs/decisions/terms.md), and refusals are not spoken before `fresh` has been asked."""

    def __init__(self) -> None:
        self._kept: OrderedDict[UUID, Offer] = OrderedDict()
        self.fresh: Batcher[UUID, Offer | None] = Batcher(self._read_all)

    async def get(self, event_id: UUID) -> Offer | None:
        """The offer as last seen; None when there is no such event."""
        if offer := self._kept.get(event_id):
            self._kept.move_to_end(event_id)
            return offer
        return await self.fresh(event_id)

    async def _read_all(self, event_ids: Sequence[UUID]) -> list[Offer | None]:
        offers = await _read(set(event_ids))
        for event_id in set(event_ids):
            self._keep(event_id, offers.get(event_id))
        return [offers.get(event_id) for event_id in event_ids]

    def _keep(self, event_id: UUID, offer: Offer | None) -> None:
        self._kept.pop(event_id, None)
        if offer:
            self._kept[event_id] = offer
        while len(self._kept) > MOST_KEPT:
            self._kept.popitem(last=False)
