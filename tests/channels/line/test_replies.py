"""An answer reaches its owner once or, where nobody can know, at most once; it is pushed only where that is certain."""

from __future__ import annotations

import asyncio
import logging
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import AsyncIterator, Callable, Coroutine, List, Optional, Sequence, Tuple

import pytest

from bot.channels.line.client import LineClient
from bot.channels.line.limits import LineMessage
from bot.channels.line.settings import LineSettings
from bot.frame.turns import Said
from bot.messages import Message
from tests.channels.line.conftest import QUICK, QUICK_CLIENT, LineDesk, SaidTurns, served, settings_of
from tests.fakes.line import SECRET, TOKEN, FakeLine, Json, Trouble, text, user, words_of

HANAKO = user("hanako")
SHORT_LEASE = replace(QUICK, lease_s=0.3)
REPLY, PUSH, LOADING = "/v2/bot/message/reply", "/v2/bot/message/push", "/v2/bot/chat/loading/start"


@pytest.fixture
async def desk(line: FakeLine, tmp_path: Path, turns: SaidTurns) -> AsyncIterator[LineDesk]:
    """The channel with short waits; at the end, LINE has refused nothing."""
    client = LineClient(settings_of(line), QUICK_CLIENT)
    async with served(line, tmp_path / "store.sqlite", turns, client, QUICK) as desk:
        yield desk
    assert line.refusals == []


def troubles(path: str, *first: Optional[Trouble]) -> Callable[[str], Optional[Trouble]]:
    """The first calls of a path meet these, one each; the rest goes well."""
    left = list(first)
    return lambda called: left.pop(0) if called == path and left else None


def always(path: str, trouble: Trouble) -> Callable[[str], Optional[Trouble]]:
    return lambda called: trouble if called == path else None


def calls(line: FakeLine, path: str) -> int:
    return line.calls.count(f"POST {path}")


def heard_by_hanako(line: FakeLine) -> List[Tuple[str, str]]:
    return [(sent.by, words_of(sent.messages)) for sent in line.to(HANAKO["userId"])]


async def say(desk: LineDesk, words: str = "商標を取りたい") -> Json:
    """An owner writes; the event, once it is answered or given up."""
    before = desk.store.done()
    event = desk.line.event("message", HANAKO, message=text(words))
    await desk.line.deliver_until_taken(event)
    await desk.line.wait_for(lambda: desk.store.done() > before)
    return event


@asynccontextmanager
async def impatient(line: FakeLine, store: Path, turns: SaidTurns) -> AsyncIterator[LineDesk]:
    """The channel with a client that waits for 0.2 s only."""
    line.slow_s = 0.5
    client = LineClient(settings_of(line), replace(QUICK_CLIENT, timeout_s=0.2))
    async with served(line, store, turns, client, QUICK) as desk:
        yield desk


async def test_a_turn_is_one_reply(desk: LineDesk, turns: SaidTurns) -> None:
    turns.answer = tuple(Message(f"{number}つ目です。") for number in range(4))
    sent = await desk.say("商標を取りたい")
    assert [message["text"] for message in sent.messages] == [f"{number}つ目です。" for number in range(4)]
    assert len(desk.line.to(HANAKO["userId"])) == 1


async def test_where_staff_answers_nothing_is_sent(desk: LineDesk, turns: SaidTurns) -> None:
    turns.answer = ()
    await desk.nothing(desk.line.event("message", HANAKO, message=text("まだですか")))
    assert calls(desk.line, REPLY) == 0


@pytest.mark.parametrize("trouble", [Trouble.FAILS, Trouble.BUSY])
async def test_a_reply_that_line_did_not_take_is_made_again(desk: LineDesk, trouble: Trouble) -> None:
    desk.line.trouble = troubles(REPLY, trouble)
    await say(desk)
    assert heard_by_hanako(desk.line) == [("reply", "「商標を取りたい」ですね。")]


@pytest.mark.parametrize("trouble", [Trouble.FAILS_AFTER, Trouble.BREAKS_AFTER])
async def test_a_reply_that_line_took_without_saying_so_is_not_doubled(desk: LineDesk, trouble: Trouble) -> None:
    desk.line.trouble = troubles(REPLY, trouble)
    await say(desk)
    assert heard_by_hanako(desk.line) == [("reply", "「商標を取りたい」ですね。")]
    assert calls(desk.line, PUSH) == 0


