"""Conversations are kept whole or not at all, what fails is said without words, and Rasa can read what is kept."""

from __future__ import annotations

import asyncio
import sqlite3
import time
import uuid
from contextlib import closing
from pathlib import Path
from typing import Any, Dict, Iterator, List

import psycopg2
import pytest
import sqlalchemy
from rasa.core.agent import Agent
from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import InMemoryTrackerStore, SQLTrackerStore
from rasa.shared.core.events import ActionExecuted, SessionStarted, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.channels.deliveries import Deliveries
from bot.frame.trackers import SqlTrackers, TrackersError
from bot.frame.turns import RasaTurns, Said
from bot.messages import Message
from bot.store import Arrival, Database, Delivery, Inbox
from tests.fakes.network import Network
from tests.store.conftest import POSTGRESQL

WORDS = "商標を取りたい"


class Broker(EventBroker):
    """Notes what it is told, and what the database held then; it can fail."""

    def __init__(self, file: Path) -> None:
        self.told: List[Dict[str, Any]] = []
        self.held: List[int] = []
        self.fails = False
        self._file = file

    def publish(self, event: Dict[str, Any]) -> None:
        if self.fails:
            raise ConnectionError(WORDS)
        with closing(sqlite3.connect(self._file)) as trackers:
            self.held.append(trackers.execute("SELECT count(*) FROM events").fetchone()[0])
        self.told.append(event)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "conversations.db"


@pytest.fixture
def broker(file: Path) -> Broker:
    return Broker(file)


@pytest.fixture
def trackers(bot: Agent, file: Path, broker: Broker) -> SqlTrackers:
    return SqlTrackers(bot.domain, broker, db=str(file))


@pytest.fixture
def agent(bot: Agent, trackers: SqlTrackers) -> Iterator[Agent]:
    """The bot, with its conversations in that file."""
    before = bot.tracker_store
    bot.tracker_store = bot.processor.tracker_store = trackers
    yield bot
    bot.tracker_store = bot.processor.tracker_store = before


async def heard(trackers: SqlTrackers, conversation: str, *messages: str) -> DialogueStateTracker:
    """A conversation as it is read, with these messages added and not yet kept."""
    tracker = await trackers.get_or_create_tracker(conversation, append_action_listen=False)
    for message in messages:
        tracker.update(UserUttered(message))
    return tracker


def state_of(tracker: DialogueStateTracker) -> Dict[str, Any]:
    """All that holds in a conversation now."""
    return tracker.current_state()


def kept(file: Path) -> int:
    with closing(sqlite3.connect(file)) as trackers:
        return int(trackers.execute("SELECT count(*) FROM events").fetchone()[0])


async def test_a_turn_after_which_another_was_kept_is_refused_whole(trackers: SqlTrackers, file: Path) -> None:
    await trackers.save(await heard(trackers, "owner", "はじめに"))
    here, there = await heard(trackers, "owner", "こちら"), await heard(trackers, "owner", "あちら", "もう一つ")
    await trackers.save(here)
    with pytest.raises(TrackersError, match="kept meanwhile"):
        await trackers.save(there)
    assert kept(file) == 2
    await trackers.save(await heard(trackers, "owner", "あちら", "もう一つ"))
    assert kept(file) == 4


async def test_a_conversation_that_is_kept_twice_is_kept_once(trackers: SqlTrackers, file: Path) -> None:
    tracker = await heard(trackers, "owner", "はじめに")
    await trackers.save(tracker)
    await trackers.save(tracker)
    tracker.update(UserUttered("そのあと"))
    await trackers.save(tracker)
    assert kept(file) == 2


async def test_rasas_own_store_reads_the_same_conversation(bot: Agent, trackers: SqlTrackers, file: Path) -> None:
    first = await heard(trackers, "owner", "きのう")
    await trackers.save(first)
    second = await heard(trackers, "owner")
    for event in (ActionExecuted("action_session_start"), SessionStarted(), UserUttered("きょう")):
        second.update(event)
    await trackers.save(second)
    rasas = SQLTrackerStore(bot.domain, db=str(file))
    for store in (trackers, SqlTrackers(bot.domain, db=str(file))):  # in the same process, and in another
        assert state_of(await store.retrieve("owner")) == state_of(await rasas.retrieve("owner"))
        ours, theirs = await store.retrieve_full_tracker("owner"), await rasas.retrieve_full_tracker("owner")
        assert list(ours.events) == list(theirs.events)
    assert [event.text for event in (await trackers.retrieve("owner")).events if isinstance(event, UserUttered)] == [
        "きょう"
    ]
    assert list(await trackers.keys()) == list(await rasas.keys()) == ["owner"]


