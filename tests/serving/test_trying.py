"""Staff tries out the bot that serves: it answers as it answers owners, and nobody is called, counted or told."""

from __future__ import annotations

import asyncio
import gc
import weakref
from copy import copy
from pathlib import Path
from typing import List, Optional, Sequence

import pytest
import sqlalchemy
from rasa.core.agent import Agent
from rasa.core.processor import MessageProcessor

from bot.console.engine import NoEngineError
from bot.console.learner import CannotAnswerError, WhyNot
from bot.console.written_talks import lines_of, one_story
from bot.evaluation.talking import say
from bot.frame.recording import recorder
from bot.messages import COMES_IN, PERSON
from bot.serving.second_model import SecondProcessor
from bot.serving.trying import ServingBot
from bot.store import Sent, TurnRecord, database
from bot.store.database import TABLES
from bot.training import name_of

WORRY, WHERE = Sent("商標を取りたいです"), Sent("福島県です")
STAFF = "KAKARITSUKE_STAFF"


class Clock:
    """Seconds that pass when a test says so."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def serving(bot: Agent) -> Agent:
    """The bot without what patches of other tests leave on it: methods bound to the bot that they patched."""
    agent = copy(bot)
    agent.processor = copy(bot.processor)
    vars(agent).pop("handle_message", None)
    vars(agent.processor).pop("save_tracker", None)
    return agent


@pytest.fixture
def engine(serving: Agent, clock: Clock) -> ServingBot:
    return ServingBot(lambda: serving, only_one, clock)


async def only_one(model: str) -> MessageProcessor:
    """There is no model beside the one that serves."""
    raise CannotAnswerError(WhyNot.GONE)


@pytest.fixture(autouse=True)
def operators_store(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("KAKARITSUKE_STORE", f"{tmp_path}/operators.sqlite")
    monkeypatch.setenv("KAKARITSUKE_PUBLIC_URL", "https://soudan.example.jp")


def responses(turn: TurnRecord) -> List[str]:
    return [spoken.response for spoken in turn.said]


def in_the_operators_store() -> List[str]:
    """The names of the tables in which anything is."""
    recorder().finish()
    with database().reading() as store:
        counted = {
            name: store.execute(sqlalchemy.select(sqlalchemy.func.count()).select_from(table)).scalar_one()
            for name, table in TABLES.tables.items()
        }
    return [name for name, count in counted.items() if count]


async def test_a_trial_goes_as_an_owners_conversation_does(bot: Agent, engine: ServingBot) -> None:
    tried = await engine.play([WORRY, WHERE])
    owners = [await say(bot, "an owner", sent.text) for sent in (WORRY, WHERE)]
    assert [tuple(responses(turn)) for turn in tried] == [turn.utterances for turn in owners]
    assert [turn.number for turn in tried] == [1, 2]
    assert tried[0].heard is not None and tried[0].heard.moves
    assert tried[1].decided.institutions and tried[1].decided.cited and tried[1].model


async def test_what_was_said_before_is_not_said_once_more(engine: ServingBot) -> None:
    [first] = await engine.play([WORRY])
    again = await engine.play([WORRY, WHERE])
    assert again[0] is first


async def test_a_branch_goes_otherwise_from_the_same_beginning(engine: ServingBot) -> None:
    one = await engine.play([WORRY, WHERE])
    other = await engine.play([WORRY, Sent("やっぱり、人が足りないんです")])
    assert responses(one[0]) == responses(other[0])
    assert other[1].after.issue != one[1].after.issue
    assert [responses(turn) for turn in await engine.play([WORRY, WHERE])] == [responses(turn) for turn in one]


async def test_a_choice_counts_by_its_id(engine: ServingBot) -> None:
    turns = await engine.play([Sent("", COMES_IN), WORRY, Sent("言わずに進む", "prefecture.skip")])
    assert "utter_refer" in responses(turns[2])
    assert turns[2].pressed == "prefecture.skip"


async def test_nobody_of_staff_is_called_and_the_bot_is_silent_as_if_they_were(
    engine: ServingBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(STAFF, "on")
    turns = await engine.play([WORRY, Sent("人に相談する", PERSON), Sent("よろしくお願いします"), WHERE])
    assert turns[1].after.paused and turns[1].decided.effects == ("call_staff",)
    assert [responses(turn) for turn in turns[2:]] == [["utter_passed_on"], []]
    assert in_the_operators_store() == []


@pytest.mark.parametrize(
    "sent",
    [
        ["もう死んでしまいたいです"],
        ["商標を取りたいです", "福島県です", "相談シートがほしい", "はい"],
        ["商標を取りたいです", "記録を消してほしい", "はい"],
    ],
    ids=["distress", "sheet", "forget"],
)
async def test_nothing_of_a_trial_is_in_the_operators_store(
    engine: ServingBot, monkeypatch: pytest.MonkeyPatch, sent: Sequence[str]
) -> None:
    monkeypatch.setenv(STAFF, "on")
    turns = await engine.play([Sent(words) for words in sent])
    assert len(turns) == len(sent) and all(turn.said for turn in turns)
    assert in_the_operators_store() == []


async def test_nothing_of_a_trial_is_among_owners_conversations(bot: Agent, engine: ServingBot) -> None:
    before = set(await bot.tracker_store.keys())
    await engine.play([WORRY])
    assert set(await bot.tracker_store.keys()) == before


async def test_the_agent_that_serves_owners_keeps_its_stores(bot: Agent, engine: ServingBot) -> None:
    stores = (bot.tracker_store, bot.lock_store, bot.processor.tracker_store, bot.processor.action_endpoint)
    await engine.play([WORRY])
    assert (
        bot.tracker_store,
        bot.lock_store,
        bot.processor.tracker_store,
        bot.processor.action_endpoint,
    ) == stores


async def test_what_is_long_ago_is_said_once_more_and_goes_as_before(engine: ServingBot, clock: Clock) -> None:
    [first] = await engine.play([WORRY])
    clock.now += 3600
    await engine.play([Sent("こんにちは")])  # whoever comes next lets it go
    [again] = await engine.play([WORRY])
    assert again is not first
    assert responses(again) == responses(first)


async def test_only_some_are_remembered_at_once(engine: ServingBot) -> None:
    for number in range(35):
        await engine.play([Sent(f"こんにちは{number}")])
    assert engine._serving is not None
    assert len(engine._serving._talks) == len(engine._serving._trackers.store) == 30


async def test_before_the_bot_is_there_nothing_can_be_tried() -> None:
    with pytest.raises(NoEngineError):
        await ServingBot(lambda: None, only_one).play([WORRY])


async def test_what_goes_as_written_is_green(engine: ServingBot) -> None:
    judged = await engine.judge(
        "題", [{"owner": "商標を取りたいです"}, {"issue": "知的財産", "bot_asks": "prefecture"}]
    )
    assert judged.as_written
    assert [turn.owner for turn in judged.turns] == ["商標を取りたいです"]


async def test_what_goes_otherwise_is_red_in_every_place_to_its_end(engine: ServingBot) -> None:
    lines = [
        {"owner": "商標を取りたいです", "bot_asks": "issue"},
        {"issue": "創業", "bot_mentions": "月の裏側"},
        {"owner": "福島県です", "bot_refers": ["ginko"], "cites": "別添9"},
        {"slots": {"prefecture": "青森県"}},
    ]
    judged = await engine.judge("題", lines)
    assert [(one.line, one.key) for one in judged.differences] == [
        (0, "bot_asks"),
        (1, "issue"),
        (1, "bot_mentions"),
        (2, "bot_refers"),
        (2, "cites"),
        (3, "slots"),
    ]
    found = {one.key: one for one in judged.differences}
    assert (found["bot_asks"].now, found["issue"].now, found["slots"].now) == (
        "prefecture",
        "知的財産",
        {"prefecture": "福島県"},
    )
    assert [one.key for one in judged.differences if one.leaves_nothing] == ["bot_mentions"]


async def test_a_trial_that_is_saved_is_green_and_so_is_its_story(engine: ServingBot) -> None:
    turns = await engine.play([WORRY, WHERE, Sent("費用はかかりますか"), Sent("ありがとう、電話してみます")])
    assert (await engine.judge("題", lines_of(turns))).as_written
    assert await engine.story_goes(one_story("題", turns)) is None


async def test_a_trial_in_which_something_is_pressed_is_green_when_it_is_saved(engine: ServingBot) -> None:
    turns = await engine.play([Sent("", COMES_IN), WORRY, Sent("言わずに進む", "prefecture.skip")])
    assert (await engine.judge("題", lines_of(turns))).as_written


async def test_a_story_that_goes_otherwise_is_told(engine: ServingBot) -> None:
    turns = await engine.play([WORRY, WHERE])
    told = await engine.story_goes(one_story("題", turns).replace("utter_refer", "utter_greet"))
    assert told is not None and "utter_refer" in told


async def test_what_tests_do_is_not_in_the_operators_store(engine: ServingBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(STAFF, "on")
    await engine.judge("題", [{"owner": "人と話したい"}, {"owner": "もう死んでしまいたいです"}])
    assert in_the_operators_store() == []


# Another model beside the one that serves

ANOTHER = "kakaritsuke-another"


class Beside:
    """A model that is loaded beside the one that serves, as often as it is put away."""

    def __init__(self, model: Path, agent: Agent) -> None:
        self._load = lambda: SecondProcessor(model, agent)
        self._loaded: Optional[MessageProcessor] = None

    async def __call__(self, model: str) -> MessageProcessor:
        assert model == ANOTHER
        if self._loaded is None:
            self._loaded = await asyncio.to_thread(self._load)
            self._loaded.model_filename = f"{ANOTHER}.tar.gz"
        return self._loaded

    def put_away(self) -> "weakref.ref[MessageProcessor]":
        """Let the model go, as whoever loads another in its place does."""
        assert self._loaded is not None
        gone, self._loaded = weakref.ref(self._loaded), None
        gc.collect()
        return gone


@pytest.fixture
def beside(model: Path, serving: Agent) -> Beside:
    return Beside(model, serving)


@pytest.fixture
def with_two(serving: Agent, beside: Beside, clock: Clock) -> ServingBot:
    return ServingBot(lambda: serving, beside, clock)


async def test_another_model_is_played_with_and_the_record_names_it(with_two: ServingBot, model: Path) -> None:
    first = await with_two.play([WORRY, WHERE])
    second = await with_two.play([WORRY, WHERE], ANOTHER)
    assert [responses(turn) for turn in second] == [responses(turn) for turn in first]
    assert {turn.model for turn in first} == {name_of(model)}
    assert {turn.model for turn in second} == {ANOTHER}


async def test_with_the_other_model_too_nothing_is_said_twice(with_two: ServingBot) -> None:
    [first] = await with_two.play([WORRY], ANOTHER)
    await with_two.play([WORRY])
    again = await with_two.play([WORRY, WHERE], ANOTHER)
    assert again[0] is first


async def test_nothing_of_either_model_is_in_the_operators_store(
    with_two: ServingBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(STAFF, "on")
    turns = await with_two.play([WORRY, Sent("人に相談する", PERSON)], ANOTHER)
    assert turns[1].after.paused
    assert in_the_operators_store() == []


async def test_a_model_that_is_put_away_is_not_kept_in_memory_by_a_trial(with_two: ServingBot, beside: Beside) -> None:
    await with_two.play([WORRY], ANOTHER)
    assert beside.put_away()() is None


async def test_what_was_said_with_a_model_that_was_put_away_is_said_once_more(
    with_two: ServingBot, beside: Beside
) -> None:
    [first] = await with_two.play([WORRY], ANOTHER)
    beside.put_away()
    [again] = await with_two.play([WORRY], ANOTHER)
    assert again is not first
    assert responses(again) == responses(first)


async def test_where_the_other_model_cannot_be_loaded_the_one_that_serves_goes_on(engine: ServingBot) -> None:
    [first] = await engine.play([WORRY])
    with pytest.raises(CannotAnswerError):
        await engine.play([WORRY], ANOTHER)
    assert (await engine.play([WORRY]))[0] is first