async def test_a_reply_without_an_answer_in_time_is_not_doubled(
    line: FakeLine, tmp_path: Path, turns: SaidTurns
) -> None:
    line.trouble = troubles(REPLY, Trouble.SLOW)
    async with impatient(line, tmp_path / "store", turns) as desk:
        await say(desk)
        await asyncio.sleep(0.5)
    assert heard_by_hanako(line) == [("reply", "「商標を取りたい」ですね。")]
    assert calls(line, PUSH) == 0


async def test_where_line_fails_again_and_again_nothing_is_pushed(desk: LineDesk) -> None:
    desk.line.trouble = always(REPLY, Trouble.FAILS)
    await say(desk)
    assert calls(desk.line, REPLY) == 4
    assert calls(desk.line, PUSH) == 0


async def test_a_token_refused_at_the_first_try_is_followed_by_one_push(desk: LineDesk) -> None:
    desk.line.token_lasts_s = 0
    await say(desk)
    assert heard_by_hanako(desk.line) == [("push", "「商標を取りたい」ですね。")]
    assert calls(desk.line, REPLY) == 1


async def test_a_token_refused_after_an_unclear_try_is_not_followed_by_a_push(desk: LineDesk) -> None:
    desk.line.token_lasts_s = 0
    desk.line.trouble = troubles(REPLY, Trouble.FAILS)
    await say(desk)
    assert heard_by_hanako(desk.line) == []
    assert calls(desk.line, PUSH) == 0


@pytest.mark.parametrize("trouble", [Trouble.FAILS, Trouble.FAILS_AFTER, Trouble.BREAKS_AFTER, Trouble.BUSY])
async def test_a_push_is_made_again_under_its_key_and_arrives_once(desk: LineDesk, trouble: Trouble) -> None:
    desk.line.token_lasts_s = 0
    desk.line.trouble = troubles(PUSH, trouble, trouble)
    await say(desk)
    assert heard_by_hanako(desk.line) == [("push", "「商標を取りたい」ですね。")]
    assert calls(desk.line, PUSH) == 3


async def test_when_the_months_pushes_are_used_up_no_more_are_tried(desk: LineDesk) -> None:
    desk.line.token_lasts_s, desk.line.monthly_limit = 0, 0
    await say(desk)
    assert calls(desk.line, PUSH) == 1


async def test_a_conversation_goes_on_after_an_answer_that_was_lost(desk: LineDesk) -> None:
    desk.line.trouble = troubles(REPLY, *[Trouble.FAILS] * 4)
    await say(desk, "一つ目")
    await say(desk, "二つ目")
    assert heard_by_hanako(desk.line) == [("reply", "「二つ目」ですね。")]


async def test_the_answer_arrives_though_the_animation_fails(desk: LineDesk) -> None:
    desk.line.trouble = always(LOADING, Trouble.FAILS)
    assert (await desk.say("商標を取りたい")).by == "reply"


async def test_the_animation_never_follows_the_answer(line: FakeLine, tmp_path: Path, turns: SaidTurns) -> None:
    line.trouble, line.slow_s = always(LOADING, Trouble.SLOW), 1.5
    async with served(line, tmp_path / "store", turns) as desk:
        await desk.say("商標を取りたい")
        await asyncio.sleep(1.2)
    assert [call for call in line.calls if call.endswith("reply")] != []
    assert line.loading == []


class LostClient(LineClient):
    """As long as LINE is `away`, its replies reach nobody."""

    def __init__(self, settings: LineSettings) -> None:
        super().__init__(settings, QUICK_CLIENT)
        self.away = True
        self.tries = 0
        self._nowhere = LineClient(LineSettings(SECRET, TOKEN, "http://127.0.0.1:9", "http://127.0.0.1:9"))

    async def reply(self, reply_token: str, messages: Sequence[LineMessage]) -> None:
        self.tries += 1
        await (self._nowhere.reply if self.away else super().reply)(reply_token, messages)

    async def close(self) -> None:
        await self._nowhere.close()
        await super().close()


