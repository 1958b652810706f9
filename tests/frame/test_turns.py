"""A turn gives the bot's messages whole, knows pressed choices, is not taken twice, hides numbers, and forgets."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Any

import pytest
from rasa.core.agent import Agent
from rasa.core.channels.channel import UserMessage

from bot.consult.state.kept import consultation_in
from bot.frame.turns import RasaTurns, Said
from bot.messages import IN_DISTRESS, PERSON, Choices, Forgotten, Message, Notice
from bot.store import Database, Unsent, database, handoffs
from bot.store.retention import forget_conversation


def conversation() -> str:
    return f"web-{uuid.uuid4().hex}"


async def test_a_message_comes_as_sentences_and_part(bot: Agent) -> None:
    messages = await RasaTurns(bot, "web").take(conversation(), Said("1", "こんにちは"))
    asked = messages[-1]
    assert isinstance(asked.part, Choices)
    assert "1. " not in asked.words
    assert asked.plain() == f"{asked.words}\n{asked.part.plain()}"


async def test_a_greeting_comes_before_any_word_of_the_owner(bot: Agent) -> None:
    turns, owner = RasaTurns(bot, "web"), conversation()
    greeting = await turns.greet(owner)
    assert isinstance(greeting[-1].part, Choices)
    first = greeting[-1].part.choices[0]
    tracker = await bot.tracker_store.retrieve(owner)
    assert tracker.get_slot("question") == "issue"
    answer = await turns.take(owner, Said("1", first.label, first.id))
    assert isinstance(answer[-1].part, Choices)
    assert (await bot.tracker_store.retrieve(owner)).get_slot("issue") == "創業"


async def test_the_first_words_after_the_greeting_are_answered(bot: Agent) -> None:
    turns, owner = RasaTurns(bot, "web"), conversation()
    await turns.greet(owner)
    assert await turns.take(owner, Said("1", "商標を取りたい"))


async def test_an_owner_who_is_greeted_twice_is_answered_after_it(bot: Agent) -> None:
    turns, owner = RasaTurns(bot, "web"), conversation()
    await turns.greet(owner)
    await turns.greet(owner)
    answer = await turns.take(owner, Said("1", "資金繰り・借り入れや返済", "issue.資金繰り"))
    assert "資金繰り" in answer[0].words


@pytest.mark.parametrize("label", ["つらいとき", "商標を取りたい", "？"])
async def test_an_owner_who_asks_for_help_with_a_press_gets_the_help_lines(bot: Agent, label: str) -> None:
    turns, owner = RasaTurns(bot, "web"), conversation()
    comfort = await turns.take(owner, Said("1", label, IN_DISTRESS))
    assert isinstance(comfort[-1].part, Notice)
    assert ("tel:119", "tel:110") in [line.links for line in comfort[-1].part.lines]
    tracker = await bot.tracker_store.retrieve(owner)
    there = consultation_in(tracker.get_slot)
    assert (there.talk.comforted, there.issue) == (True, None)


async def test_help_by_a_press_comes_in_the_middle_of_a_question_too(bot: Agent) -> None:
    turns, owner = RasaTurns(bot, "web"), conversation()
    await turns.take(owner, Said("1", "商標を取りたい"))
    comfort = await turns.take(owner, Said("2", "つらいとき", IN_DISTRESS))
    assert isinstance(comfort[-1].part, Notice)
    assert await turns.take(owner, Said("2", "つらいとき", IN_DISTRESS), again=True) == comfort


@pytest.mark.parametrize("label", ["人に相談する", "商標を取りたい", "？"])
async def test_an_owner_who_asks_for_a_person_with_a_press_is_told_where_one_is(bot: Agent, label: str) -> None:
    turns, owner = RasaTurns(bot, "web"), conversation()
    await turns.greet(owner)
    told = await turns.take(owner, Said("1", label, PERSON))
    assert "人がお話をうかがう窓口" in [message.part.title for message in told if isinstance(message.part, Notice)]
    assert (await bot.tracker_store.retrieve(owner)).get_slot("issue") is None


async def test_a_pressed_choice_is_taken_even_where_its_words_would_mean_something_else(bot: Agent) -> None:
    turns, owner = RasaTurns(bot, "web"), conversation()
    await turns.greet(owner)
    await turns.take(owner, Said("1", "商標を取りたい", "issue.資金繰り"))
    assert (await bot.tracker_store.retrieve(owner)).get_slot("issue") == "資金繰り"


async def test_an_issue_can_be_pressed_while_another_question_waits(bot: Agent) -> None:
    turns, owner = RasaTurns(bot, "web"), conversation()
    await turns.take(owner, Said("1", "商標を取りたい"))
    await turns.take(owner, Said("2", "新しく商売を始めたい", "issue.創業"))
    assert (await bot.tracker_store.retrieve(owner)).get_slot("issue") == "創業"


async def test_a_choice_below_an_earlier_question_is_read_by_its_words(bot: Agent) -> None:
    turns, owner = RasaTurns(bot, "web"), conversation()
    await turns.take(owner, Said("1", "商標を取りたい"))
    await turns.take(owner, Said("2", "東京都", "sub_issue.brand"))
    assert (await bot.tracker_store.retrieve(owner)).get_slot("prefecture") == "東京都"


async def test_a_choice_that_nobody_offered_is_read_by_its_words(bot: Agent) -> None:
    turns, owner = RasaTurns(bot, "web"), conversation()
    await turns.take(owner, Said("1", "商標を取りたい", "prefecture.__import__"))
    assert (await bot.tracker_store.retrieve(owner)).get_slot("issue") == "知的財産"


async def test_a_message_that_was_taken_before_is_not_taken_twice(bot: Agent) -> None:
    turns, owner = RasaTurns(bot, "web"), conversation()
    first = await turns.take(owner, Said("1", "商標を取りたい"))
    events = len((await bot.tracker_store.retrieve(owner)).events)
    assert await turns.take(owner, Said("1", "商標を取りたい"), again=True) == first
    assert len((await bot.tracker_store.retrieve(owner)).events) == events


async def test_a_message_that_was_lost_on_the_way_is_taken_when_it_comes_again(bot: Agent) -> None:
    turns, owner = RasaTurns(bot, "web"), conversation()
    messages = await turns.take(owner, Said("1", "商標を取りたい"), again=True)
    assert messages != ()
    assert all(isinstance(message, Message) for message in messages)


NONSENSE = "zqxjvkw"


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Database:
    """An empty store for these conversations."""
    monkeypatch.setenv("KAKARITSUKE_STORE", str(tmp_path / "store.sqlite"))
    return database()


async def everything_kept(bot: Agent, owner: str) -> str:
    tracker = await bot.tracker_store.retrieve_full_tracker(owner)
    return str([event.as_dict() for event in tracker.events]) if tracker else ""


async def test_numbers_of_a_person_never_reach_rasa_and_the_owner_is_told_once(bot: Agent, store: Database) -> None:
    turns, owner = RasaTurns(bot, "web"), conversation()
    first = await turns.take(owner, Said("1", "商標を取りたい。電話は090-0000-0001です"))
    assert (await bot.tracker_store.retrieve(owner)).get_slot("issue") == "知的財産"
    again = await turns.take(owner, Said("2", "090-0000-0002のほうでもいいです"))
    kept = await everything_kept(bot, owner)
    assert "〔電話番号〕" in kept
    assert "0000-000" not in kept
    assert [message.words for message in (*first, *again) if "残さずに消しました" in message.words] == [first[0].words]


async def test_a_number_alone_brings_the_question_back(bot: Agent, store: Database) -> None:
    turns, owner = RasaTurns(bot, "web"), conversation()
    await turns.take(owner, Said("1", "商標を取りたい"))
    await turns.take(owner, Said("2", "090-0000-0001"))
    assert (await bot.tracker_store.retrieve(owner)).get_slot("question") == "prefecture"


async def test_in_distress_help_comes_before_a_word_about_numbers(bot: Agent, store: Database) -> None:
    messages = await RasaTurns(bot, "web").take(conversation(), Said("1", "もう死んでしまいたい。090-0000-0001"))
    assert isinstance(messages[-1].part, Notice)
    assert not any("残さずに消しました" in message.words for message in messages)


async def test_the_number_for_a_call_back_reaches_staff_and_nothing_else(
    bot: Agent, store: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KAKARITSUKE_STAFF", "on")
    monkeypatch.setenv("KAKARITSUKE_CALL_BACK", "on")
    turns, owner = RasaTurns(bot, "web"), conversation()
    await turns.take(owner, Said("1", "人と話したい"))
    wish = "090-0000-0001に、夕方お願いします"
    noted = await turns.take(owner, Said("2", wish))
    assert [handoff.call_back for handoff in handoffs().of(owner)] == [wish]
    assert "0000-0001" not in await everything_kept(bot, owner)
    assert not any("残さずに消しました" in message.words for message in noted)
    assert await turns.take(owner, Said("2", wish), again=True) == noted
    assert [handoff.call_back for handoff in handoffs().of(owner)] == [wish]


async def test_a_number_that_is_no_wish_for_call_back_does_not_reach_staff(
    bot: Agent, store: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KAKARITSUKE_STAFF", "on")
    turns, owner = RasaTurns(bot, "web"), conversation()
    await turns.take(owner, Said("1", "人と話したい"))
    await turns.take(owner, Said("2", "090-0000-0001です"))
    assert [handoff.call_back for handoff in handoffs().of(owner)] == [None]
    assert "0000-0001" not in await everything_kept(bot, owner)


async def test_after_a_yes_nothing_is_kept_and_the_owner_is_told(bot: Agent, store: Database) -> None:
    turns, owner = RasaTurns(bot, "web"), conversation()
    await turns.take(owner, Said("1", f"{NONSENSE}の商標を取りたい"))
    Unsent(store).add(owner, "1")
    await turns.take(owner, Said("2", "記録を消したい", "talk.forget"))
    told = await turns.take(owner, Said("3", "はい、消します", "forget.yes"))
    assert [message.part for message in told] == [Forgotten()]
    assert await everything_kept(bot, owner) == ""
    assert Unsent(store).of(owner) == frozenset()
    assert (await turns.take(owner, Said("4", "商標を取りたい"))) != ()
    assert NONSENSE not in await everything_kept(bot, owner)


async def test_a_yes_whose_process_died_before_it_was_done_is_done_when_it_comes_again(
    bot: Agent, store: Database
) -> None:
    turns, owner = RasaTurns(bot, "web"), conversation()
    await turns.take(owner, Said("1", "記録を消したい", "talk.forget"))
    await bot.handle_message(UserMessage("はい、消します", None, owner, None, "web", "2", {"choice": "forget.yes"}))
    assert await everything_kept(bot, owner) != ""
    assert [message.part for message in await turns.take(owner, Said("2", "はい、消します"), again=True)] == [
        Forgotten()
    ]
    assert await everything_kept(bot, owner) == ""


async def test_an_answer_in_flight_does_not_bring_a_forgotten_conversation_back(
    bot: Agent, store: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    turns, owner = RasaTurns(bot, "web"), conversation()
    handle = bot.handle_message

    async def forgotten_meanwhile(message: UserMessage) -> Any:
        replies = await handle(message)
        forget_conversation(store, owner)  # as another process does it, just before this one is done
        return replies

    monkeypatch.setattr(bot, "handle_message", forgotten_meanwhile)
    await turns.take(owner, Said("1", f"{NONSENSE}の商標を取りたい"))
    assert await everything_kept(bot, owner) == ""


async def test_the_wish_to_be_forgotten_can_be_pressed_while_staff_has_the_conversation(
    bot: Agent, store: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KAKARITSUKE_STAFF", "on")
    turns, owner = RasaTurns(bot, "web"), conversation()
    await turns.take(owner, Said("1", "人と話したい"))
    asked = await turns.take(owner, Said("2", "記録を消したい", "talk.forget"))
    assert isinstance(asked[-1].part, Choices)
    await turns.take(owner, Said("3", "いいえ、残します", "forget.no"))
    assert (await bot.tracker_store.retrieve(owner)).get_slot("paused") is True
    await turns.take(owner, Said("4", "記録を消してください"))
    await turns.take(owner, Said("5", "はい"))
    assert handoffs().of(owner) == ()


async def test_whether_a_question_waits_is_known(bot: Agent) -> None:
    turns, owner = RasaTurns(bot, "web"), conversation()
    assert not await turns.asks(owner)
    await turns.greet(owner)
    assert await turns.asks(owner)


async def test_a_person_can_be_asked_for_with_a_press_wherever_the_talk_is(bot: Agent) -> None:
    turns, owner = RasaTurns(bot, "web"), conversation()
    await turns.take(owner, Said("1", "商標を取りたい"))
    answer = await turns.take(owner, Said("2", "どんな言葉でも", PERSON))
    assert isinstance(answer[0].part, Notice)
    assert not await turns.asks(owner)
