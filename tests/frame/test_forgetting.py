"""Conversations are forgotten when nothing was said in them for long, or at once, from every file; others stay."""

from __future__ import annotations

import json
import sqlite3
import time
import uuid
from pathlib import Path
from typing import List

import pytest
from rasa.core.agent import Agent
from rasa.core.tracker_store import InMemoryTrackerStore, RedisTrackerStore, SQLTrackerStore, TrackerStore
from rasa.shared.core.events import UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from redis.exceptions import RedisError

from bot.frame.forgetting import ForgettingError, forget, forget_silent
from bot.frame.trackers import SqlTrackers
from bot.store import Database, Heard, Transcripts
from tests.store.conftest import built_without_overwriting  # noqa: F401  (a fixture)

DAY_S = 86_400


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "conversations.db"


@pytest.fixture
def trackers(bot: Agent, file: Path) -> SqlTrackers:
    return SqlTrackers(bot.domain, db=str(file))


async def keep(trackers: SqlTrackers, conversation: str, *ages_days: float, words: str = "商標を取りたい") -> None:
    tracker = trackers.init_tracker(conversation)
    for age in ages_days:
        tracker.update(UserUttered(words, timestamp=time.time() - age * DAY_S))
    await trackers.save(tracker)


async def test_a_conversation_that_fell_silent_long_ago_is_removed(trackers: SqlTrackers) -> None:
    await keep(trackers, "silent", 45, 31)
    assert forget_silent(trackers, 30) > 0
    assert list(await trackers.keys()) == []


async def test_a_conversation_that_goes_on_stays_whole(trackers: SqlTrackers) -> None:
    await keep(trackers, "goes on", 45, 1)
    assert forget_silent(trackers, 30) == 0
    assert list(await trackers.keys()) == ["goes on"]


def test_a_tracker_store_that_forgets_by_itself_is_left_alone(bot: Agent) -> None:
    assert forget_silent(InMemoryTrackerStore(bot.domain), 30) == 0


async def test_turns_are_kept_while_many_conversations_are_forgotten(trackers: SqlTrackers, file: Path) -> None:
    for number in range(25):
        await keep(trackers, f"silent {number}", 31)
    other, pauses = sqlite3.connect(file, timeout=0), []  # it waits for nobody

    def keep_a_turn(pause_s: float) -> None:
        pauses.append(pause_s)
        with other:
            other.execute("UPDATE events SET type_name = type_name WHERE id = 1")

    assert trackers.forget_silent(time.time() - 30 * DAY_S, keep_a_turn) == 25
    assert len(pauses) >= 3


async def test_an_owner_who_comes_back_while_others_are_forgotten_keeps_all(trackers: SqlTrackers) -> None:
    names = [f"silent {number:02}" for number in range(25)]
    for name in names:
        await keep(trackers, name, 31)
    came_back: List[str] = []

    def come_back(pause_s: float) -> None:
        if came_back:
            return
        came_back.append(names[-1])
        with trackers.engine.begin() as connection:
            connection.exec_driver_sql(
                "INSERT INTO events (sender_id, type_name, timestamp, data) VALUES (?, 'user', ?, '{}')",
                (names[-1], time.time()),
            )

    assert trackers.forget_silent(time.time() - 30 * DAY_S, come_back) == 24
    assert list(await trackers.keys()) == came_back


async def test_what_is_forgotten_is_in_no_byte_of_the_file_and_its_log(trackers: SqlTrackers, file: Path) -> None:
    words = "ajisai-no-hibi"
    await keep(trackers, "silent", *[31] * 200, words=words)
    grown = file.stat().st_size + file.with_name(f"{file.name}-wal").stat().st_size
    assert words.encode() in b"".join(path.read_bytes() for path in file.parent.iterdir())
    assert trackers.forget("silent") == 200
    kept = list(file.parent.iterdir())
    assert words.encode() not in b"".join(path.read_bytes() for path in kept)
    assert sum(path.stat().st_size for path in kept if not path.name.endswith("-shm")) < grown / 2


@pytest.mark.usefixtures("built_without_overwriting")
async def test_what_is_forgotten_is_overwritten_however_sqlite_was_built(trackers: SqlTrackers, file: Path) -> None:
    """Few words in a page that stays: giving room back would not remove them."""
    words = "ajisai-no-hibi"
    await keep(trackers, "silent", 31, words=words)
    await keep(trackers, "goes on", 1)
    assert trackers.forget("silent") == 1
    assert words.encode() not in b"".join(path.read_bytes() for path in file.parent.iterdir())


async def test_a_reader_keeps_what_is_forgotten_in_the_log_no_longer_than_it_reads(bot: Agent, file: Path) -> None:
    """Such as a copy that is made of the file: whoever calls it afterwards empties the log."""
    trackers, words = SqlTrackers(bot.domain, db=str(file), erased_within_s=0.0), "ajisai-no-hibi"
    await keep(trackers, "silent", 31, words=words)
    await keep(trackers, "other", 1)
    reader = sqlite3.connect(file, isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT * FROM events").fetchall()
    assert trackers.forget("silent") == 1
    reader.close()
    await keep(trackers, "one more", 1)
    assert words.encode() not in b"".join(path.read_bytes() for path in file.parent.iterdir())


async def test_a_file_of_rasas_own_store_is_made_to_shrink_once_and_keeps_what_it_has(bot: Agent, file: Path) -> None:
    rasas = SQLTrackerStore(bot.domain, db=str(file))
    for name in ("silent", "goes on"):
        said = [UserUttered("商標を取りたい" * 20, timestamp=time.time() - 31 * DAY_S) for _ in range(200)]
        await rasas.save(DialogueStateTracker.from_events(name, said))
    rasas.engine.dispose()
    trackers = SqlTrackers(bot.domain, db=str(file))
    assert len((await trackers.retrieve_full_tracker("goes on")).events) == 200
    trackers.forget("silent")
    with sqlite3.connect(file) as other:
        assert other.execute("PRAGMA auto_vacuum").fetchone() == (2,)
        assert other.execute("PRAGMA freelist_count").fetchone() == (0,)


NONSENSE = "zqxjvkwブンガモ"


def kept_in(folder: Path) -> List[str]:
    """The files that hold what the owner wrote, as it is or as JSON escapes it."""
    spellings = (NONSENSE.encode(), NONSENSE[:7].encode(), json.dumps(NONSENSE)[8:-1].encode())
    files = (path for path in folder.rglob("*") if path.is_file())
    return [path.name for path in files if any(spelling in path.read_bytes() for spelling in spellings)]


async def test_a_conversation_is_in_no_file_once_it_is_forgotten(bot: Agent, tmp_path: Path) -> None:
    trackers = SqlTrackers(bot.domain, db=str(tmp_path / "conversations.db"))
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