async def test_where_line_cannot_be_reached_the_answer_waits_and_the_turn_is_not_taken_twice(
    line: FakeLine, tmp_path: Path, turns: SaidTurns
) -> None:
    client = LostClient(settings_of(line))
    async with served(line, tmp_path / "store", turns, client, QUICK):
        await line.deliver_until_taken(line.event("message", HANAKO, message=text("商標を取りたい")))
        await line.wait_for(lambda: client.tries > 1 + len(QUICK.retry_delays_s))  # the event is tried again by then
        client.away = False
        await line.wait_for(lambda: heard_by_hanako(line) != [])
    assert heard_by_hanako(line) == [("reply", "「商標を取りたい」ですね。")]
    assert turns.texts == ["商標を取りたい"]


async def test_a_wrong_access_token_sends_nothing_and_is_logged_without_it(
    line: FakeLine, tmp_path: Path, turns: SaidTurns, caplog: pytest.LogCaptureFixture
) -> None:
    wrong = "another/channel/access+token"
    client = LineClient(settings_of(line, token=wrong), QUICK_CLIENT)
    async with served(line, tmp_path / "store", turns, client, QUICK) as desk:
        with caplog.at_level(logging.DEBUG):
            await say(desk)
    assert calls(line, REPLY) == 4
    assert heard_by_hanako(line) == []
    assert wrong not in caplog.text
    assert "Authentication failed" in caplog.text


