"""Conversations are forgotten when nothing was said in them for long, or at once, from every file; others stay."""

from __future__ import annotations

import json
import time
import uuid
from pathlib import Path
from typing import List

import pytest
from rasa.core.agent import Agent
from rasa.core.tracker_store import (
    FailSafeTrackerStore,
    InMemoryTrackerStore,
    RedisTrackerStore,
    SQLTrackerStore,
    TrackerStore,
)
from rasa.shared.core.events import UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from redis.exceptions import RedisError

from bot.frame.forgetting import ForgettingError, forget, forget_silent
from bot.store import Database, Heard, Transcripts

DAY_S = 86_400


@pytest.fixture
def trackers(bot: Agent, tmp_path: Path) -> FailSafeTrackerStore:
    return FailSafeTrackerStore(SQLTrackerStore(bot.domain, db=str(tmp_path / "conversations.db")))


async def keep(trackers: FailSafeTrackerStore, conversation: str, *ages_days: float) -> None:
    tracker = DialogueStateTracker.from_events(
        conversation, [UserUttered("商標を取りたい", timestamp=time.time() - age * DAY_S) for age in ages_days]
    )
    await trackers.save(tracker)


async def test_a_conversation_that_fell_silent_long_ago_is_removed(trackers: FailSafeTrackerStore) -> None:
    await keep(trackers, "silent", 45, 31)
    assert forget_silent(trackers, 30) > 0
    assert list(await trackers.keys()) == []


async def test_a_conversation_that_goes_on_stays_whole(trackers: FailSafeTrackerStore) -> None:
    await keep(trackers, "goes on", 45, 1)
    assert forget_silent(trackers, 30) == 0
    assert list(await trackers.keys()) == ["goes on"]


def test_a_tracker_store_that_forgets_by_itself_is_left_alone(bot: Agent) -> None:
    assert forget_silent(InMemoryTrackerStore(bot.domain), 30) == 0


NONSENSE = "zqxjvkwブンガモ"


def kept_in(folder: Path) -> List[str]:
    """The files that hold what the owner wrote, as it is or as JSON escapes it."""
    spellings = (NONSENSE.encode(), NONSENSE[:7].encode(), json.dumps(NONSENSE)[8:-1].encode())
    files = (path for path in folder.rglob("*") if path.is_file())
    return [path.name for path in files if any(spelling in path.read_bytes() for spelling in spellings)]


async def test_a_conversation_is_in_no_file_once_it_is_forgotten(bot: Agent, tmp_path: Path) -> None:
    trackers = FailSafeTrackerStore(SQLTrackerStore(bot.domain, db=str(tmp_path / "conversations.db")))
    store = Database(str(tmp_path / "store.sqlite"))
    Transcripts(store).hear("a", Heard("id-00001", NONSENSE * 40), "me")
    for conversation, words in (("a", NONSENSE * 40), ("b", "別の人の話")):
        said = [UserUttered(words, timestamp=time.time()) for _ in range(20)]
        await trackers.save(DialogueStateTracker.from_events(conversation, said))
    assert kept_in(tmp_path) != []
    gone = forget(trackers, store, "a")
    assert (gone.counts["tracker"], gone.counts["transcripts"]) == (20, 1)
    assert gone.total == 21
    assert kept_in(tmp_path) == []
    assert list(await trackers.keys()) == ["b"]


async def test_a_tracker_in_memory_is_forgotten(bot: Agent, tmp_path: Path) -> None:
    trackers = InMemoryTrackerStore(bot.domain)
    await trackers.save(DialogueStateTracker.from_events("a", [UserUttered(NONSENSE)]))
    assert forget(trackers, Database(str(tmp_path / "store.sqlite")), "a").counts["tracker"] == 1
    assert await trackers.retrieve("a") is None


async def test_a_tracker_in_redis_is_forgotten(bot: Agent, tmp_path: Path) -> None:
    trackers = RedisTrackerStore(bot.domain, key_prefix=uuid.uuid4().hex, record_exp=60)
    try:
        trackers.red.ping()
    except RedisError as error:
        pytest.skip(f"no Redis here: {error}")
    await trackers.save(DialogueStateTracker.from_events("a", [UserUttered(NONSENSE)]))
    assert forget(trackers, Database(str(tmp_path / "store.sqlite")), "a").counts["tracker"] == 1
    assert list(await trackers.keys()) == []


def test_a_tracker_store_that_forgets_nothing_on_demand_is_named(bot: Agent, tmp_path: Path) -> None:
    class Elsewhere(TrackerStore):
        pass

    store = Database(str(tmp_path / "store.sqlite"))
    Transcripts(store).hear("a", Heard("id-00001", NONSENSE), "me")
    with pytest.raises(ForgettingError, match="Elsewhere"):
        forget(Elsewhere(bot.domain), store, "a")
    assert len(Transcripts(store).after("a", 0)) == 1  # nothing is half forgotten