async def test_what_fails_is_said_without_words(
    trackers: SqlTrackers, file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    tracker = await heard(trackers, "owner", WORDS)
    with closing(sqlite3.connect(file)) as other:
        other.execute("DROP TABLE events")
        with pytest.raises(TrackersError) as failed:
            await trackers.save(tracker)
    chain: List[BaseException] = [failed.value]
    while chain[-1].__cause__ is not None:
        chain.append(chain[-1].__cause__)
    assert WORDS not in " ".join(map(str, chain))
    assert "no such table: events" in caplog.text
    assert WORDS not in caplog.text


async def test_the_broker_is_told_what_is_kept_and_nothing_else(
    trackers: SqlTrackers, file: Path, broker: Broker
) -> None:
    await trackers.save(await heard(trackers, "owner", "はじめに", WORDS))
    assert [event["text"] for event in broker.told] == ["はじめに", WORDS]
    assert broker.held == [2, 2]
    late = await heard(trackers, "owner", "あとから")
    await trackers.save(await heard(trackers, "owner", "まえに"))
    with pytest.raises(TrackersError):
        await trackers.save(late)
    assert [event["text"] for event in broker.told] == ["はじめに", WORDS, "まえに"]


async def test_a_broker_that_fails_undoes_no_turn(
    trackers: SqlTrackers, file: Path, broker: Broker, caplog: pytest.LogCaptureFixture
) -> None:
    broker.fails = True
    await trackers.save(await heard(trackers, "owner", WORDS))
    assert kept(file) == 1
    assert "1 events of a turn did not reach the event broker: ConnectionError" in caplog.text
    assert WORDS not in caplog.text


@pytest.mark.parametrize("data", ["", '{"event": "us', "[]", "3", "null", "{}", '{"event": "user"}', '{"event": "?"}'])
async def test_whatever_makes_a_conversation_unreadable_sets_it_aside(
    trackers: SqlTrackers, file: Path, data: str
) -> None:
    await trackers.save(await heard(trackers, "owner", "はじめに", WORDS))
    await trackers.save(await heard(trackers, "other", "ほか"))
    with closing(sqlite3.connect(file)) as other, other:
        other.execute("UPDATE events SET data = ? WHERE id = 2", (data,))
    trackers.warm.forget_all()  # as after a start
    anew = await trackers.retrieve("owner")
    assert anew is not None and anew.get_slot("begins_anew") is True
    assert anew.latest_message is None or anew.latest_message.text is None
    with closing(sqlite3.connect(file)) as other:
        assert other.execute("SELECT sender_id, data FROM events_set_aside ORDER BY id").fetchall()[1] == (
            "owner",
            data,
        )
    anew.update(UserUttered("もう一度"))
    await trackers.save(anew)
    assert (await trackers.retrieve_full_tracker("owner")).latest_message.text == "もう一度"
    assert (await trackers.retrieve("other")).latest_message.text == "ほか"
    assert trackers.forget("owner") > 2
    assert await trackers.retrieve("owner") is None


@pytest.fixture
def on_postgresql(bot: Agent, monkeypatch: pytest.MonkeyPatch) -> Iterator[SqlTrackers]:
    """Conversations in a schema of their own, where a PostgreSQL server answers."""
    schema = f"kakaritsuke_{uuid.uuid4().hex}"
    try:
        server = psycopg2.connect(POSTGRESQL, connect_timeout=3)
    except psycopg2.OperationalError as error:
        pytest.skip(f"no PostgreSQL at {POSTGRESQL}: {error}")
    monkeypatch.setenv("POSTGRESQL_SCHEMA", schema)
    with closing(server):
        server.autocommit = True
        with server.cursor() as cursor:
            cursor.execute(f"CREATE SCHEMA {schema}")
            trackers = SqlTrackers(bot.domain, host=POSTGRESQL)
            yield trackers
            trackers.engine.dispose()
            cursor.execute(f"DROP SCHEMA {schema} CASCADE")


async def test_postgresql_keeps_sets_aside_and_forgets_alike(on_postgresql: SqlTrackers) -> None:
    trackers = on_postgresql
    await trackers.save(await heard(trackers, "owner", "はじめに", WORDS))
    here, there = await heard(trackers, "owner", "こちら"), await heard(trackers, "owner", "あちら")
    await trackers.save(here)
    with pytest.raises(TrackersError, match="kept meanwhile"):
        await trackers.save(there)
    with trackers.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE events SET data = '{' WHERE id = 3")
    trackers.warm.forget_all()  # as after a start
    assert (await trackers.retrieve("owner")).get_slot("begins_anew") is True
    assert list(await trackers.keys()) == []
    await trackers.save(await heard(trackers, "other", "ほか"))
    trackers.probe()
    trackers.warm.forget_all()
    other = await trackers.retrieve("other")  # read anew, and then the same from memory
    assert other.current_state() == (await trackers.retrieve("other")).current_state()
    assert trackers.forget("owner") == 3
    assert trackers.forget_silent(time.time() - 60) == 0
    assert trackers.forget_silent(time.time() + 60) == 1
    assert await trackers.retrieve("other") is None


@pytest.fixture
def network() -> Iterator[Network]:
    """A network before PostgreSQL, in a process that no store in PostgreSQL has told yet how long to wait."""
    url = sqlalchemy.engine.make_url(POSTGRESQL)
    psycopg2.extensions.set_wait_callback(None)
    with Network(url.host or "127.0.0.1", url.port or 5432) as network:
        yield network


async def test_a_postgresql_that_takes_all_and_says_nothing_is_given_up_in_time(
    on_postgresql: SqlTrackers, network: Network, bot: Agent
) -> None:
    """The thread too that asked: there are few, and what waits for ever in each of them ends the bot."""
    url = sqlalchemy.engine.make_url(POSTGRESQL).set(host="127.0.0.1", port=network.port)
    trackers = SqlTrackers(bot.domain, host=url.render_as_string(hide_password=False))
    await trackers.save(await heard(trackers, "owner", WORDS))
    network.swallow()
    for _ in range(2):  # the connection that was open, and a new one
        with pytest.raises(TrackersError):
            await asyncio.wait_for(asyncio.to_thread(trackers.probe), 8)
    network.pass_on()
    assert (await trackers.retrieve("owner")).latest_message.text == WORDS
    trackers.engine.dispose()


async def test_who_was_set_aside_in_a_turn_that_failed_is_told_in_the_next(agent: Agent, file: Path) -> None:
    owner, turns = f"web-{uuid.uuid4().hex}", RasaTurns(agent, "web")
    await turns.take(owner, Said("1", WORDS))
    with closing(sqlite3.connect(file)) as other, other:
        other.execute("UPDATE events SET data = '{' WHERE type_name = 'user'")
    agent.tracker_store.warm.forget_all()  # as after a start
    assert (await agent.tracker_store.retrieve(owner)).get_slot("begins_anew") is True  # and then the turn failed
    first = await turns.take(owner, Said("2", WORDS))
    assert "前のお話が読めなくなりました" in first[0].words
    assert all("前のお話" not in message.words for message in await turns.take(owner, Said("3", "福島です")))


async def test_a_greeting_is_kept_at_once(bot: Agent) -> None:
    class Counting(InMemoryTrackerStore):
        saved = 0

        async def save(self, tracker: DialogueStateTracker) -> None:
            self.saved += bool(tracker.events)
            await super().save(tracker)

    before, counting = bot.tracker_store, Counting(bot.domain)
    bot.tracker_store = bot.processor.tracker_store = counting
    try:
        await RasaTurns(bot, "web").greet("owner")
    finally:
        bot.tracker_store = bot.processor.tracker_store = before
    assert counting.saved == 1
    assert (await counting.retrieve("owner")).latest_action_name == "action_listen"


async def test_an_event_whose_turn_could_not_be_kept_is_answered_once_when_it_is_tried_again(
    agent: Agent, file: Path, tmp_path: Path
) -> None:
    """As LINE's and Slack's channels do it."""
    turns, inbox = RasaTurns(agent, "line"), Inbox(Database(str(tmp_path / "store.sqlite")), "line")
    answered: Dict[str, List[Message]] = {}

    async def work(delivery: Delivery) -> None:
        if delivery.attempts > 1:
            file.with_name("away").rename(file)
        said = Said(delivery.event_id, delivery.body)
        answered[delivery.event_id] = [*await turns.take(delivery.conversation, said, again=delivery.attempts > 1)]

    deliveries = Deliveries(inbox, work)
    deliveries.start()
    await deliveries.accept([Arrival("first", "line-owner", WORDS)])
    await deliveries.idle()
    file.rename(file.with_name("away"))
    await deliveries.accept([Arrival("second", "line-owner", "福島です")])
    await deliveries.idle()
    assert "second" not in answered
    while "second" not in answered:  # it is tried again by itself
        await deliveries.idle()
        await asyncio.sleep(0.01)
    await deliveries.stop()
    assert [message.part.kind for message in answered["second"] if message.part][0] == "referral"
    tracker = await agent.tracker_store.retrieve_full_tracker("line-owner")
    assert [event.text for event in tracker.events if isinstance(event, UserUttered)] == [WORDS, "福島です"]
