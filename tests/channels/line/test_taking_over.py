"""A person of the staff answers on LINE: with the free reply while it lives, else with a push; no refusal is lost."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import AsyncIterator, Tuple

import pytest
from rasa.core.agent import Agent

from bot.channels.line.channel import NAME
from bot.frame.turns import RasaTurns, Said
from bot.messages import Message
from bot.store import By, Chat, Line, Reason, Sending, StaffLine, StaffLines, StoredHandoffs, Takeovers, Told
from tests.channels.line.conftest import LineDesk, SaidTurns, served
from tests.fakes.line import BOT, FakeLine, Trouble, quick_replies, text, user, words_of

HANAKO = By("花子", "")
TOLD = Told("担当者の花子が、お話を読みました。", "担当者の花子のお返事は、ここまでです。")
OWNER = user("hanako")


@pytest.fixture(autouse=True)
def with_staff(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("KAKARITSUKE_STAFF", "on")
    monkeypatch.setenv("KAKARITSUKE_STORE", str(tmp_path / "store.sqlite"))


def takeovers(desk: LineDesk) -> Takeovers:
    return Takeovers(desk.store)


async def claimed(desk: LineDesk, turns: SaidTurns) -> str:
    """The owner has written, and a person has the conversation; the bot says nothing from here on."""
    await desk.say("人と話したい")
    await desk.settled()
    conversation = desk.chats.conversation(Chat(BOT, OWNER["userId"]))
    StoredHandoffs(desk.store).open(conversation, Reason.ASKED)
    takeovers(desk).claim(conversation, HANAKO, "花子", TOLD)
    turns.answer = ()
    return conversation


async def settled(desk: LineDesk, conversation: str) -> Tuple[StaffLine, ...]:
    """All lines of a conversation, once none is on its way."""
    lines = StaffLines(desk.store)
    while any(line.state is Sending.QUEUED for line in lines.of(conversation)):
        await asyncio.sleep(0.02)
    return lines.of(conversation)


async def test_a_person_replies_free_of_charge_while_the_owners_message_is_fresh(
    desk: LineDesk, turns: SaidTurns
) -> None:
    conversation = await claimed(desk, turns)
    before = len(desk.line.to(OWNER["userId"]))
    event = desk.line.event("message", OWNER, message=text("返済のことです"))
    await desk.line.deliver_until_taken(event)
    await desk.line.wait_for(lambda: len(desk.line.to(OWNER["userId"])) > before)
    sent = desk.line.to(OWNER["userId"])[-1]
    assert (sent.by, words_of(sent.messages)) == ("reply", TOLD.came)
    takeovers(desk).say(conversation, HANAKO, "いつからですか。", "k1")
    await desk.line.wait_for(lambda: len(desk.line.to(OWNER["userId"])) > before + 1)
    sent = desk.line.to(OWNER["userId"])[-1]  # the reply token works once
    assert (sent.by, words_of(sent.messages)) == ("push", "【担当者 花子】\nいつからですか。")
    assert [line.how for line in await settled(desk, conversation)] == ["reply", "push"]


async def test_a_push_takes_along_that_somebody_came_and_leads_back_to_the_bot(
    desk: LineDesk, turns: SaidTurns
) -> None:
    conversation = await claimed(desk, turns)
    takeovers(desk).say(conversation, HANAKO, "こんにちは。", "k1")
    await settled(desk, conversation)
    sent = desk.line.to(OWNER["userId"])[-1]
    assert [message["text"] for message in sent.messages] == [TOLD.came, "【担当者 花子】\nこんにちは。"]
    assert [action["label"] for action in quick_replies(sent.messages)] == ["ボットに戻る"]


async def test_a_reply_token_that_is_too_old_becomes_a_push(line: FakeLine, turns: SaidTurns, tmp_path: Path) -> None:
    line.token_lasts_s = 0.0
    async with served(line, tmp_path / "store.sqlite", turns) as desk:
        desk.line.token_lasts_s = 60.0
        conversation = await claimed(desk, turns)
        desk.line.token_lasts_s = 0.0
        await desk.line.deliver_until_taken(desk.line.event("message", OWNER, message=text("はい")))
        await desk.settled()
        takeovers(desk).say(conversation, HANAKO, "こんにちは。", "k1")
        lines = await settled(desk, conversation)
        assert {(each.state, each.how) for each in lines} == {(Sending.SENT, "push")}


async def test_a_push_that_is_refused_is_shown_with_its_reason_and_goes_when_it_may(
    desk: LineDesk, turns: SaidTurns
) -> None:
    conversation = await claimed(desk, turns)
    desk.line.monthly_limit = 0
    takeovers(desk).say(conversation, HANAKO, "こんにちは。", "k1")
    lines = await settled(desk, conversation)
    assert {(line.state, line.reason) for line in lines} == {(Sending.REFUSED, "quota")}
    desk.line.monthly_limit = 200
    for line in lines:
        takeovers(desk).say_again(conversation, HANAKO, line.key)
    assert {line.state for line in await settled(desk, conversation)} == {Sending.SENT}


async def test_who_blocked_the_account_is_not_reached_and_that_is_shown(desk: LineDesk, turns: SaidTurns) -> None:
    conversation = await claimed(desk, turns)
    await desk.nothing(desk.line.event("unfollow", OWNER))
    takeovers(desk).say(conversation, HANAKO, "こんにちは。", "k1")
    assert {line.reason for line in await settled(desk, conversation)} == {"gone"}


async def test_a_push_that_line_may_have_taken_is_sent_once(desk: LineDesk, turns: SaidTurns) -> None:
    conversation = await claimed(desk, turns)
    failures = [Trouble.FAILS_AFTER]
    desk.line.trouble = lambda path: failures.pop() if failures and path.endswith("/push") else None
    takeovers(desk).say(conversation, HANAKO, "こんにちは。", "k1")
    assert {line.state for line in await settled(desk, conversation)} == {Sending.SENT}
    pushes = [sent for sent in desk.line.to(OWNER["userId"]) if sent.by == "push"]
    assert len(pushes) == 1


async def test_an_answer_that_was_thought_of_before_a_person_came_is_not_sent(desk: LineDesk, turns: SaidTurns) -> None:
    conversation = await claimed(desk, turns)
    takeovers(desk).give_back(conversation, HANAKO)
    turns.answer = (Message("こちらの窓口です。"),)

    async def come(said: Said) -> None:
        await asyncio.to_thread(takeovers(desk).claim, conversation, HANAKO, "花子", TOLD)

    turns.before = come
    event = desk.line.event("message", OWNER, message=text("窓口はどこ"))
    await desk.line.deliver_until_taken(event)
    await settled(desk, conversation)
    await desk.settled()
    said = "\n".join(words_of(sent.messages) for sent in desk.line.to(OWNER["userId"]))
    assert "こちらの窓口です。" not in said
    assert takeovers(desk).withheld(conversation) == {event["message"]["id"]}


@pytest.fixture
async def real(bot: Agent, line: FakeLine, tmp_path: Path) -> AsyncIterator[LineDesk]:
    async with served(line, tmp_path / "store.sqlite", RasaTurns(bot, NAME)) as desk:
        yield desk
    assert line.refusals == []


async def test_a_whole_handover_with_the_real_bot(real: LineDesk) -> None:
    called = await real.say("人と話したい")
    assert "担当者" in words_of(called.messages)
    conversation = real.chats.conversation(Chat(BOT, OWNER["userId"]))
    await real.settled()
    takeovers(real).claim(conversation, HANAKO, "花子", TOLD)
    came = await real.say("返済が苦しいです")
    assert words_of(came.messages) == TOLD.came
    takeovers(real).say(conversation, HANAKO, "いつからですか。", "k1")
    await settled(real, conversation)
    back = await real.press("ボットに戻る", real.line.to(OWNER["userId"])[-1])
    assert "自動" in words_of(back.messages)
    assert StaffLines(real.store).of(conversation)[-1].kind is Line.TAKEN_BACK
    assert words_of((await real.say("商標を取りたい")).messages)