async def test_cards_that_line_refuses_are_said_in_words(desk: LineDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    def badly(messages: object, words: object) -> Tuple[Json, ...]:
        return ({"type": "text", "text": "x", "quickReply": {"items": [{"type": "action", "action": {}}]}},)

    monkeypatch.setattr("bot.channels.line.channel.render", badly)
    monkeypatch.setattr("bot.channels.line.client.check", lambda messages: None)
    await say(desk)
    assert heard_by_hanako(desk.line) == [("reply", "「商標を取りたい」ですね。")]
    assert len(desk.line.refusals) == 1
    desk.line.refusals.clear()


async def test_what_our_own_limits_refuse_is_said_in_words(desk: LineDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.channels.line.channel.render", lambda messages, words: ({"type": "text", "text": ""},))
    await say(desk)
    assert heard_by_hanako(desk.line) == [("reply", "「商標を取りたい」ですね。")]


async def test_a_turn_that_fails_is_taken_again_with_the_word_that_it_may_have_been(
    desk: LineDesk, turns: SaidTurns
) -> None:
    async def fail_once(said: Said) -> None:
        if len(turns.heard) == 1:
            raise OSError("the database is away")

    turns.before = fail_once
    await say(desk)
    assert [again for _, _, again in turns.heard] == [False, True]
    assert heard_by_hanako(desk.line) == [("reply", "「商標を取りたい」ですね。")]


async def test_a_turn_that_fails_every_time_ends_in_an_apology(desk: LineDesk, turns: SaidTurns) -> None:
    async def fail(said: Said) -> None:
        raise OSError("the database is away")

    turns.before = fail
    await say(desk)
    assert "もう一度お書きください" in heard_by_hanako(desk.line)[0][1]
    assert len(heard_by_hanako(desk.line)) == 1


class Killed(BaseException):
    """The process ends here, without a chance to do anything more."""


class MortalClient(LineClient):
    """The process dies at a call of its client, before or `after` it was made."""

    def __init__(self, line: FakeLine, where: str, after: bool) -> None:
        super().__init__(settings_of(line), QUICK_CLIENT)
        self.died = asyncio.Event()
        self._where = where
        self._after = after

    async def reply(self, reply_token: str, messages: Sequence[LineMessage]) -> None:
        await self._made("reply", super().reply(reply_token, messages))

    async def push(self, address: str, messages: Sequence[LineMessage], retry_key: str) -> None:
        await self._made("push", super().push(address, messages, retry_key))

    async def _made(self, where: str, call: "Coroutine[None, None, None]") -> None:
        if where == self._where and not self._after:
            call.close()
        else:
            await call
        if where == self._where:
            self.died.set()
            raise Killed


async def bury(desk: LineDesk) -> None:
    """What died does nothing more: there is nothing that it could finish or put back."""
    with suppress(Killed):
        await desk.channel.stop()


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
async def test_a_process_that_dies_at_the_reply_leaves_the_answer_to_the_next_once(
    line: FakeLine, tmp_path: Path, turns: SaidTurns, after: bool
) -> None:
    client = MortalClient(line, "reply", after)
    async with served(line, tmp_path / "store", turns, client, SHORT_LEASE) as first:
        await line.deliver_until_taken(line.event("message", HANAKO, message=text("商標を取りたい")))
        await asyncio.wait_for(client.died.wait(), 10)
        await bury(first)
        async with served(line, tmp_path / "store", turns, times=SHORT_LEASE) as second:
            await line.wait_for(lambda: second.store.done() == 1)
    assert heard_by_hanako(line) == [("reply", "「商標を取りたい」ですね。")]
    assert turns.texts == ["商標を取りたい"]
    assert calls(line, PUSH) == 0


async def test_a_process_that_dies_between_turn_and_reply_leaves_a_turn_that_is_known(
    line: FakeLine, tmp_path: Path, turns: SaidTurns
) -> None:
    async def die(said: Said) -> None:
        raise Killed

    turns.before = die
    async with served(line, tmp_path / "store", turns, times=SHORT_LEASE) as first:
        await line.deliver_until_taken(line.event("message", HANAKO, message=text("商標を取りたい")))
        await line.wait_for(lambda: turns.heard != [])
        await bury(first)
        turns.before = None
        async with served(line, tmp_path / "store", turns, times=SHORT_LEASE) as second:
            await line.wait_for(lambda: second.store.done() == 1)
    assert [again for _, _, again in turns.heard] == [False, True]
    assert heard_by_hanako(line) == [("reply", "「商標を取りたい」ですね。")]


async def test_a_process_that_dies_after_a_push_does_not_push_again(
    line: FakeLine, tmp_path: Path, turns: SaidTurns
) -> None:
    line.token_lasts_s = 0
    client = MortalClient(line, "push", after=True)
    async with served(line, tmp_path / "store", turns, client, SHORT_LEASE) as first:
        await line.deliver_until_taken(line.event("message", HANAKO, message=text("商標を取りたい")))
        await asyncio.wait_for(client.died.wait(), 10)
        await bury(first)
        async with served(line, tmp_path / "store", turns, times=SHORT_LEASE) as second:
            await line.wait_for(lambda: second.store.done() == 1)
    assert heard_by_hanako(line) == [("push", "「商標を取りたい」ですね。")]
    assert calls(line, PUSH) == 2


async def test_a_process_that_dies_with_a_token_that_ends_meanwhile_does_not_push(
    line: FakeLine, tmp_path: Path, turns: SaidTurns
) -> None:
    client = MortalClient(line, "reply", after=False)
    async with served(line, tmp_path / "store", turns, client, SHORT_LEASE) as first:
        await line.deliver_until_taken(line.event("message", HANAKO, message=text("商標を取りたい")))
        await asyncio.wait_for(client.died.wait(), 10)
        await bury(first)
        line.token_lasts_s = 0
        async with served(line, tmp_path / "store", turns, times=SHORT_LEASE) as second:
            await line.wait_for(lambda: second.store.done() == 1)
    assert heard_by_hanako(line) == []
    assert calls(line, PUSH) == 0


async def test_what_was_received_while_the_bot_was_down_is_answered_by_a_push(
    line: FakeLine, tmp_path: Path, turns: SaidTurns
) -> None:
    async with served(line, tmp_path / "store", turns) as first:
        await first.channel.stop()
        await line.deliver_until_taken(line.event("message", HANAKO, message=text("商標を取りたい")))
    line.token_lasts_s = 0
    async with served(line, tmp_path / "store", turns):
        await line.wait_for(lambda: heard_by_hanako(line) != [])
    assert heard_by_hanako(line) == [("push", "「商標を取りたい」ですね。")]


async def test_staff_can_write_to_the_owner_of_a_conversation(desk: LineDesk, turns: SaidTurns) -> None:
    await desk.say("人に相談したい")
    output = desk.channel.get_output_channel()
    await output.send_response(turns.heard[0][0], {"text": "担当の山田です。"})
    assert heard_by_hanako(desk.line)[-1] == ("push", "担当の山田です。")


async def test_staff_cannot_write_to_an_owner_who_blocked_the_account(desk: LineDesk, turns: SaidTurns) -> None:
    await desk.say("人に相談したい")
    await desk.nothing(desk.line.event("unfollow", HANAKO))
    await desk.channel.get_output_channel().send_text_message(turns.heard[0][0], "担当の山田です。")
    assert calls(desk.line, PUSH) == 0
