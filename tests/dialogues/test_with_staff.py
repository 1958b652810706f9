"""A desk with staff: the bot hands over, keeps still, and comes back when staff or the owner says so."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Awaitable, Callable

import pytest
from rasa.core.agent import Agent

from bot.store import Handoffs, Reason, State, handoffs
from tests.dialogues.conversation import Turn, let_time_pass, say

Say = Callable[[str], Awaitable[Turn]]


@pytest.fixture
def staff(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Handoffs:
    """A desk with staff; its handoffs."""
    monkeypatch.setenv("KAKARITSUKE_STORE", str(tmp_path / "store.sqlite"))
    monkeypatch.setenv("KAKARITSUKE_STAFF", "on")
    return handoffs()


@pytest.fixture
def call_back(staff: Handoffs, monkeypatch: pytest.MonkeyPatch) -> Handoffs:
    """A desk whose staff also calls back; its handoffs."""
    monkeypatch.setenv("KAKARITSUKE_CALL_BACK", "on")
    return staff


@pytest.fixture
def conversation() -> str:
    return uuid.uuid4().hex


@pytest.fixture
def owner(bot: Agent, conversation: str) -> Say:
    """Says a message as the owner of `conversation`."""

    async def says(message: str) -> Turn:
        return await say(bot, conversation, message)

    return says


async def test_the_bot_says_what_will_happen_and_calls_staff(staff: Handoffs, owner: Say, conversation: str) -> None:
    turn = await owner("人と話したい")
    assert turn.utterances[-2:] == ("utter_call_staff", "utter_meanwhile")
    assert "商工会議所" in turn.text
    assert "電話番号" not in turn.text
    assert turn.told["paused"] is True
    assert [(handoff.conversation, handoff.reason) for handoff in staff.waiting()] == [(conversation, Reason.ASKED)]


async def test_the_hours_of_staff_are_told_where_they_are_known(
    staff: Handoffs, owner: Say, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KAKARITSUKE_STAFF_HOURS", "平日の9時から17時")
    assert "平日の9時から17時" in (await owner("人と話したい")).text


async def test_the_bot_says_once_that_staff_has_the_message_then_keeps_still(staff: Handoffs, owner: Say) -> None:
    await owner("人と話したい")
    first = await owner("返済のことで、もめています")
    assert first.utterances == ("utter_passed_on",)
    assert "自動のご案内に戻る" in first.text
    for message in ("福島です", "1", "補助金はありますか", "こんにちは", "ありがとうございます", "あ" * 1001):
        assert (await owner(message)).utterances == ()


async def test_the_owner_calls_the_bot_back_to_the_question_that_waited(
    staff: Handoffs, owner: Say, conversation: str
) -> None:
    await owner("特許を取りたい")
    await owner("人と話したい")
    await owner("福島で工場をしています")
    turn = await owner("ボットに戻る")
    assert turn.utterances == ("utter_back_to_bot", "utter_ask_prefecture_again")
    assert [handoff.state for handoff in staff.of(conversation)] == [State.RESUMED]
    assert (await owner("石川です")).referral is not None


async def test_when_staff_gives_the_conversation_back_the_next_message_is_answered(
    staff: Handoffs, owner: Say, conversation: str
) -> None:
    await owner("特許を取りたい")
    await owner("人と話したい")
    await owner("よろしくお願いします")
    staff.resume(conversation)
    turn = await owner("石川です")
    assert turn.referral is not None
    assert not turn.told["paused"]


async def test_when_staff_closes_the_handoff_the_bot_answers_again(
    staff: Handoffs, owner: Say, conversation: str
) -> None:
    await owner("人と話したい")
    staff.close(conversation)
    assert (await owner("特許を取りたい")).told["question"] == "prefecture"


async def test_beginning_again_gives_the_conversation_back(staff: Handoffs, owner: Say, conversation: str) -> None:
    await owner("人と話したい")
    turn = await owner("最初からやり直したい")
    assert "utter_restart" in turn.utterances
    assert not turn.told["paused"]
    assert [handoff.state for handoff in staff.of(conversation)] == [State.RESUMED]


async def test_the_owner_can_ask_for_a_person_again_and_is_told_again(
    staff: Handoffs, owner: Say, conversation: str
) -> None:
    await owner("人と話したい")
    first = await owner("お願いします")
    await owner("ボットに戻る")
    await owner("やっぱり人と話したい")
    again = await owner("お願いします")
    assert (first.utterances, again.utterances) == (("utter_passed_on",), ("utter_passed_on",))
    assert first.text != again.text
    assert [handoff.state for handoff in staff.of(conversation)] == [State.RESUMED, State.WAITING]


async def test_an_owner_who_comes_back_a_day_later_is_told_again(
    staff: Handoffs, owner: Say, bot: Agent, conversation: str
) -> None:
    await owner("人と話したい")
    await owner("お願いします")
    await let_time_pass(bot, conversation, hours=25)
    assert "自動のご案内に戻る" in (await owner("こんにちは")).text


async def test_distress_is_met_with_the_help_lines_while_staff_has_the_conversation(
    staff: Handoffs, owner: Say, conversation: str
) -> None:
    await owner("人と話したい")
    await owner("お願いします")
    turn = await owner("もう死んでしまいたいです")
    assert "0120-279-338" in turn.text
    assert turn.told["paused"] is True
    assert {handoff.reason for handoff in staff.waiting()} == {Reason.ASKED, Reason.DISTRESS}
    assert (await owner("なんちゅうか")).utterances == ("utter_stay_near",)
    assert (await owner("返済のことで、もめています")).utterances == ()


async def test_distress_alerts_staff_and_the_conversation_stays_open(
    staff: Handoffs, owner: Say, conversation: str
) -> None:
    turn = await owner("もう死んでしまいたいです")
    assert "0120-279-338" in turn.text
    assert "担当者" not in turn.text
    assert not turn.told["paused"]
    assert [(handoff.conversation, handoff.reason) for handoff in staff.waiting()] == [(conversation, Reason.DISTRESS)]
    assert (await owner("なんちゅうか")).utterances == ("utter_stay_near",)


async def test_a_wish_for_call_back_goes_to_staff_and_into_no_slot(
    call_back: Handoffs, owner: Say, conversation: str
) -> None:
    asked = await owner("人と話したい")
    assert asked.told["question"] == "call_back"
    turn = await owner("0120-999-999に、夕方お願いします")
    assert turn.utterances == ("utter_call_back_noted",)
    assert [handoff.call_back for handoff in call_back.of(conversation)] == ["0120-999-999に、夕方お願いします"]
    assert "0120-999-999" not in str(turn.told)
    assert turn.told["question"] is None
    assert (await owner("よろしく")).utterances == ("utter_passed_on",)


async def test_the_question_for_call_back_can_be_skipped(call_back: Handoffs, owner: Say, conversation: str) -> None:
    await owner("人と話したい")
    assert (await owner("いりません")).utterances == ("utter_no_call_back",)
    assert [handoff.call_back for handoff in call_back.of(conversation)] == [None]


async def test_asked_why_a_number_is_wanted_the_bot_says_why(call_back: Handoffs, owner: Say) -> None:
    await owner("人と話したい")
    turn = await owner("なんで聞くの")
    assert turn.utterances == ("utter_answer_why_asked", "utter_ask_call_back_again")


async def test_back_from_the_question_for_call_back_the_consultation_goes_on(call_back: Handoffs, owner: Say) -> None:
    await owner("特許を取りたい")
    await owner("人と話したい")
    turn = await owner("ボットに戻る")
    assert turn.told["question"] == "prefecture"


async def test_where_staff_cannot_be_called_it_is_not_promised(
    staff: Handoffs, owner: Say, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "in the way").touch()
    monkeypatch.setenv("KAKARITSUKE_STORE", str(tmp_path / "in the way" / "store.sqlite"))
    turn = await owner("人と話したい")
    assert "utter_call_human" in turn.utterances
    assert not turn.told["paused"]


async def test_where_staff_cannot_be_alerted_the_help_lines_are_still_given(
    staff: Handoffs, owner: Say, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "in the way").touch()
    monkeypatch.setenv("KAKARITSUKE_STORE", str(tmp_path / "in the way" / "store.sqlite"))
    assert "0120-279-338" in (await owner("もう死んでしまいたいです")).text


async def test_when_the_desk_loses_its_staff_the_bot_answers_again(
    staff: Handoffs, owner: Say, monkeypatch: pytest.MonkeyPatch
) -> None:
    await owner("人と話したい")
    monkeypatch.setenv("KAKARITSUKE_STAFF", "off")
    assert (await owner("特許を取りたい")).told["question"] == "prefecture"
