"""A rating that an owner gives by a tap, and the reason in their words, are kept with the conversation."""

from __future__ import annotations

import uuid
from typing import Tuple

from rasa.core.agent import Agent

from bot.frame.recording import recorder
from bot.frame.turns import RasaTurns, Said
from bot.messages import NOT_USEFUL, USEFUL, Choices, Message
from bot.store import Ratings, database


def conversation() -> str:
    return f"web-{uuid.uuid4().hex}"


async def until_the_end(turns: RasaTurns, owner: str) -> Tuple[Message, ...]:
    """A consultation about a loan, up to the farewell."""
    for number, text in enumerate(("銀行からお金を借りたい", "福島県です")):
        await turns.take(owner, Said(f"{number}", text))
    return await turns.take(owner, Said("end", "ここまでで大丈夫", "anything_else.done"))


async def test_the_farewell_offers_the_two_answers_and_a_tap_is_kept(bot: Agent) -> None:
    turns, owner = RasaTurns(bot, "web"), conversation()
    farewell = await until_the_end(turns, owner)
    assert isinstance(farewell[-1].part, Choices)
    assert [choice.id for choice in farewell[-1].part.choices] == [USEFUL, NOT_USEFUL]
    recorder().finish()
    thanked = await turns.take(owner, Said("rate", "役に立たなかった", NOT_USEFUL))
    assert "お役に立てず" in thanked[-1].words
    kept = Ratings(database()).of(owner)
    assert kept is not None and (kept.useful, kept.why) == (False, None)


async def test_the_reason_is_kept_in_their_words_without_numbers(bot: Agent) -> None:
    turns, owner = RasaTurns(bot, "web"), conversation()
    await until_the_end(turns, owner)
    recorder().finish()
    await turns.take(owner, Said("rate", "役に立った", USEFUL))
    await turns.take(owner, Said("why", "話が長くて、よくわからなかったです。電話は090-0000-0001"))
    kept = Ratings(database()).of(owner)
    assert kept is not None
    assert (kept.useful, kept.why) == (True, "話が長くて、よくわからなかったです。電話は〔電話番号〕")
    await turns.take(owner, Said("again", "役に立たなかった", NOT_USEFUL))
    changed = Ratings(database()).of(owner)
    assert changed is not None and (changed.useful, changed.why) == (False, None)


async def test_a_conversation_that_is_not_recorded_is_not_rated(bot: Agent) -> None:
    turns, owner = RasaTurns(bot, "cmdline", for_staff=False), conversation()
    await until_the_end(turns, owner)
    await turns.take(owner, Said("rate", "役に立った", USEFUL))
    assert Ratings(database()).of(owner) is None
