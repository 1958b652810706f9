"""A turn gives the bot's messages whole, knows pressed choices, and is not taken twice after a restart."""

from __future__ import annotations

import uuid

from rasa.core.agent import Agent

from bot.frame.kept import consultation_in
from bot.frame.turns import RasaTurns, Said
from bot.messages import PERSON, Choices, Message, Notice


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
    answer = await turns.take(owner, Said("1", "お金の回り・借入や返済", "issue.資金繰り"))
    assert "お金の回り" in answer[0].words


async def test_an_owner_who_asks_for_help_with_a_press_gets_the_help_lines(bot: Agent) -> None:
    turns, owner = RasaTurns(bot, "web"), conversation()
    comfort = await turns.comfort(owner)
    assert isinstance(comfort[-1].part, Notice)
    assert any(line.link and line.link.startswith("tel:") for line in comfort[-1].part.lines)
    assert consultation_in((await bot.tracker_store.retrieve(owner)).get_slot).talk.comforted


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
