"""A message on the website is taken once, however often and wherever it comes, and answered with the same each time."""

from __future__ import annotations

import asyncio
import logging
import time
import uuid
from pathlib import Path
from typing import List, Optional, Tuple

import pytest
from rasa.core.agent import Agent
from rasa.shared.core.events import UserUttered

from bot.channels.web.admission import Crowd
from bot.channels.web.conversations import Conversations, TurnFailedError
from bot.channels.web.output import TranscriptChannel
from bot.channels.web.streams import Streams
from bot.frame.thinking import TooBusyError
from bot.frame.turns import RasaTurns, Said
from bot.messages import Choice, Choices, Message, part_to_json
from bot.store import Author, Database, Exchange, Heard, IdReusedError, StoreError, Transcripts

OWNER = "web-owner"


class SlowTurns:
    """Turns that echo what was said, after a moment, and note how they were asked."""

    def __init__(self, seconds: float = 0.05) -> None:
        self.taken: List[Tuple[Said, bool]] = []
        self.fails: Optional[Exception] = None
        self.most_at_once = 0
        self._seconds = seconds
        self._at_once = 0

    async def take(self, conversation: str, said: Said, again: bool = False) -> Tuple[Message, ...]:
        self.taken.append((said, again))
        self._at_once += 1
        self.most_at_once = max(self.most_at_once, self._at_once)
        await asyncio.sleep(self._seconds)
        self._at_once -= 1
        if self.fails is not None:
            raise self.fails
        return (Message(f"「{said.text}」ですね。"),)

    async def greet(self, conversation: str) -> Tuple[Message, ...]:
        return (Message("こんにちは。"),)


@pytest.fixture
def store(tmp_path: Path) -> str:
    return str(tmp_path / "store.sqlite")


@pytest.fixture
def transcripts(store: str) -> Transcripts:
    return Transcripts(Database(store), lease_s=0.3)


def process(store: str) -> Conversations:
    """The conversations as another process with the same store has them."""
    transcripts = Transcripts(Database(store), lease_s=0.3)
    return Conversations(transcripts, Streams(transcripts, Crowd("open pages", 9, 9)))


def heard(client_id: str = "id-00001", words: str = "商標を取りたい") -> Heard:
    return Heard(client_id, words)


def replies(exchange: Exchange) -> List[str]:
    return [entry.message.words for entry in exchange.replies or ()]


async def test_a_message_is_answered(store: str) -> None:
    exchange = await process(store).say(SlowTurns(), OWNER, heard())
    assert (exchange.owner.message.words, replies(exchange)) == ("商標を取りたい", ["「商標を取りたい」ですね。"])


async def test_the_same_message_later_gives_the_same_and_is_not_taken_again(store: str) -> None:
    turns, conversations = SlowTurns(), process(store)
    first = await conversations.say(turns, OWNER, heard())
    assert await conversations.say(turns, OWNER, heard()) == first
    assert len(turns.taken) == 1


async def test_the_same_message_many_times_at_once_is_taken_once(store: str) -> None:
    turns, conversations = SlowTurns(), process(store)
    exchanges = await asyncio.gather(*(conversations.say(turns, OWNER, heard()) for _ in range(20)))
    assert all(exchange == exchanges[0] for exchange in exchanges)
    assert len(turns.taken) == 1


async def test_the_same_message_to_two_processes_at_once_is_taken_once(store: str) -> None:
    turns = SlowTurns(0.2)
    first, second = process(store), process(store)
    exchanges = await asyncio.gather(first.say(turns, OWNER, heard()), second.say(turns, OWNER, heard()))
    assert exchanges[0] == exchanges[1]
    assert len(turns.taken) == 1


async def test_turns_of_a_conversation_come_one_after_another_in_two_processes(store: str) -> None:
    turns = SlowTurns()
    first, second = process(store), process(store)
    await asyncio.gather(
        *(where.say(turns, OWNER, heard(f"id-{number:05}")) for number in range(4) for where in (first, second))
    )
    assert (len(turns.taken), turns.most_at_once) == (4, 1)


async def test_two_conversations_do_not_wait_for_each_other(store: str) -> None:
    turns, conversations = SlowTurns(), process(store)
    await asyncio.gather(*(conversations.say(turns, owner, heard()) for owner in ("web-a", "web-b")))
    assert turns.most_at_once == 2


