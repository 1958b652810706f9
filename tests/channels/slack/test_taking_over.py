"""A person of the staff answers in Slack, in the thread in which the owner asked."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any, Dict, List, Tuple

import pytest

from bot.store import By, Line, Reason, Sending, StaffLine, StaffLines, StoredHandoffs, Takeovers, Told
from tests.channels.slack.conftest import Echo, Served

HANAKO = By("花子", "")
TOLD = Told("担当者の花子が、お話を読みました。", "担当者の花子のお返事は、ここまでです。")
OWNER, CHANNEL = "U1OWNER", "C0GENERAL"


@pytest.fixture(autouse=True)
def with_staff(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("KAKARITSUKE_STAFF", "on")
    monkeypatch.setenv("KAKARITSUKE_STORE", str(tmp_path / "store.sqlite"))


async def settled(desk: Served, conversation: str) -> Tuple[StaffLine, ...]:
    lines = StaffLines(desk.store)
    while any(line.state is Sending.QUEUED for line in lines.of(conversation)):
        await asyncio.sleep(0.02)
    await desk.quiet()
    return lines.of(conversation)


def texts(posts: List[Dict[str, Any]]) -> List[str]:
    return [post["text"] for post in posts]


async def claimed(desk: Served, conversation: str) -> Takeovers:
    StoredHandoffs(desk.store).open(conversation, Reason.ASKED)
    takeovers = Takeovers(desk.store)
    takeovers.claim(conversation, HANAKO, "花子", TOLD)
    return takeovers


async def test_a_person_writes_in_the_thread_of_the_owner(desk: Served, echo: Echo) -> None:
    thread = await desk.slack.mention(OWNER, CHANNEL, "人と話したい")
    await desk.quiet()
    [(conversation, _)] = echo.heard
    takeovers = await claimed(desk, conversation)
    takeovers.say(conversation, HANAKO, "<!channel> こんにちは。", "k1")
    takeovers.give_back(conversation, HANAKO, TOLD)
    lines = await settled(desk, conversation)
    assert {line.state for line in lines} == {Sending.SENT}
    said = texts(desk.slack.said(CHANNEL, thread))[-3:]
    assert said[0].startswith(TOLD.came)
    assert said[1:] == ["【担当者 花子】\n&lt;!channel&gt; こんにちは。", TOLD.went]
    assert desk.slack.violations == []


async def test_what_slack_refuses_is_shown_with_its_reason(desk: Served, echo: Echo) -> None:
    await desk.slack.write(OWNER, "人と話したい")
    await desk.quiet()
    [(conversation, _)] = echo.heard
    desk.slack.refuses["chat.postMessage"] = "is_archived"
    await claimed(desk, conversation)
    lines = await settled(desk, conversation)
    assert [(line.kind, line.state, line.reason) for line in lines] == [(Line.CAME, Sending.REFUSED, "is_archived")]


async def test_a_post_that_slack_may_have_taken_is_there_once(desk: Served, echo: Echo) -> None:
    await desk.slack.write(OWNER, "人と話したい")
    await desk.quiet()
    [(conversation, _)] = echo.heard
    desk.slack.fail_next = ["failed but done"]
    await claimed(desk, conversation)
    await settled(desk, conversation)
    posted = [text for text in texts(desk.slack.said_to(OWNER)) if text.startswith(TOLD.came)]
    assert len(posted) == 1


async def test_an_answer_after_a_claim_is_not_posted(desk: Served, echo: Echo) -> None:
    await desk.slack.write(OWNER, "人と話したい")
    await desk.quiet()
    [(conversation, _)] = echo.heard
    await claimed(desk, conversation)
    await desk.slack.write(OWNER, "返済のことです")  # the echo does not look who has the conversation
    await settled(desk, conversation)
    assert not any("返済" in text for text in texts(desk.slack.said_to(OWNER)) if text.startswith("「"))
    assert len(Takeovers(desk.store).withheld(conversation)) == 1


async def test_the_owner_is_offered_the_way_back(desk: Served, echo: Echo) -> None:
    await desk.slack.write(OWNER, "人と話したい")
    await desk.quiet()
    [(conversation, _)] = echo.heard
    await claimed(desk, conversation)
    await settled(desk, conversation)
    came = desk.slack.said_to(OWNER)[-1]
    await desk.slack.press(OWNER, came, "ボットに戻る")
    await desk.quiet()
    assert (echo.heard[-1][1].text, echo.heard[-1][1].pressed) == ("ボットに戻る", "talk.bot")
