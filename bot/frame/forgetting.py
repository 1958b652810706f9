"""Forgets every day what owners said long enough ago: in the store, and in the conversations that Rasa keeps."""

from __future__ import annotations

import asyncio
import logging
import time

from rasa.core.tracker_store import TrackerStore

from bot.frame.trackers import SqlTrackers, TrackersError
from bot.store import StoreError, database
from bot.store.retention import forget_old

_DAY_S = 86_400
_LOGGER = logging.getLogger(__name__)


async def keep_forgetting(trackers: TrackerStore, days: int) -> None:
    """Remove what is older than so many days, now and once a day. It never returns: cancel it."""
    while True:
        try:
            await asyncio.to_thread(forget_old, database(), days)
            await asyncio.to_thread(forget_silent, trackers, days)
        except (StoreError, TrackersError) as error:
            _LOGGER.error("what is older than %d days is not forgotten: %s", days, error)
        await asyncio.sleep(_DAY_S)


def forget_silent(trackers: TrackerStore, days: int) -> int:
    """Remove the conversations in which nothing was said for so many days. Returns how many events that were.

    Ours keeps all for ever; another of Rasa's is told how long in endpoints.yml, and left alone. Raises TrackersError.
    """
    if not isinstance(trackers, SqlTrackers):
        return 0
    return trackers.forget_silent(time.time() - days * _DAY_S)