async def test_a_turn_that_takes_longer_than_its_lease_is_not_taken_by_another(store: str) -> None:
    turns = SlowTurns(0.8)
    first, second = process(store), process(store)
    await asyncio.gather(first.say(turns, OWNER, heard()), second.say(turns, OWNER, heard()))
    assert len(turns.taken) == 1


async def test_another_message_under_the_same_id_is_refused(store: str) -> None:
    conversations = process(store)
    await conversations.say(SlowTurns(), OWNER, heard(words="一"))
    with pytest.raises(IdReusedError):
        await conversations.say(SlowTurns(), OWNER, heard(words="二"))


async def test_another_message_under_the_same_id_is_refused_while_the_first_is_answered(store: str) -> None:
    turns, conversations = SlowTurns(0.2), process(store)
    first = asyncio.create_task(conversations.say(turns, OWNER, heard(words="一")))
    await asyncio.sleep(0.05)
    with pytest.raises(IdReusedError):
        await conversations.say(turns, OWNER, heard(words="二"))
    assert replies(await first) == ["「一」ですね。"]


async def test_a_turn_that_failed_can_be_tried_again_under_the_same_id(store: str) -> None:
    turns, conversations = SlowTurns(), process(store)
    turns.fails = RuntimeError("broken")
    with pytest.raises(TurnFailedError):
        await conversations.say(turns, OWNER, heard())
    turns.fails = None
    assert replies(await conversations.say(turns, OWNER, heard())) == ["「商標を取りたい」ですね。"]
    assert [again for _, again in turns.taken] == [False, True]


async def test_a_turn_that_failed_does_not_hold_the_next_message_up(store: str) -> None:
    turns, conversations = SlowTurns(), process(store)
    turns.fails = RuntimeError("broken")
    with pytest.raises(TurnFailedError):
        await conversations.say(turns, OWNER, heard())
    turns.fails = None
    assert replies(await conversations.say(turns, OWNER, heard("id-00002", "別の話"))) == ["「別の話」ですね。"]


async def test_the_log_of_a_failed_turn_says_where_and_not_what_the_owner_said(
    store: str, caplog: pytest.LogCaptureFixture
) -> None:
    turns = SlowTurns()
    turns.fails = RuntimeError("株を譲りたい")
    with caplog.at_level(logging.ERROR), pytest.raises(TurnFailedError):
        await process(store).say(turns, OWNER, heard(words="株を譲りたい"))
    assert "RuntimeError" in caplog.text
    assert "株" not in caplog.text


async def test_a_turn_goes_on_when_whoever_waits_for_it_leaves(store: str, transcripts: Transcripts) -> None:
    turns, conversations = SlowTurns(0.2), process(store)
    page = asyncio.create_task(conversations.say(turns, OWNER, heard()))
    await asyncio.sleep(0.1)
    page.cancel()
    await conversations.finish()
    assert [entry.message.words for entry in transcripts.after(OWNER, 1)] == ["「商標を取りたい」ですね。"]


async def test_a_message_behind_others_of_its_conversation_is_not_taken_after_its_time_and_may_come_again(
    store: str,
) -> None:
    turns, conversations = SlowTurns(0.3), process(store)
    first = asyncio.create_task(conversations.say(turns, OWNER, heard()))
    await asyncio.sleep(0.05)
    with pytest.raises(TooBusyError):
        await conversations.say(turns, OWNER, heard("id-00002", "別の話"), start_by=time.monotonic() + 0.05)
    await first
    assert [said.id for said, _ in turns.taken] == ["id-00001"]
    assert replies(await conversations.say(turns, OWNER, heard("id-00002", "別の話"))) == ["「別の話」ですね。"]


async def test_a_message_behind_that_of_another_process_is_not_taken_after_its_time(
    store: str, transcripts: Transcripts
) -> None:
    transcripts.hear(OWNER, heard(), "another")
    turns = SlowTurns()
    with pytest.raises(TooBusyError):
        await process(store).say(turns, OWNER, heard("id-00002", "別の話"), start_by=time.monotonic())
    assert turns.taken == []


