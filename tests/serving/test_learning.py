"""Another model answers from the next turn on: no turn is lost, none doubled, and every process follows."""

from __future__ import annotations

import asyncio
import json
import time
import uuid
from copy import copy
from pathlib import Path
from typing import Any, Callable, List

import pytest
from rasa.core.agent import Agent
from rasa.shared.core.events import UserUttered

import bot.serving.learning
import bot.training
from bot.console.learner import CannotAnswerError, WhyNot
from bot.frame.turns import RasaTurns, Said
from bot.serving.learning import ServingModels
from bot.store import By, Database, Models
from bot.training import ground, name_of
from tests.store.conftest import address, postgresql_address
from tests.store.patience import opened

__all__ = ["address", "postgresql_address"]

HANAKO = By("花子", "192.0.2.7")
ANOTHER = "kakaritsuke-another"


@pytest.fixture
def folder(model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The trained model, and beside it another that was made from the same knowledge."""
    there = tmp_path / "models"
    there.mkdir()
    for name in (name_of(model), ANOTHER):
        put(there, name, model, ground())
    monkeypatch.setattr(bot.training, "MODELS", there)
    monkeypatch.setattr(bot.serving.learning, "MODELS", there)
    return there


def put(folder: Path, name: str, model: Path, made_on: str) -> None:
    (folder / f"{name}.tar.gz").symlink_to(model)
    (folder / f"{name}.json").write_text(json.dumps({"ground": made_on}), encoding="utf-8")


@pytest.fixture
def agent(bot: Agent) -> Agent:
    """The bot, whose model may be changed here and is as it was for other tests."""
    return copy(bot)


@pytest.fixture
def store(address: str) -> Database:
    return opened(address)


@pytest.fixture
def models(folder: Path, agent: Agent, store: Database) -> ServingModels:
    return ServingModels(lambda: agent, store, ground())


async def change(models: ServingModels, name: str) -> None:
    await models.make_ready(name)
    await models.take(name)


async def test_the_models_that_are_there_say_whether_they_fit(models: ServingModels, model: Path, folder: Path) -> None:
    put(folder, "kakaritsuke-elsewhere", model, "of other knowledge")
    assert {each.name: each.fits for each in models.models()} == {
        name_of(model): True,
        ANOTHER: True,
        "kakaritsuke-elsewhere": False,
    }
    assert models.answering() == name_of(model)


async def test_another_model_answers_and_the_first_comes_back(models: ServingModels, model: Path) -> None:
    await change(models, ANOTHER)
    assert models.answering() == ANOTHER
    await change(models, name_of(model))
    assert models.answering() == name_of(model)


@pytest.mark.alone
async def test_from_the_press_to_the_first_turn_on_the_other_model_five_seconds_pass_at_most(
    models: ServingModels, agent: Agent, model: Path
) -> None:
    """The model was loaded while staff looked at what it does otherwise; back it is still in memory."""
    turns = RasaTurns(agent, "web", for_staff=False)
    await turns.take("web-warm", Said("1", "こんにちは"))
    await models.make_ready(ANOTHER)
    for name in (ANOTHER, name_of(model)):
        began = time.monotonic()
        await change(models, name)
        assert await turns.take(f"web-{uuid.uuid4().hex}", Said("1", "商標を取りたい"))
        took = time.monotonic() - began
        print(f"{name}: {took:.2f} s")
        assert took < 5.0


async def test_owners_are_answered_while_a_model_is_loaded_and_changed(
    models: ServingModels, agent: Agent, store: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Four owners talk all the time, each message once; each is in the conversation once, in its order."""
    turns, ended = RasaTurns(agent, "web", for_staff=False), asyncio.Event()
    owners = [f"web-{uuid.uuid4().hex}" for _ in range(4)]
    said: "dict[str, List[str]]" = {owner: [] for owner in owners}

    async def talks(owner: str) -> None:
        while not ended.is_set() or len(said[owner]) < 2:
            words = "商標を取りたい" if not said[owner] else "それはいくらかかりますか"
            number = f"{len(said[owner])}"
            assert await turns.take(owner, Said(number, words))
            said[owner].append(number)

    talking = [asyncio.create_task(talks(owner)) for owner in owners]
    for name in (ANOTHER, models.answering(), ANOTHER):
        await change(models, str(name))
    ended.set()
    await asyncio.gather(*talking)
    for owner in owners:
        tracker = await agent.tracker_store.retrieve_full_tracker(owner)
        heard = [event.message_id for event in tracker.events if isinstance(event, UserUttered)]
        assert heard == said[owner] and len(heard) >= 2


async def test_a_conversation_goes_on_where_it_stood(models: ServingModels, agent: Agent) -> None:
    turns, owner = RasaTurns(agent, "web", for_staff=False), f"web-{uuid.uuid4().hex}"
    await turns.take(owner, Said("1", "商標を取りたい"))
    assert await turns.asks(owner)
    await change(models, ANOTHER)
    await turns.take(owner, Said("2", "福島です"))
    tracker = await agent.tracker_store.retrieve(owner)
    assert (tracker.get_slot("issue"), tracker.get_slot("prefecture")) == ("知的財産", "福島県")


async def test_a_turn_under_way_keeps_to_its_model_and_is_recorded_with_it(
    models: ServingModels, agent: Agent, model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The model is changed in the middle of a turn: the record says which one it was decided by."""
    recorded: List[Any] = []
    monkeypatch.setattr("bot.frame.turns.recorder", lambda: Kept(recorded))
    turns, owner = RasaTurns(agent, "web"), f"web-{uuid.uuid4().hex}"
    await models.make_ready(ANOTHER)
    save, changed = agent.tracker_store.save, asyncio.Event()

    async def change_before_it_is_saved(tracker: Any) -> None:
        if tracker.sender_id == owner and not changed.is_set():
            changed.set()
            await bot.serving.learning._exchanged(agent, models._beside[1])  # type: ignore[index]
        await save(tracker)

    monkeypatch.setattr(agent.tracker_store, "save", change_before_it_is_saved)
    await turns.take(owner, Said("1", "商標を取りたい"))
    await turns.take(owner, Said("2", "福島です"))
    assert [taken.model for taken in recorded] == [name_of(model), ANOTHER]


class Kept:
    """In the place of the recorder: what it is given."""

    def __init__(self, recorded: List[Any]) -> None:
        self._recorded = recorded

    def add(self, taken: Any, began: float, store: Database) -> None:
        self._recorded.append(taken)


async def refused(models: ServingModels, name: str) -> WhyNot:
    with pytest.raises(CannotAnswerError) as error:
        await change(models, name)
    return error.value.why


async def test_a_model_of_other_knowledge_does_not_come_into_this_process(
    models: ServingModels, folder: Path, model: Path
) -> None:
    put(folder, "kakaritsuke-elsewhere", model, "of other knowledge")
    assert await refused(models, "kakaritsuke-elsewhere") is WhyNot.OTHER_KNOWLEDGE
    assert models.answering() == name_of(model)


async def test_no_model_comes_in_once_the_files_say_other_things_than_this_process_has_read(
    models: ServingModels, model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bot.serving.learning, "ground", lambda: "of what was written since")
    assert await refused(models, ANOTHER) is WhyNot.FILES_CHANGED
    assert models.answering() == name_of(model)


async def test_a_model_that_is_not_there_and_one_that_is_cut_off_leave_the_first_in_its_place(
    models: ServingModels, folder: Path, model: Path
) -> None:
    assert await refused(models, "kakaritsuke-gone") is WhyNot.GONE
    (folder / "kakaritsuke-cut.tar.gz").write_bytes(model.read_bytes()[:100_000])
    (folder / "kakaritsuke-cut.json").write_text(json.dumps({"ground": ground()}), encoding="utf-8")
    assert await refused(models, "kakaritsuke-cut") is WhyNot.BROKEN
    assert models.answering() == name_of(model)


async def test_a_model_that_was_put_away_since_it_was_made_ready_is_loaded_once_more_and_taken(
    models: ServingModels, folder: Path, model: Path
) -> None:
    """Somebody tries another one out between the two."""
    put(folder, "kakaritsuke-third", model, ground())
    await models.make_ready(ANOTHER)
    await models.beside("kakaritsuke-third")
    await models.take(ANOTHER)
    assert models.answering() == ANOTHER


async def test_a_model_that_is_not_there_is_not_taken(models: ServingModels, model: Path) -> None:
    with pytest.raises(CannotAnswerError):
        await models.take("kakaritsuke-gone")
    assert models.answering() == name_of(model)


async def test_what_is_tried_out_beside_the_one_that_answers_is_another(models: ServingModels, model: Path) -> None:
    assert await models.beside(ANOTHER) is await models.beside(ANOTHER)
    assert models.answering() == name_of(model)
    with pytest.raises(CannotAnswerError):
        await models.beside(name_of(model))


async def until(what: Callable[[], bool], within_s: float = 240.0) -> None:
    """Waits for what two processes bring about."""
    began = time.monotonic()
    while not await asyncio.to_thread(what):
        assert time.monotonic() - began < within_s
        await asyncio.sleep(0.05)


@pytest.fixture
async def followed(folder: Path, bot: Agent, address: str) -> Any:
    """Two processes that share the store, and follow what is chosen there."""
    agents = [copy(bot), copy(bot)]
    processes = [ServingModels(lambda agent=agent: agent, opened(address), ground()) for agent in agents]  # type: ignore[misc]
    for number, process in enumerate(processes):
        process._process = f"host:{number}"
    following = [asyncio.create_task(process.keep_following()) for process in processes]
    yield processes
    for task in following:
        task.cancel()
    await asyncio.gather(*following, return_exceptions=True)


async def test_every_process_follows_what_is_chosen_in_one(
    followed: List[ServingModels], address: str, model: Path
) -> None:
    store = Models(opened(address))
    first = store.choose(HANAKO, ANOTHER, name_of(model), "", False, None)
    await until(lambda: {process.answering() for process in followed} == {ANOTHER})
    store.choose(HANAKO, name_of(model), ANOTHER, "", True, first)
    await until(lambda: {process.answering() for process in followed} == {name_of(model)})
    await until(
        lambda: (
            {(each.process, each.model, each.problem) for each in store.answering()}
            == {
                ("host:0", name_of(model), None),
                ("host:1", name_of(model), None),
            }
        )
    )


async def test_every_process_loads_what_staff_looks_at_before_it_is_chosen(
    followed: List[ServingModels], address: str
) -> None:
    Models(opened(address)).prepare(HANAKO, ANOTHER)
    await until(lambda: [process._beside[0] for process in followed if process._beside] == [ANOTHER, ANOTHER])


async def test_a_process_that_cannot_follow_says_why_and_answers_as_before(
    followed: List[ServingModels], address: str, model: Path
) -> None:
    store = Models(opened(address))
    store.choose(HANAKO, "kakaritsuke-on-another-disk", name_of(model), "", False, None)
    await until(lambda: {(each.model, each.problem) for each in store.answering()} == {(name_of(model), "gone")})


async def test_a_training_is_begun_in_a_process_of_its_own(
    models: ServingModels, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The command ends at once, since the store it finds has no such training."""
    monkeypatch.setenv("KAKARITSUKE_STORE", str(tmp_path / "of the process" / "store.sqlite"))
    models.begin(7)
    await until(lambda: (tmp_path / "of the process" / "store.sqlite").exists())
