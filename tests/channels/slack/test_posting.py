"""Each message of the bot is posted once, however Slack's API fails and whenever the process dies."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any, Dict, List, Tuple

import pytest

from bot.channels.slack import api
from bot.channels.slack.rendering import Post
from bot.channels.slack.work import Answering, Progress
from bot.frame.turns import Said
from bot.messages import Choice, Choices, Message
from bot.store import Delivery
from tests.channels.slack.conftest import Echo, Served, served
from tests.fakes.slack import FakeSlack, shown

OWNER = "U0OWNER"


async def patiently_quiet(desk: Served) -> None:
    """Wait for what is tried again after a while."""
    for _ in range(15):
        await desk.quiet()
        await asyncio.sleep(0.1)


@pytest.fixture(autouse=True)
def quick_timeout(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.channels.slack.channel.TIMEOUT_S", 0.4)


@pytest.mark.parametrize("fault", ["limited", "failed", "failed but done", "broken but done", "slow but done"])
@pytest.mark.parametrize("times", [1, 2])
async def test_a_message_is_there_once_whatever_fails(desk: Served, echo: Echo, fault: str, times: int) -> None:
    desk.slack.faults.slow_s = 1.0
    desk.slack.fail_next = [fault] * times
    await desk.slack.write(OWNER, "こんにちは")
    await patiently_quiet(desk)
    assert len(desk.slack.said_to(OWNER)) == 1
    assert echo.texts == ["こんにちは"]


async def test_too_many_calls_are_waited_for_as_long_as_slack_says(desk: Served) -> None:
    desk.slack.fail_next = ["limited"]
    await desk.slack.write(OWNER, "こんにちは")
    began = asyncio.get_running_loop().time()
    await patiently_quiet(desk)
    assert len(desk.slack.said_to(OWNER)) == 1
    assert asyncio.get_running_loop().time() - began >= 1
    methods = [method for method, _ in desk.slack.calls]
    assert methods.count("chat.postMessage") == 2 and "conversations.history" not in methods


async def test_more_messages_than_slack_takes_in_a_second_are_all_posted_in_order(
    desk: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(api, "_named_wait_s", lambda headers: 0.3)
    desk.slack.posts_a_second = 2
    for number in range(6):
        await desk.slack.write(OWNER, str(number))
    await patiently_quiet(desk)
    answers = [shown(message) for message in desk.slack.said_to(OWNER)]
    assert [f"「{number}」" in answer for number, answer in enumerate(answers)] == [True] * 6


async def test_a_post_in_doubt_is_looked_for_before_it_is_made_again(desk: Served) -> None:
    desk.slack.fail_next = ["failed but done"]
    await desk.slack.write(OWNER, "こんにちは")
    await patiently_quiet(desk)
    methods = [method for method, _ in desk.slack.calls]
    assert methods == ["chat.postMessage", "conversations.history"]


async def test_a_post_in_doubt_in_a_thread_is_looked_for_in_the_thread(desk: Served) -> None:
    desk.slack.fail_next = ["broken but done"]
    thread = await desk.slack.mention(OWNER, "C0GENERAL", "こんにちは")
    await patiently_quiet(desk)
    assert len(desk.slack.said("C0GENERAL", thread)) == 1
    assert desk.slack.calls[1] == (
        "conversations.replies",
        {"channel": "C0GENERAL", "ts": thread, "oldest": desk.slack.calls[1][1]["oldest"], "limit": "100"},
    )


async def test_a_post_in_doubt_is_found_behind_many_others(desk: Served) -> None:
    channel = desk.slack.direct(OWNER)
    filler: List[Dict[str, Any]] = [
        {"type": "message", "user": "U0X", "ts": f"{9_999_999_000 + n}.000000", "text": "x"} for n in range(250)
    ]
    desk.slack.fail_next = ["failed but done"]
    desk.slack.channels[channel] = filler
    await desk.slack.write(OWNER, "こんにちは")
    await patiently_quiet(desk)
    assert len(desk.slack.said_to(OWNER)) == 1


async def test_where_the_channel_may_not_be_read_a_post_in_doubt_counts_as_made(
    desk: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = desk.slack._answer

    def without_history(method: str, arguments: Any) -> Dict[str, Any]:
        return {"ok": False, "error": "missing_scope"} if "history" in method else answer(method, arguments)

    monkeypatch.setattr(desk.slack, "_answer", without_history)
    desk.slack.fail_next = ["failed but done"]
    await desk.slack.write(OWNER, "こんにちは")
    await patiently_quiet(desk)
    assert len(desk.slack.said_to(OWNER)) == 1


async def test_an_outage_of_some_seconds_loses_nothing(desk: Served, echo: Echo) -> None:
    desk.slack.fail_next = ["failed"] * 9
    await desk.slack.write(OWNER, "こんにちは")
    await patiently_quiet(desk)
    assert len(desk.slack.said_to(OWNER)) == 1
    assert echo.texts == ["こんにちは"]


async def test_what_slack_refuses_for_good_does_not_hold_the_next_up(desk: Served, echo: Echo) -> None:
    desk.slack.token = "xoxb-another"
    await desk.slack.write(OWNER, "一つ目")
    await desk.quiet()
    desk.slack.token = "xoxb-0000000000-soudan"
    await desk.slack.write(OWNER, "二つ目")
    await desk.quiet()
    assert echo.texts == ["一つ目", "二つ目"]
    assert ["「二つ目」" in shown(message) for message in desk.slack.said_to(OWNER)] == [True]


async def test_no_token_and_no_word_of_an_owner_is_logged(desk: Served, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    desk.slack.fail_next = ["failed", "failed but done", "limited"]
    await desk.slack.write(OWNER, "うちの会社はつぶれそうです")
    await patiently_quiet(desk)
    ours = [record.getMessage() for record in caplog.records if not record.name.startswith(("slack_sdk", "asyncio"))]
    assert not [message for message in ours if "xoxb" in message or "つぶれ" in message]


async def test_a_bot_that_dies_between_two_posts_goes_on_with_the_second(tmp_path: Path) -> None:
    class Long(Echo):
        async def take(self, conversation: str, said: Said, again: bool = False) -> Tuple[Message, ...]:
            self.heard.append((conversation, said))
            choices = Choices((Choice("a.1", "はい"),))
            return tuple(Message(f"{number}" + "あ" * 2900, choices) for number in range(3))

    turns = Long()
    async with _Dying(turns, tmp_path, after_posts=2) as slack, _taking_over(turns, tmp_path, slack) as desk:
        await patiently_quiet(desk)
        assert [shown(message)[0] for message in slack.said_to(OWNER)] == ["0", "1", "2"]
        assert len(turns.heard) == 1


async def test_a_bot_that_dies_before_its_first_post_answers_without_a_second_turn(tmp_path: Path) -> None:
    turns = Echo()
    async with _Dying(turns, tmp_path, after_posts=0) as slack, _taking_over(turns, tmp_path, slack) as desk:
        await patiently_quiet(desk)
        assert len(slack.said_to(OWNER)) == 1
        assert len(turns.heard) == 1


async def test_a_bot_that_dies_during_a_turn_says_that_it_is_taken_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    turns = Echo()

    async def die(self: Answering, delivery: Delivery) -> None:
        raise asyncio.CancelledError

    with monkeypatch.context() as dying:
        dying.setattr(Answering, "__call__", die)
        slack = FakeSlack()
        await slack.start()
        async with served(lambda app: turns, tmp_path / "store.sqlite", slack) as desk:
            await slack.write(OWNER, "こんにちは")
            await asyncio.sleep(0.2)
            desk.channel._deliveries = None
    async with _taking_over(turns, tmp_path, slack) as desk:
        await patiently_quiet(desk)
    await slack.stop()
    assert len(turns.again) == 1
    assert len(slack.said_to(OWNER)) == 1


async def test_what_waits_before_a_restart_is_answered_after_it_in_order(tmp_path: Path) -> None:
    turns, slack = Echo(), FakeSlack()
    await slack.start()
    async with served(lambda app: turns, tmp_path / "store.sqlite", slack) as desk:
        await desk.channel._deliveries.stop()  # type: ignore[union-attr]
        for number in range(5):
            await slack.write(OWNER, str(number))
    assert turns.heard == []
    async with served(lambda app: turns, tmp_path / "store.sqlite", slack) as desk:
        await patiently_quiet(desk)
    await slack.stop()
    assert turns.texts == ["0", "1", "2", "3", "4"]


async def test_staff_and_reminders_reach_the_conversation(desk: Served) -> None:
    output = desk.channel.get_output_channel()
    await output.send_response(f"slack-T0CHAMBER-{OWNER}", {"text": "担当の者です。"})
    await output.send_response(f"slack-T0CHAMBER-C0GENERAL-1700000000.000100-{OWNER}", {"text": "スレッドです。"})
    assert shown(desk.slack.said_to(OWNER)[-1]) == "担当の者です。"
    assert desk.slack.said("C0GENERAL")[-1]["thread_ts"] == "1700000000.000100"


async def test_a_conversation_of_another_channel_cannot_be_spoken_to(desk: Served) -> None:
    with pytest.raises(ValueError, match="slack-TEAM-USER"):
        await desk.channel.get_output_channel().send_response("line-U1", {"text": "x"})


class _Dying:
    """A workspace in which the bot died in the middle of an answer, as at a SIGKILL: nothing was put back."""

    def __init__(self, turns: Echo, tmp_path: Path, after_posts: int) -> None:
        self._turns, self._tmp_path, self._after_posts = turns, tmp_path, after_posts
        self.slack = FakeSlack()

    async def __aenter__(self) -> FakeSlack:
        await self.slack.start()
        async with served(lambda app: self._turns, self._tmp_path / "store.sqlite", self.slack) as desk:
            patched = pytest.MonkeyPatch()
            post_once, left = api.SlackApi.post_once, [None] * self._after_posts

            async def dying(self: api.SlackApi, *arguments: Any, **named: Any) -> Any:
                if not left:
                    raise asyncio.CancelledError
                left.pop()
                return await post_once(self, *arguments, **named)

            patched.setattr(api.SlackApi, "post_once", dying)
            await self.slack.write(OWNER, "こんにちは")
            await asyncio.sleep(0.4)
            patched.undo()
            desk.channel._deliveries = None
        return self.slack

    async def __aexit__(self, *error: object) -> None:
        await self.slack.stop()


def _taking_over(turns: Echo, tmp_path: Path, slack: FakeSlack) -> Any:
    """The next process, on the same store."""
    return served(lambda app: turns, tmp_path / "store.sqlite", slack)


def test_the_name_of_a_post_is_the_same_in_every_attempt() -> None:
    assert api.key_of("Ev1", 0) == api.key_of("Ev1", 0)
    assert len({api.key_of("Ev1", 0), api.key_of("Ev1", 1), api.key_of("Ev2", 0)}) == 3


def test_the_answer_that_is_noted_can_be_read_back() -> None:
    progress = Progress(posts=[Post(text="a\ud800", blocks=[{"type": "divider"}])], at=1)
    assert Progress.parse_raw(progress.json()) == progress
    assert json.loads(progress.json())["at"] == 1
