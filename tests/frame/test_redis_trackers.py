"""In Redis too a conversation that cannot be read is set aside, its owner is told, and everybody else is served."""

from __future__ import annotations

import uuid
from typing import Iterator

import pytest
from rasa.core.agent import Agent
from rasa.core.tracker_store import RedisTrackerStore
from rasa.shared.core.events import ActionExecuted, SessionStarted, UserUttered
from redis import Redis
from redis.exceptions import RedisError

from bot.frame.redis_trackers import RedisTrackers
from bot.frame.turns import RasaTurns, Said

WORDS = "商標を取りたい"
OWNER, OTHER = "owner", "other"


@pytest.fixture
def prefix() -> Iterator[str]:
    """What all keys of a test begin with in the Redis here; they are gone afterwards."""
    prefix = uuid.uuid4().hex
    redis = Redis()
    try:
        redis.ping()
    except RedisError as error:
        pytest.skip(f"no Redis here: {error}")
    yield prefix
    for key in redis.scan_iter(f"*{prefix}*"):
        redis.delete(key)
    redis.close()


@pytest.fixture
def trackers(bot: Agent, prefix: str) -> RedisTrackers:
    return RedisTrackers(bot.domain, key_prefix=prefix)


@pytest.fixture
def turns(bot: Agent, trackers: RedisTrackers) -> Iterator[RasaTurns]:
    """The bot, with its conversations in Redis."""
    before = bot.tracker_store
    bot.tracker_store = bot.processor.tracker_store = trackers
    yield RasaTurns(bot, "web")
    bot.tracker_store = bot.processor.tracker_store = before


def aside(trackers: RedisTrackers, conversation: str) -> "list[bytes]":
    return trackers.red.lrange(f"set_aside:{trackers.key_prefix}{conversation}", 0, -1)


def spoil(trackers: RedisTrackers, conversation: str, with_what: bytes = b'{"name": "x", "events": [{"ev') -> None:
    trackers.red.set(trackers.key_prefix + conversation, with_what)


async def keep(trackers: RedisTrackers, conversation: str, *messages: str) -> None:
    tracker = await trackers.get_or_create_tracker(conversation, append_action_listen=False)
    for message in messages:
        tracker.update(UserUttered(message))
    await trackers.save(tracker)


@pytest.mark.parametrize(
    "kept",
    [b"", b'{"name": "x", "ev', b"[]", b"3", b"null", b"{}", b'{"name": "x", "events": [{"event": "user"}]}']
    + [
        b'{"name": "x", "events": [{"event": "?"}]}',
        b'{"events": [{"x": 1}]}',
        b'{"name": "\xff\xfe", "events": []}',
        b"[" * 100_000,
    ],
    ids=lambda kept: ascii(kept[:40]),
)
async def test_whatever_makes_a_conversation_unreadable_sets_it_aside_as_it_stood(
    trackers: RedisTrackers, kept: bytes
) -> None:
    await keep(trackers, OWNER, WORDS)
    spoil(trackers, OWNER, kept)
    for read in (trackers.retrieve, trackers.retrieve_full_tracker):  # and again, until something is kept
        anew = await read(OWNER)
        assert anew is not None and anew.get_slot("begins_anew") is True
    assert aside(trackers, OWNER) == [kept]
    assert list(await trackers.keys()) == []


async def test_a_conversation_that_began_anew_goes_on(trackers: RedisTrackers) -> None:
    await keep(trackers, OWNER, WORDS)
    spoil(trackers, OWNER)
    await keep(trackers, OWNER, "もう一度")
    await keep(trackers, OWNER, "そのあと")
    events = (await trackers.retrieve_full_tracker(OWNER)).events
    assert [event.text for event in events if isinstance(event, UserUttered)] == ["もう一度", "そのあと"]


async def test_what_becomes_unreadable_a_second_time_is_set_aside_beside_the_first(trackers: RedisTrackers) -> None:
    for kept in (b"one", b"two"):
        await keep(trackers, OWNER, WORDS)
        spoil(trackers, OWNER, kept)
        await trackers.retrieve(OWNER)
    assert aside(trackers, OWNER) == [b"one", b"two"]


async def test_what_another_process_keeps_meanwhile_is_not_set_aside(
    trackers: RedisTrackers, bot: Agent, prefix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await keep(trackers, OWNER, WORDS)
    good = trackers.red.get(trackers.key_prefix + OWNER)
    spoil(trackers, OWNER)
    read = trackers.deserialise_tracker

    def read_while_another_mends_it(conversation: str, kept: bytes) -> object:
        trackers.red.set(trackers.key_prefix + OWNER, good)
        return read(conversation, kept)

    monkeypatch.setattr(trackers, "deserialise_tracker", read_while_another_mends_it)
    assert (await trackers.retrieve(OWNER)).latest_message.text == WORDS
    assert aside(trackers, OWNER) == []


async def test_its_owner_is_told_once_the_log_has_no_words_and_others_notice_nothing(
    turns: RasaTurns, trackers: RedisTrackers, caplog: pytest.LogCaptureFixture
) -> None:
    for owner in (OWNER, OTHER):
        await turns.take(owner, Said("1", WORDS))
    cut_off = trackers.red.get(trackers.key_prefix + OWNER)[:-20]
    spoil(trackers, OWNER, cut_off)
    told, answered = await turns.take(OWNER, Said("2", "福島です")), await turns.take(OTHER, Said("2", "福島です"))
    assert "前のお話が読めなくなりました" in told[0].words
    assert [message.part.kind for message in answered if message.part][0] == "referral"
    assert all("前のお話" not in message.words for message in await turns.take(OWNER, Said("3", WORDS)))
    assert "a conversation cannot be read (JSONDecodeError) and begins anew" in caplog.text
    assert WORDS not in caplog.text and OWNER not in caplog.text.replace("owner's", "")


async def test_what_was_set_aside_expires_and_is_forgotten_as_conversations_are(bot: Agent, prefix: str) -> None:
    trackers = RedisTrackers(bot.domain, key_prefix=prefix, record_exp=60)
    await keep(trackers, OWNER, WORDS)
    spoil(trackers, OWNER)
    await keep(trackers, OWNER, WORDS)
    assert 0 < trackers.red.ttl(f"set_aside:{trackers.key_prefix}{OWNER}") <= 60
    assert trackers.forget(OWNER) == 2
    assert list(trackers.red.scan_iter(f"*{prefix}*")) == []
    assert await trackers.retrieve(OWNER) is None


async def test_rasas_own_store_reads_the_same_conversation(bot: Agent, trackers: RedisTrackers, prefix: str) -> None:
    await keep(trackers, OWNER, "きのう")
    tracker = await trackers.retrieve(OWNER)
    for event in (ActionExecuted("action_session_start"), SessionStarted(), UserUttered("きょう")):
        tracker.update(event)
    await trackers.save(tracker)
    rasas = RedisTrackerStore(bot.domain, key_prefix=prefix)
    for read in ("retrieve", "retrieve_full_tracker"):
        ours, theirs = await getattr(trackers, read)(OWNER), await getattr(rasas, read)(OWNER)
        assert list(ours.events) == list(theirs.events)
    assert list(await trackers.keys()) == list(await rasas.keys())
