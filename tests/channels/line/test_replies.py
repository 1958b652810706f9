"""An answer reaches its owner once or, where nobody can know, at most once; it is pushed only where that is certain."""

from __future__ import annotations

import asyncio
import logging
from contextlib import asynccontextmanager
from pathlib import Path
from typing import AsyncIterator, Callable, List, Optional, Tuple

import pytest

from bot.channels import deliveries as deliveries_module
from bot.channels.line import client as client_module
from bot.channels.line import replies as replies_module
from bot.channels.line.client import LineClient
from bot.channels.line.settings import LineSettings
from bot.frame.turns import Said
from bot.messages import Message
from tests.channels.line.conftest import LineDesk, SaidTurns, served
from tests.fakes.line import SECRET, TOKEN, FakeLine, Json, Trouble, text, user, words_of

HANAKO = user("hanako")
REPLY, PUSH, LOADING = "/v2/bot/message/reply", "/v2/bot/message/push", "/v2/bot/chat/loading/start"


@pytest.fixture(autouse=True)
def short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replies_module, "_WAITS_S", (0.02, 0.02, 0.02))
    monkeypatch.setattr(client_module, "_WAITS_WHEN_BUSY_S", (0.02, 0.02))
    monkeypatch.setattr(client_module, "_LONGEST_WAIT_S", 0.02)
    monkeypatch.setattr(deliveries_module, "_WAIT_AFTER_A_FAILURE_S", (0.02, 0.02, 0.02))
    monkeypatch.setattr(deliveries_module, "_LOOK_AGAIN_S", 0.1)


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
    event = desk.line.event("message", HANAKO, message=text(words))
    await desk.line.deliver_until_taken(event)
    for _ in range(100):  # what failed is no longer worked on, but waits to be tried again
        await desk.settled()
        await asyncio.sleep(0.1)
        if not desk.channel._deliveries._busy and not desk.channel._deliveries._inbox.left():
            return event
    raise AssertionError("what was said is still not worked off after ten seconds")


@asynccontextmanager
async def impatient(line: FakeLine, store: Path, turns: SaidTurns) -> AsyncIterator[LineDesk]:
    """The channel with a client that waits for 0.2 s only."""
    line.slow_s = 0.5
    async with served(line, store, turns, timeout_s=0.2) as desk:
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


