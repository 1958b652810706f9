"""Forgets every day what owners said long enough ago: in the store, and in the conversations that Rasa keeps."""

from __future__ import annotations

import asyncio
import logging
import time
from typing import Optional

import sqlalchemy
from rasa.core.tracker_store import SQLTrackerStore, TrackerStore
from sqlalchemy.exc import SQLAlchemyError

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
        except (StoreError, SQLAlchemyError) as error:
            _LOGGER.error("what is older than %d days is not forgotten: %s", days, type(error).__name__)
        await asyncio.sleep(_DAY_S)


def forget_silent(trackers: TrackerStore, days: int) -> int:
    """Remove the conversations in which nothing was said for so many days. Returns how many events that were.

    Rasa's SQL tracker store keeps all for ever; its other ones are told how long in endpoints.yml, and left alone.
    """
    stored = _sql(trackers)
    if stored is None:
        return 0
    events = stored.SQLEvent.__table__
    silent = (
        sqlalchemy.select(events.c.sender_id)
        .group_by(events.c.sender_id)
        .having(sqlalchemy.func.max(events.c.timestamp) < time.time() - days * _DAY_S)
    )
    with stored.engine.begin() as connection:
        return int(connection.execute(events.delete().where(events.c.sender_id.in_(silent))).rowcount)


def _sql(trackers: TrackerStore) -> Optional[SQLTrackerStore]:
    """The SQL tracker store behind the stores that Rasa wraps around it."""
    innermost = trackers
    while hasattr(innermost, "_tracker_store"):
        innermost = innermost._tracker_store
    return innermost if isinstance(innermost, SQLTrackerStore) else None
