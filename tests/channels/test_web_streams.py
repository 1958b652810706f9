"""An open page learns everything once and in order: what is said here at once, elsewhere within a second or so."""

from __future__ import annotations

import asyncio
import json
import time
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any, AsyncGenerator, Dict, List, Optional

import pytest

from bot.channels.web.admission import Crowd
from bot.channels.web.sessions import Session
from bot.channels.web.streams import MOST_PER_SESSION, NoRoomError, Streams, TooManyStreamsError
from bot.messages import Message
from bot.store import Author, Database, Transcripts

OWNER = "web-owner"


@pytest.fixture
def transcripts(tmp_path: Path) -> Transcripts:
    return Transcripts(Database(str(tmp_path / "store.sqlite")))


@pytest.fixture
async def streams(transcripts: Transcripts) -> AsyncGenerator[Streams, None]:
    streams = Streams(transcripts, Crowd("open pages", 1000, 1000))
    streams.start()
    yield streams
    await streams.stop()


@pytest.fixture
async def chatty(transcripts: Transcripts) -> AsyncGenerator[Streams, None]:
    """Streams on which silence is soon broken."""
    streams = Streams(transcripts, Crowd("open pages", 1000, 1000), keep_alive_s=0.05)
    streams.start()
    yield streams
    await streams.stop()


def session(seconds: float = 60, conversation: str = OWNER) -> Session:
    return Session(conversation, datetime.now(timezone.utc) + timedelta(seconds=seconds))


class Page:
    """A page with an open stream; it reads whatever comes."""

    def __init__(self, streams: Streams, last_seen: Optional[int] = None, of: Optional[Session] = None) -> None:
        self.raw: List[str] = []
        self.at: List[float] = []
        self._task = asyncio.create_task(self._read(streams, last_seen, of or session()))

    async def _read(self, streams: Streams, last_seen: Optional[int], of: Session) -> None:
        async for event in streams.events(of, None, last_seen):
            self.raw.append(event)
            self.at.append(time.monotonic())

    def messages(self) -> List[Dict[str, Any]]:
        return [json.loads(event.split("data: ", 1)[1]) for event in self.raw if "event: message" in event]

    def seqs(self) -> List[int]:
        return [message["seq"] for message in self.messages()]

    async def until(self, seq: int) -> None:
        end = time.monotonic() + 5
        while seq not in self.seqs():
            assert time.monotonic() < end, self.raw
            await asyncio.sleep(0.01)

    async def opened(self) -> "Page":
        while not self.raw and not self._task.done():
            await asyncio.sleep(0.01)
        return self

    async def closed(self) -> None:
        await asyncio.wait_for(self._task, 5)


def say(transcripts: Transcripts, *words: str, conversation: str = OWNER) -> None:
    transcripts.append(conversation, Author.BOT, [Message(text) for text in words])


async def test_a_page_is_told_what_is_said_from_now_on(streams: Streams, transcripts: Transcripts) -> None:
    say(transcripts, "一", "二")
    page = await Page(streams).opened()
    say(transcripts, "三")
    streams.wake(OWNER)
    await page.until(3)
    assert page.seqs() == [3]


async def test_a_page_that_comes_back_is_told_what_it_missed(streams: Streams, transcripts: Transcripts) -> None:
    say(transcripts, "一", "二", "三")
    page = Page(streams, last_seen=1)
    await page.until(3)
    assert page.seqs() == [2, 3]


async def test_a_page_that_claims_to_have_seen_more_than_there_is_misses_nothing(
    streams: Streams, transcripts: Transcripts
) -> None:
    say(transcripts, "一")
    page = await Page(streams, last_seen=900).opened()
    say(transcripts, "二")
    streams.wake(OWNER)
    await page.until(2)


async def test_a_page_is_told_nothing_of_another_conversation(streams: Streams, transcripts: Transcripts) -> None:
    page = await Page(streams, last_seen=0).opened()
    say(transcripts, "秘密", conversation="web-another")
    say(transcripts, "一")
    streams.wake(OWNER)
    streams.wake("web-another")
    await page.until(1)
    assert [message["text"] for message in page.messages()] == ["一"]


async def test_two_pages_of_one_conversation_are_told_the_same(streams: Streams, transcripts: Transcripts) -> None:
    pages = [await Page(streams).opened() for _ in range(2)]
    say(transcripts, "一", "二")
    streams.wake(OWNER)
    for page in pages:
        await page.until(2)
    assert pages[0].messages() == pages[1].messages()


async def test_what_another_process_says_is_found_within_a_second(streams: Streams, transcripts: Transcripts) -> None:
    page = await Page(streams).opened()
    began = time.monotonic()
    say(transcripts, "担当です")
    await page.until(1)
    assert page.at[-1] - began < 1.2


async def test_nothing_is_told_twice_and_nothing_is_left_out(streams: Streams, transcripts: Transcripts) -> None:
    page = await Page(streams).opened()
    for number in range(40):
        await asyncio.to_thread(say, transcripts, str(number))
        if number % 3:
            streams.wake(OWNER)
    await page.until(40)
    assert page.seqs() == list(range(1, 41))


