"""Each message of the bot is posted once, however Slack's API fails and whenever the process dies."""

from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, AsyncContextManager, AsyncIterator, Dict, List, Optional, Tuple

import pytest

from bot.channels.slack.api import Posted, SlackApi, key_of
from bot.channels.slack.channel import Connect
from bot.channels.slack.rendering import Post
from bot.channels.slack.work import Progress
from bot.frame.turns import Said
from bot.messages import Choice, Choices, Message
from tests.channels.slack.conftest import QUICK, Echo, Served, served
from tests.fakes.slack import FakeSlack, shown

OWNER = "U0OWNER"


IMPATIENT = replace(QUICK, api=replace(QUICK.api, timeout_s=0.4))


@pytest.fixture
async def desk(echo: Echo, tmp_path: Path) -> AsyncIterator[Served]:
    """The channel before turns that echo; it does not wait long for Slack."""
    async with served(lambda app: echo, tmp_path / "store.sqlite", times=IMPATIENT) as desk:
        yield desk


@pytest.mark.parametrize("fault", ["limited", "failed", "failed but done", "broken but done", "slow but done"])
@pytest.mark.parametrize("times", [1, 2])
async def test_a_message_is_there_once_whatever_fails(desk: Served, echo: Echo, fault: str, times: int) -> None:
    desk.slack.faults.slow_s = 1.0
    desk.slack.fail_next = [fault] * times
    await desk.slack.write(OWNER, "こんにちは")
    await desk.worked_off()
    assert len(desk.slack.said_to(OWNER)) == 1
    assert echo.texts == ["こんにちは"]


async def test_too_many_calls_are_waited_for_as_long_as_slack_says(desk: Served) -> None:
    desk.slack.fail_next = ["limited"]
    await desk.slack.write(OWNER, "こんにちは")
    began = asyncio.get_running_loop().time()
    await desk.worked_off()
    assert len(desk.slack.said_to(OWNER)) == 1
    assert asyncio.get_running_loop().time() - began >= 1
    methods = [method for method, _ in desk.slack.calls]
    assert methods.count("chat.postMessage") == 2 and "conversations.history" not in methods


async def test_more_messages_than_slack_takes_in_a_second_are_all_posted_in_order(echo: Echo, tmp_path: Path) -> None:
    times = replace(QUICK, api=replace(QUICK.api, longest_retry_after_s=0.3))
    async with served(lambda app: echo, tmp_path / "store.sqlite", times=times) as desk:
        desk.slack.posts_a_second = 2
        for number in range(6):
            await desk.slack.write(OWNER, str(number))
        await desk.worked_off()
    answers = [shown(message) for message in desk.slack.said_to(OWNER)]
    assert [f"「{number}」" in answer for number, answer in enumerate(answers)] == [True] * 6


async def test_a_post_in_doubt_is_looked_for_before_it_is_made_again(desk: Served) -> None:
    desk.slack.fail_next = ["failed but done"]
    await desk.slack.write(OWNER, "こんにちは")
    await desk.worked_off()
    methods = [method for method, _ in desk.slack.calls]
    assert methods == ["chat.postMessage", "conversations.history"]


async def test_a_post_in_doubt_in_a_thread_is_looked_for_in_the_thread(desk: Served) -> None:
    desk.slack.fail_next = ["broken but done"]
    thread = await desk.slack.mention(OWNER, "C0GENERAL", "こんにちは")
    await desk.worked_off()
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
    await desk.worked_off()
    assert len(desk.slack.said_to(OWNER)) == 1


async def test_where_the_channel_may_not_be_read_a_post_in_doubt_counts_as_made(desk: Served) -> None:
    desk.slack.refuses = {"conversations.history": "missing_scope"}
    desk.slack.fail_next = ["failed but done"]
    await desk.slack.write(OWNER, "こんにちは")
    await desk.worked_off()
    assert len(desk.slack.said_to(OWNER)) == 1


async def test_an_outage_of_some_seconds_loses_nothing(desk: Served, echo: Echo) -> None:
    desk.slack.fail_next = ["failed"] * 9
    await desk.slack.write(OWNER, "こんにちは")
    await desk.worked_off()
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
    await desk.worked_off()
    ours = [record.getMessage() for record in caplog.records if not record.name.startswith(("slack_sdk", "asyncio"))]
    assert not [message for message in ours if "xoxb" in message or "つぶれ" in message]