async def test_where_line_cannot_be_reached_the_answer_waits_and_the_turn_is_not_taken_twice(
    line: FakeLine, tmp_path: Path, turns: SaidTurns, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with served(line, tmp_path / "store", turns) as desk:
        settings = LineSettings(SECRET, TOKEN, "http://127.0.0.1:9", "http://127.0.0.1:9")
        elsewhere = LineClient(settings)
        monkeypatch.setattr(desk.channel._replies, "_client", elsewhere)
        event = line.event("message", HANAKO, message=text("商標を取りたい"))
        await line.deliver_until_taken(event)
        await asyncio.sleep(0.1)
        monkeypatch.setattr(desk.channel._replies, "_client", desk.channel._client)
        await line.wait_for(lambda: heard_by_hanako(line) != [])
        await elsewhere.close()
    assert heard_by_hanako(line) == [("reply", "「商標を取りたい」ですね。")]
    assert turns.texts == ["商標を取りたい"]


async def test_a_wrong_access_token_sends_nothing_and_is_logged_without_it(
    line: FakeLine, tmp_path: Path, turns: SaidTurns, caplog: pytest.LogCaptureFixture
) -> None:
    wrong = "another/channel/access+token"
    async with served(line, tmp_path / "store", turns) as desk:
        client = LineClient(LineSettings(SECRET, wrong, line.url, line.url))
        desk.channel._replies._client = client
        with caplog.at_level(logging.DEBUG):
            await say(desk)
        await client.close()
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


def dies_at(desk: LineDesk, monkeypatch: pytest.MonkeyPatch, where: str, after: bool) -> None:
    """Have the process die at a call of the client, before or after it was made, once."""
    call = getattr(desk.channel._client, where)

    async def die(*arguments: object) -> None:
        if after:
            await call(*arguments)
        raise Killed

    monkeypatch.setattr(desk.channel._client, where, die)


def bury(desk: LineDesk) -> None:
    """What died does nothing more, and nobody waits for it."""
    deliveries = desk.channel._deliveries
    assert deliveries._patrol is not None
    deliveries._patrol.cancel()
    deliveries._patrol = None
    deliveries._busy.clear()


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
async def test_a_process_that_dies_at_the_reply_leaves_the_answer_to_the_next_once(
    line: FakeLine, tmp_path: Path, turns: SaidTurns, monkeypatch: pytest.MonkeyPatch, after: bool
) -> None:
    monkeypatch.setattr("bot.channels.line.channel._LEASE_S", 0.3)
    async with served(line, tmp_path / "store", turns) as first:
        dies_at(first, monkeypatch, "reply", after)
        await line.deliver_until_taken(line.event("message", HANAKO, message=text("商標を取りたい")))
        await asyncio.sleep(0.15)
        bury(first)
        async with served(line, tmp_path / "store", turns):
            await asyncio.sleep(1.0)
    assert heard_by_hanako(line) == [("reply", "「商標を取りたい」ですね。")]
    assert turns.texts == ["商標を取りたい"]
    assert calls(line, PUSH) == 0


async def test_a_process_that_dies_between_turn_and_reply_leaves_a_turn_that_is_known(
    line: FakeLine, tmp_path: Path, turns: SaidTurns, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.channels.line.channel._LEASE_S", 0.3)

    def die(*arguments: object) -> None:
        raise Killed

    async with served(line, tmp_path / "store", turns) as first:
        with monkeypatch.context() as patch:
            patch.setattr("bot.channels.line.channel.render", die)
            await line.deliver_until_taken(line.event("message", HANAKO, message=text("商標を取りたい")))
            await asyncio.sleep(0.15)
        bury(first)
        async with served(line, tmp_path / "store", turns):
            await asyncio.sleep(1.0)
    assert [again for _, _, again in turns.heard] == [False, True]
    assert heard_by_hanako(line) == [("reply", "「商標を取りたい」ですね。")]


async def test_a_process_that_dies_after_a_push_does_not_push_again(
    line: FakeLine, tmp_path: Path, turns: SaidTurns, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.channels.line.channel._LEASE_S", 0.3)
    line.token_lasts_s = 0
    async with served(line, tmp_path / "store", turns) as first:
        dies_at(first, monkeypatch, "push", after=True)
        await line.deliver_until_taken(line.event("message", HANAKO, message=text("商標を取りたい")))
        await asyncio.sleep(0.15)
        bury(first)
        async with served(line, tmp_path / "store", turns):
            await asyncio.sleep(1.0)
    assert heard_by_hanako(line) == [("push", "「商標を取りたい」ですね。")]
    assert calls(line, PUSH) == 2


async def test_a_process_that_dies_with_a_token_that_ends_meanwhile_does_not_push(
    line: FakeLine, tmp_path: Path, turns: SaidTurns, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.channels.line.channel._LEASE_S", 0.3)
    async with served(line, tmp_path / "store", turns) as first:
        dies_at(first, monkeypatch, "reply", after=False)
        await line.deliver_until_taken(line.event("message", HANAKO, message=text("商標を取りたい")))
        await asyncio.sleep(0.15)
        bury(first)
        line.token_lasts_s = 0
        async with served(line, tmp_path / "store", turns):
            await asyncio.sleep(1.0)
    assert heard_by_hanako(line) == []
    assert calls(line, PUSH) == 0


async def test_what_was_received_while_the_bot_was_down_is_answered_by_a_push(
    line: FakeLine, tmp_path: Path, turns: SaidTurns, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with served(line, tmp_path / "store", turns) as first:
        await first.channel._deliveries.stop()
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