async def test_a_turn_that_could_not_begin_is_no_fault_for_the_log_and_may_come_again(
    store: str, caplog: pytest.LogCaptureFixture
) -> None:
    turns, conversations = SlowTurns(), process(store)
    turns.fails = TooBusyError()
    with pytest.raises(TooBusyError):
        await conversations.say(turns, OWNER, heard())
    assert caplog.text == ""
    turns.fails = None
    assert replies(await conversations.say(turns, OWNER, heard())) == ["「商標を取りたい」ですね。"]


async def test_what_a_dead_process_began_is_taken_up_as_a_repetition(store: str, transcripts: Transcripts) -> None:
    transcripts.hear(OWNER, heard(), "dead")
    turns = SlowTurns()
    began = time.monotonic()
    exchange = await process(store).say(turns, OWNER, heard())
    assert time.monotonic() - began < 2
    assert replies(exchange) == ["「商標を取りたい」ですね。"]
    assert turns.taken[0][1] is True


async def test_a_turn_that_rasa_had_finished_when_the_process_died_is_answered_from_its_tracker(
    bot: Agent, store: str, transcripts: Transcripts
) -> None:
    owner, turns = f"web-{uuid.uuid4().hex}", RasaTurns(bot, "web")
    transcripts.hear(owner, heard(), "dead")
    said = await turns.take(owner, Said("id-00001", "商標を取りたい"))
    exchange = await process(store).say(turns, owner, heard())
    assert [entry.message for entry in exchange.replies or ()] == list(said)
    tracker = await bot.tracker_store.retrieve(owner)
    assert len([event for event in tracker.events if isinstance(event, UserUttered)]) == 1


async def test_a_conversation_opens_with_the_greeting(store: str) -> None:
    greeting = await process(store).open(SlowTurns(), OWNER)
    assert [(entry.seq, entry.author, entry.message.words) for entry in greeting] == [(1, Author.BOT, "こんにちは。")]


async def test_the_output_channel_adds_text_and_part_as_one_message(transcripts: Transcripts) -> None:
    part = Choices((Choice("yes", "はい"),))
    output = TranscriptChannel(transcripts, Streams(transcripts, Crowd("open pages", 9, 9)), Author.STAFF)
    await output.send_response(OWNER, {"text": "よろしいですか。\n1. はい", "custom": part_to_json(part)})
    entry = transcripts.after(OWNER, 0)[0]
    assert (entry.author, entry.message) == (Author.STAFF, Message("よろしいですか。", part))


async def test_the_output_channel_adds_a_text(transcripts: Transcripts) -> None:
    await TranscriptChannel(transcripts, Streams(transcripts, Crowd("open pages", 9, 9))).send_text_message(
        OWNER, "担当です。"
    )
    assert transcripts.after(OWNER, 0)[0].message == Message("担当です。")


class StandingStill(SlowTurns):
    """A turn in which the whole process stands still until another has answered the message."""

    def __init__(self, store: str) -> None:
        super().__init__(0)
        self._transcripts = Transcripts(Database(store))

    async def take(self, conversation: str, said: Said, again: bool = False) -> Tuple[Message, ...]:
        if not self.taken:
            while self._transcripts.hear(conversation, heard(), "another").attempt is None:
                time.sleep(0.02)
        return await super().take(conversation, said, again)


async def test_a_process_that_stood_still_gives_the_answer_of_the_one_that_took_over(store: str) -> None:
    saying = asyncio.create_task(process(store).say(StandingStill(store), OWNER, heard()))
    await asyncio.sleep(0.6)  # it stands still, and then waits for the other
    theirs = Transcripts(Database(store)).answer(OWNER, "id-00001", [Message("別の答え")], "another")
    assert await saying == theirs


async def test_a_store_that_fails_at_the_end_of_a_turn_is_not_asked_once_more(
    store: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    transcripts = Transcripts(Database(store), lease_s=0.3)
    conversations, asked = Conversations(transcripts, Streams(transcripts, Crowd("open pages", 9, 9))), []

    def fail(*arguments: object) -> None:
        asked.append(arguments)
        raise StoreError("no answer")

    monkeypatch.setattr(transcripts, "answer", fail)
    monkeypatch.setattr(transcripts, "let_go", fail)
    with pytest.raises(TurnFailedError):
        await conversations.say(SlowTurns(), OWNER, heard())
    assert len(asked) == 1
    monkeypatch.undo()
    assert replies(await conversations.say(SlowTurns(), OWNER, heard())) == ["「商標を取りたい」ですね。"]