async def test_a_bot_that_dies_between_two_posts_goes_on_with_the_second(tmp_path: Path) -> None:
    class Long(Echo):
        async def take(self, conversation: str, said: Said, again: bool = False) -> Tuple[Message, ...]:
            self.heard.append((conversation, said))
            choices = Choices((Choice("a.1", "はい"),))
            return tuple(Message(f"{number}" + "あ" * 2900, choices) for number in range(3))

    turns = Long()
    async with _dead(turns, tmp_path, after_posts=2) as slack, _taking_over(turns, tmp_path, slack) as desk:
        await desk.worked_off()
        assert [shown(message)[0] for message in slack.said_to(OWNER)] == ["0", "1", "2"]
        assert len(turns.heard) == 1


async def test_a_bot_that_dies_before_its_first_post_answers_without_a_second_turn(tmp_path: Path) -> None:
    turns = Echo()
    async with _dead(turns, tmp_path, after_posts=0) as slack, _taking_over(turns, tmp_path, slack) as desk:
        await desk.worked_off()
        assert len(slack.said_to(OWNER)) == 1
        assert len(turns.heard) == 1


async def test_a_bot_that_dies_right_after_a_post_does_not_make_it_twice(tmp_path: Path) -> None:
    turns = Echo()
    async with _dead(turns, tmp_path, 0, posted=True) as slack, _taking_over(turns, tmp_path, slack) as desk:
        await desk.worked_off()
        assert len(slack.said_to(OWNER)) == 1
        assert len(turns.heard) == 1


async def test_a_bot_that_dies_during_a_turn_says_that_it_is_taken_again(tmp_path: Path) -> None:
    died = asyncio.Event()

    class Mortal(Echo):
        async def take(self, conversation: str, said: Said, again: bool = False) -> Tuple[Message, ...]:
            died.set()
            raise asyncio.CancelledError

    turns, slack = Echo(), FakeSlack()
    await slack.start()
    async with served(lambda app: Mortal(), tmp_path / "store.sqlite", slack):
        await slack.write(OWNER, "こんにちは")
        await asyncio.wait_for(died.wait(), 10)
    async with _taking_over(turns, tmp_path, slack) as desk:
        await desk.worked_off()
    await slack.stop()
    assert len(turns.again) == 1
    assert len(slack.said_to(OWNER)) == 1


async def test_what_waits_before_a_restart_is_answered_after_it_in_order(tmp_path: Path) -> None:
    turns, slack = Echo(), FakeSlack()
    await slack.start()
    async with served(lambda app: turns, tmp_path / "store.sqlite", slack) as desk:
        await desk.channel.stop()
        for number in range(5):
            await slack.write(OWNER, str(number))
    assert turns.heard == []
    async with served(lambda app: turns, tmp_path / "store.sqlite", slack) as desk:
        await desk.worked_off()
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


def _dying(after_posts: int, died: asyncio.Event, posted: bool) -> Connect:
    """Calls to Slack in the middle of which the bot dies, as at a SIGKILL: nothing is put back.

    `posted`: it dies once the post after those is made too, and before anybody knows of it.
    """

    class Mortal(SlackApi):
        left = after_posts

        async def post_once(self, *arguments: Any, **named: Any) -> Optional[Posted]:
            if not self.left:
                if posted:
                    await super().post_once(*arguments, **named)
                died.set()
                raise asyncio.CancelledError
            self.left -= 1
            return await super().post_once(*arguments, **named)

    return Mortal


@asynccontextmanager
async def _dead(turns: Echo, tmp_path: Path, after_posts: int, posted: bool = False) -> AsyncIterator[FakeSlack]:
    """A workspace in which the bot died in the middle of an answer."""
    slack, died = FakeSlack(), asyncio.Event()
    await slack.start()
    connect = _dying(after_posts, died, posted)
    async with served(lambda app: turns, tmp_path / "store.sqlite", slack, IMPATIENT, connect):
        await slack.write(OWNER, "こんにちは")
        await asyncio.wait_for(died.wait(), 10)
    yield slack
    await slack.stop()


def _taking_over(turns: Echo, tmp_path: Path, slack: FakeSlack) -> AsyncContextManager[Served]:
    """The next process, on the same store."""
    return served(lambda app: turns, tmp_path / "store.sqlite", slack, IMPATIENT)


def test_the_name_of_a_post_is_the_same_in_every_attempt() -> None:
    assert key_of("Ev1", 0) == key_of("Ev1", 0)
    assert len({key_of("Ev1", 0), key_of("Ev1", 1), key_of("Ev2", 0)}) == 3


def test_the_answer_that_is_noted_can_be_read_back() -> None:
    progress = Progress(posts=[Post(text="a\ud800", blocks=[{"type": "divider"}])], at=1)
    assert Progress.parse_raw(progress.json()) == progress
    assert json.loads(progress.json())["at"] == 1
