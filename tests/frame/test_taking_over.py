"""A person comes, or goes, in the middle of a turn: it is decided anew, and what was decided before is not kept."""

from __future__ import annotations

import asyncio
import uuid
from pathlib import Path
from typing import Callable, Iterator

import pytest
from rasa.core.agent import Agent

from bot.consult.state.kept import consultation_in
from bot.frame.holding import saved_only_if
from bot.frame.turns import RasaTurns, Said
from bot.messages import BACK_TO_BOT, IN_DISTRESS, TO_BE_FORGOTTEN, Choices, Notice
from bot.store import By, Database, Reason, State, Takeovers, handoffs

HANAKO = By("花子", "")


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Database:
    """The store of a desk with staff."""
    monkeypatch.setenv("KAKARITSUKE_STORE", str(tmp_path / "store.sqlite"))
    monkeypatch.setenv("KAKARITSUKE_STAFF", "on")
    return Database(str(tmp_path / "store.sqlite"))


@pytest.fixture
def owner() -> str:
    return f"line-{uuid.uuid4().hex}"


@pytest.fixture
def turns(bot: Agent) -> RasaTurns:
    return RasaTurns(bot, "line")


@pytest.fixture
def takeovers(store: Database) -> Takeovers:
    return Takeovers(store)


@pytest.fixture
def claimed(takeovers: Takeovers, owner: str) -> str:
    """A conversation that a person has."""
    handoffs().open(owner, Reason.ASKED)
    takeovers.claim(owner, HANAKO, "花子")
    return owner


def once(act: Callable[[], object]) -> "Callable[[], Iterator[None]]":
    """Does something the first time that a turn is about to be saved, and nothing after that."""
    left = [act]

    async def check() -> None:
        if left:
            await asyncio.to_thread(left.pop())

    return check  # type: ignore[return-value]


async def test_what_owners_write_to_a_person_gets_no_answer_of_the_bots(turns: RasaTurns, claimed: str) -> None:
    for number, words in enumerate(["補助金はありますか", "こんにちは", "電話は024-000-0000です", "あ" * 1001]):
        assert await turns.take(claimed, Said(f"{number}", words)) == (), words


async def test_words_of_dying_are_met_with_the_help_lines_also_then(turns: RasaTurns, claimed: str) -> None:
    comfort = await turns.take(claimed, Said("1", "つらいとき", IN_DISTRESS))
    assert isinstance(comfort[-1].part, Notice)
    assert [handoff.reason for handoff in handoffs().of(claimed)] == [Reason.ASKED, Reason.DISTRESS]
    assert await turns.take(claimed, Said("2", "はい")) == ()


async def test_the_wish_to_be_forgotten_is_heard_also_then(turns: RasaTurns, claimed: str) -> None:
    asked = await turns.take(claimed, Said("1", "記録を消したい", TO_BE_FORGOTTEN))
    assert isinstance(asked[-1].part, Choices)


async def test_the_button_gives_the_conversation_back_to_the_bot(
    turns: RasaTurns, takeovers: Takeovers, claimed: str
) -> None:
    assert await turns.take(claimed, Said("1", "ボットに戻る", BACK_TO_BOT))
    assert takeovers.holder(claimed) is None
    assert [handoff.state for handoff in handoffs().of(claimed)] == [State.RESUMED]
    assert await turns.take(claimed, Said("2", "商標を取りたい"))


async def test_the_first_message_after_a_person_gave_it_back_is_answered(
    turns: RasaTurns, takeovers: Takeovers, claimed: str
) -> None:
    await turns.take(claimed, Said("1", "よろしくお願いします"))
    takeovers.give_back(claimed, HANAKO)
    assert await turns.take(claimed, Said("2", "商標を取りたい"))


async def test_a_person_who_comes_while_the_bot_thinks_has_the_message(
    turns: RasaTurns, takeovers: Takeovers, store: Database, bot: Agent, owner: str
) -> None:
    handoffs().open(owner, Reason.DISTRESS)
    come = once(lambda: takeovers.claim(owner, HANAKO, "花子"))
    with saved_only_if(come):  # type: ignore[arg-type]
        assert await turns.take(owner, Said("1", "商標を取りたい")) == ()
    tracker = await bot.tracker_store.retrieve(owner)
    there = consultation_in(tracker.get_slot)
    assert (there.issue, there.talk.paused) == (None, True)
    assert [event.text for event in tracker.events if event.type_name == "user"] == ["商標を取りたい"]


async def test_a_person_who_goes_while_the_bot_thinks_leaves_the_message_to_it(
    turns: RasaTurns, takeovers: Takeovers, claimed: str
) -> None:
    with saved_only_if(once(lambda: takeovers.give_back(claimed, HANAKO))):  # type: ignore[arg-type]
        assert await turns.take(claimed, Said("1", "商標を取りたい"))
