"""Forgets what owners said, in the store and in the conversations that Rasa keeps: daily what is old, at once a whole.

Together with bot/store/retention.py it knows every place where something of a conversation is kept.
"""

from __future__ import annotations

import asyncio
import logging
import time
from dataclasses import dataclass
from typing import Mapping

from rasa.core.tracker_store import InMemoryTrackerStore, RedisTrackerStore, TrackerStore

from bot.frame.redis_trackers import RedisTrackers
from bot.frame.trackers import SqlTrackers, TrackersError
from bot.operator.set_up import SetUpError
from bot.store import Database, StoreError, database
from bot.store.retention import forget_conversation, forget_old

_DAY_S = 86_400
_TRACKER = "tracker"
_LOGGER = logging.getLogger(__name__)


class ForgettingError(SetUpError):
    """A conversation cannot be forgotten; the message says where it stays and what to do."""


@dataclass(frozen=True)
class Gone:
    """How much of a conversation was erased, by the place where it was; `tracker` counts Rasa's events."""

    counts: Mapping[str, int]

    @property
    def total(self) -> int:
        """All of it."""
        return sum(self.counts.values())


def forget(trackers: TrackerStore, store: Database, conversation: str) -> Gone:
    """Erase all that is kept of a conversation, everywhere, and return when it is done.

    Who answers in it at this moment is told by `was_forgotten` (bot/store/retention.py), and forgets what they wrote.
    Raises StoreError, ForgettingError, TrackersError.
    """
    events = _forget_tracker(trackers, conversation)  # first: where that fails, nothing is half forgotten
    rows = forget_conversation(store, conversation)
    events += _forget_tracker(trackers, conversation)  # what was saved by others before they could know
    return Gone({_TRACKER: events, **rows})


def _forget_tracker(trackers: TrackerStore, conversation: str) -> int:
    """Erase what Rasa keeps. Returns how many events that were; of a store that keeps them as one, 1."""
    if isinstance(trackers, (SqlTrackers, RedisTrackers)):
        return trackers.forget(conversation)
    if isinstance(trackers, RedisTrackerStore):  # a class of the operator's own
        return int(trackers.red.delete(trackers.key_prefix + conversation))
    if isinstance(trackers, InMemoryTrackerStore):
        return 0 if trackers.store.pop(conversation, None) is None else 1
    raise ForgettingError(
        f"endpoints.yml: conversations stay in {type(trackers).__name__}, which forgets none on demand; "
        "take an SQL tracker store, or Redis"
    )


async def keep_forgetting(trackers: TrackerStore, days: int) -> None:
    """Remove what is older than so many days, now and once a day. It never returns: cancel it."""
    while True:
        try:
            await asyncio.to_thread(forget_old, database(), days)
            await asyncio.to_thread(forget_silent, trackers, days)
        except (StoreError, TrackersError) as error:
            _LOGGER.error("what is older than %d days is not forgotten: %s", days, error)
        await asyncio.sleep(_DAY_S)


def forget_silent(trackers: TrackerStore, days: float) -> int:
    """Remove the conversations in which nothing was said for so many days. Returns how many events that were.

    Ours keeps all for ever; another of Rasa's is told how long in endpoints.yml, and left alone. Raises TrackersError.
    """
    if not isinstance(trackers, SqlTrackers):
        return 0
    return trackers.forget_silent(time.time() - days * _DAY_S)