async def test_a_page_is_told_that_the_bot_thinks_and_that_it_has_stopped_after_its_words(
    streams: Streams, transcripts: Transcripts
) -> None:
    page = await Page(streams).opened()
    with streams.typing(OWNER):
        await asyncio.sleep(0.25)
        say(transcripts, "一")
    await page.until(1)
    await asyncio.sleep(0.1)
    kinds = [event.split("\n")[-4:-2] if "id:" not in event else "message" for event in page.raw[1:]]
    assert kinds == [
        ["event: typing", 'data: {"typing": true}'],
        "message",
        ["event: typing", 'data: {"typing": false}'],
    ]


async def test_a_page_hears_nothing_of_thinking_that_is_over_at_once(
    streams: Streams, transcripts: Transcripts
) -> None:
    page = await Page(streams).opened()
    with streams.typing(OWNER):
        say(transcripts, "一")
    await page.until(1)
    await asyncio.sleep(0.25)
    assert page.seqs() == [1]
    assert not any("event: typing" in event for event in page.raw)


async def test_a_page_that_opens_while_the_bot_thinks_is_told_so(streams: Streams) -> None:
    with streams.typing(OWNER):
        await asyncio.sleep(0.25)
        page = await Page(streams).opened()
        await asyncio.sleep(0.1)
        assert any('"typing": true' in event for event in page.raw)


async def test_an_event_has_its_number_first_and_is_one_line_of_json(
    streams: Streams, transcripts: Transcripts
) -> None:
    say(transcripts, "一行目\n二行目\r\u2028")
    page = Page(streams, last_seen=0)
    await page.until(1)
    head, kind, data, *end = page.raw[1].split("\n")
    assert (head, kind, end) == ("id: 1", "event: message", ["", ""])
    assert json.loads(data.removeprefix("data: "))["text"] == "一行目\n二行目\r\u2028"


async def test_silence_is_broken_by_a_comment_again_and_again(chatty: Streams) -> None:
    page = await Page(chatty).opened()
    while len(page.raw) < 3:
        await asyncio.sleep(0.01)
    assert page.raw[1:3] == [": keep-alive\n\n"] * 2


async def test_a_stream_ends_with_its_session(chatty: Streams) -> None:
    await Page(chatty, of=session(seconds=0.2)).closed()


async def test_streams_end_when_the_server_stops(streams: Streams) -> None:
    pages = [await Page(streams).opened() for _ in range(3)]
    began = time.monotonic()
    await streams.stop()
    for page in pages:
        await page.closed()
    assert time.monotonic() - began < 1


async def test_a_page_that_reads_nothing_does_not_keep_the_server_from_stopping(streams: Streams) -> None:
    events = streams.events(session(), None, None)
    await events.__anext__()
    await asyncio.wait_for(streams.stop(), 3)
    await events.aclose()


async def test_a_conversation_has_so_many_pages_and_no_more(streams: Streams) -> None:
    for _ in range(MOST_PER_SESSION):
        await Page(streams).opened()
    with pytest.raises(TooManyStreamsError):
        await streams.events(session(), None, None).__anext__()


async def test_a_page_that_closes_makes_room(streams: Streams) -> None:
    for _ in range(3 * MOST_PER_SESSION):
        events = streams.events(session(), None, None)
        await events.__anext__()
        await events.aclose()


async def test_a_page_too_many_in_all_or_from_an_address_finds_no_room_until_another_closes(
    transcripts: Transcripts,
) -> None:
    streams = Streams(transcripts, Crowd("open pages", 3, 2))
    streams.start()
    opened = []
    for conversation, address in (("web-a", "192.0.2.1"), ("web-b", "192.0.2.1"), ("web-c", "192.0.2.2")):
        opened.append(streams.events(session(conversation=conversation), address, None))
        await opened[-1].__anext__()
    for address in ("192.0.2.1", "192.0.2.3"):
        with pytest.raises(NoRoomError):
            await streams.events(session(conversation="web-d"), address, None).__anext__()
    await opened[0].aclose()
    again = streams.events(session(conversation="web-d"), "192.0.2.1", None)
    await again.__anext__()
    for events in (again, *opened):
        await events.aclose()
    await streams.stop()


async def test_five_hundred_open_pages_cost_one_look_into_the_store_a_second(
    streams: Streams, transcripts: Transcripts, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(500):
        await Page(streams, of=session(conversation=f"web-{number}")).opened()
    looks: List[int] = []
    newest, after = transcripts.newest, transcripts.after
    monkeypatch.setattr(transcripts, "newest", lambda names: looks.append(len(names)) or newest(names))
    monkeypatch.setattr(transcripts, "after", lambda *asked: looks.append(0) or after(*asked))
    await asyncio.sleep(2.1)
    assert looks in ([500, 500], [500, 500, 500])
