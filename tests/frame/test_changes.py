"""Each change to Rasa does what it is for, and is still needed: a test fails when Rasa has changed there."""

from __future__ import annotations

import inspect
import re
import uuid
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Callable, Dict, List, Optional, Text, Tuple

import dask
import jsonschema
import pytest
import rasa
import rasa.core.actions.action as rasa_actions
import rasa.core.processor as processor
import rasa.engine.storage.local_model_storage as model_storage
from rasa.core.actions.action import RemoteAction
from rasa.core.agent import Agent
from rasa.core.channels.channel import UserMessage
from rasa.core.processor import MessageProcessor
from rasa.core.tracker_store import InMemoryTrackerStore
from rasa.engine.exceptions import GraphRunError
from rasa.engine.runner.dask import DaskGraphRunner
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, BotUttered, Event, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.core.training_data.story_reader.yaml_story_reader import YAMLStoryReader
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from tarsafe import TarSafe

from bot.frame import changes
from bot.frame.action_endpoint import ActionsInProcess
from bot.frame.holding import saved_only_if
from bot.store import LostHoldError
from tests.conftest import ROOT


def test_rasa_is_the_version_the_changes_were_written_for() -> None:
    assert rasa.__version__ == "3.6.21"


def test_rasa_itself_would_still_take_a_slash_for_a_command() -> None:
    message = YAMLStoryReader.unpack_regex_message(Message.build("/restart"))
    assert message.get("intent") == {"name": "restart", "confidence": 1.0}


async def test_a_slash_that_an_owner_types_is_text(bot: Agent) -> None:
    parsed = await bot.parse_message('/goodbye{"issue": "創業"}')
    assert parsed["intent"]["confidence"] < 1
    assert [entity for entity in parsed["entities"] if entity["entity"] == "issue"] == []


async def test_a_typed_command_sets_no_slot(bot: Agent) -> None:
    sender = uuid.uuid4().hex
    await bot.handle_text('/inform{"issue": "創業", "sub_issue": "before"}', sender_id=sender)
    tracker = await bot.tracker_store.retrieve(sender)
    assert (tracker.get_slot("issue"), tracker.get_slot("sub_issue")) == (None, None)


def test_rasa_itself_would_still_compile_the_schema_at_every_call() -> None:
    source = inspect.getsource(inspect.getmodule(RemoteAction))
    assert "validate(result, self.action_response_format_spec())" in source


def test_a_wrong_action_result_is_still_refused() -> None:
    changes.apply()
    action = RemoteAction("action_call_staff", None)
    assert action._validate_action_result({"events": [], "responses": []})
    with pytest.raises(jsonschema.ValidationError):
        action._validate_action_result({"events": "none"})


def test_rasa_itself_would_still_copy_every_example_when_merging() -> None:
    source = inspect.getsource(inspect.getmodule(TrainingData))
    assert "training_examples.extend(copy.deepcopy(o.training_examples))" in source


def test_rasa_itself_would_still_pack_a_model_slowly() -> None:
    assert 'TarSafe.open(model_archive_path, "w:gz") as tar' in inspect.getsource(model_storage)
    assert inspect.signature(TarSafe.gzopen).parameters["compresslevel"].default == 9


def test_a_model_is_packed_fast_and_can_be_read(tmp_path: Path) -> None:
    changes.apply()
    (tmp_path / "weights").write_bytes(bytes(100_000))
    with model_storage.TarSafe.open(tmp_path / "model.tar.gz", "w:gz") as packed:
        packed.add(tmp_path / "weights", arcname="weights")
    assert (tmp_path / "model.tar.gz").read_bytes()[8] == 4  # gzip's own word for its fastest level (RFC 1952)
    with model_storage.TarSafe.open(tmp_path / "model.tar.gz", "r:gz") as packed:
        packed.extractall(tmp_path / "read")
    assert (tmp_path / "read" / "weights").read_bytes() == bytes(100_000)


def test_merged_training_data_holds_the_examples_of_all_parts_once() -> None:
    changes.apply()
    first, second, third = (
        TrainingData([Message.build(text, "greet")]) for text in ("こんにちは", "どうも", "はじめまして")
    )
    merged = first.merge(second, third, None)
    assert [example.get("text") for example in merged.training_examples] == ["こんにちは", "どうも", "はじめまして"]
    assert len(first.training_examples) == 1


async def test_a_loaded_model_has_the_graph_that_answers_and_not_the_one_that_trained_it(bot: Agent) -> None:
    metadata = bot.processor.model_metadata
    assert (metadata.train_schema.nodes, "run_RegexMessageHandler" in metadata.predict_schema.nodes) == ({}, True)


def test_rasa_itself_would_still_go_on_in_memory_where_the_tracker_store_fails() -> None:
    assert "return FailSafeTrackerStore(tracker_store)" in inspect.getsource(inspect.getmodule(Agent))


def test_the_tracker_store_is_the_one_that_was_set_up() -> None:
    changes.apply()
    store = InMemoryTrackerStore(Domain.empty())
    assert Agent(tracker_store=store).tracker_store is store


def test_rasa_itself_would_still_keep_half_a_turn_where_an_action_fails() -> None:
    assert "Bot will continue, but the actions events are lost." in inspect.getsource(MessageProcessor)


async def test_a_turn_whose_action_fails_is_not_kept_at_all(
    bot: Agent, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Broken(ActionsInProcess):
        async def request(self, *arguments: Any, **details: Any) -> Optional[Dict[Text, Any]]:
            raise RuntimeError("人と話したい")

    monkeypatch.setenv("KAKARITSUKE_STAFF", "on")
    sender, endpoint = uuid.uuid4().hex, bot.processor.action_endpoint
    await bot.handle_text("こんにちは", sender_id=sender)
    before = list((await bot.tracker_store.retrieve(sender)).events)
    bot.processor.action_endpoint = Broken()
    try:
        with pytest.raises(RuntimeError):
            await bot.handle_text("人と話したい", sender_id=sender)
    finally:
        bot.processor.action_endpoint = endpoint
    assert list((await bot.tracker_store.retrieve(sender)).events) == before
    assert "話したい" not in caplog.text


def test_rasa_itself_would_still_save_a_turn_at_its_end_and_ask_nobody() -> None:
    source = inspect.getsource(MessageProcessor.handle_message)
    assert source.count("await self.save_tracker(tracker)") == 2  # the other one is for models without rules


async def heard(bot: Agent, conversation: str) -> List[str]:
    tracker = await bot.tracker_store.retrieve(conversation)
    return [event.text for event in tracker.events if isinstance(event, UserUttered)] if tracker else []


async def test_a_turn_of_which_another_process_has_hold_by_then_is_not_saved(bot: Agent) -> None:
    async def taken_over() -> None:
        raise LostHoldError("a")

    sender = uuid.uuid4().hex
    with pytest.raises(LostHoldError), saved_only_if(taken_over):
        await bot.handle_text("商標を取りたい", sender_id=sender)
    assert await heard(bot, sender) == []
    await bot.handle_text("商標を取りたい", sender_id=sender)
    assert await heard(bot, sender) == ["商標を取りたい"]


async def test_what_was_pressed_and_is_offered_is_settled_by_its_id(bot: Agent) -> None:
    tracker = DialogueStateTracker(uuid.uuid4().hex, bot.domain.slots)
    pressed = UserMessage("商標を取りたい", metadata={"choice": "issue.資金繰り"})
    settled = await bot.processor.parse_message(pressed, tracker)
    assert (settled["intent"]["name"], settled["text"]) == (None, "商標を取りたい")


async def test_what_was_pressed_below_an_earlier_question_is_understood_as_if_typed(bot: Agent) -> None:
    tracker = DialogueStateTracker(uuid.uuid4().hex, bot.domain.slots)
    pressed = UserMessage("商標を取りたい", metadata={"choice": "sub_issue.brand"})
    assert (await bot.processor.parse_message(pressed, tracker))["intent"]["name"] == "知的財産"


def test_a_copy_of_a_tracker_is_as_the_tracker_and_independent_of_it(domain: Domain) -> None:
    changes.apply()
    tracker = DialogueStateTracker("owner", domain.slots)
    for event in (UserUttered("店"), SlotSet("issue", "創業"), ActionExecuted("utter_notice"), BotUttered("はい")):
        tracker.update(event, domain)
    copied = tracker.copy()
    assert copied == tracker
    assert copied.current_slot_values() == tracker.current_slot_values()
    assert copied.latest_message == tracker.latest_message
    copied.update(SlotSet("issue", "資金繰り"), domain)
    assert (tracker.get_slot("issue"), len(tracker.events), len(copied.events)) == ("創業", 4, 5)


def test_rasa_itself_would_still_copy_a_tracker_by_replaying_its_events() -> None:
    source = inspect.getsource(inspect.getmodule(DialogueStateTracker))
    assert 'return self.travel_back_in_time(float("inf"))' in source


@pytest.fixture(scope="module")
def domain() -> Domain:
    return Domain.load(str(ROOT / "domain.yml"))


def test_rasa_itself_would_still_ask_a_scheduler_at_every_run() -> None:
    assert "dask.get(run_graph, run_targets)" in inspect.getsource(inspect.getmodule(DaskGraphRunner))


def test_a_graph_gives_what_dask_makes_of_it_and_runs_each_part_once() -> None:
    ran: List[str] = []

    def part(name: str) -> Callable[..., Tuple[str, str]]:
        def run(*needed: Tuple[str, str]) -> Tuple[str, str]:
            ran.append(name)
            return name, f"{name}({', '.join(f'{one}={value}' for one, value in needed)})"

        return run

    graph = {
        "told": ("told", "はじめに"),
        "words": (part("words"), "told"),
        "meaning": (part("meaning"), "words"),
        "intent": (part("intent"), "meaning", "words"),
    }
    wanted = ["intent", "words"]
    assert changes.results_of(graph, wanted) == list(dask.get(graph, wanted))
    assert ran == ["words", "meaning", "intent"] * 2


def test_a_graph_in_which_something_fails_fails_as_before() -> None:
    def fail() -> None:
        raise RuntimeError("too much")

    schema = SimpleNamespace(target_names=["part"], minimal_graph_schema=lambda targets: None)
    runner = SimpleNamespace(
        _graph_schema=schema,
        _build_dask_graph=lambda schema: {"part": (fail,)},
        _add_inputs_to_graph=DaskGraphRunner._add_inputs_to_graph,
    )
    changes.apply()
    with pytest.raises(GraphRunError):
        DaskGraphRunner.run(runner, {"told": "はじめに"})


def test_rasa_itself_would_still_look_through_all_events_for_one() -> None:
    source = inspect.getsource(inspect.getmodule(UserUttered))
    assert "for cls in rasa.shared.utils.common.all_subclasses(Event):" in source


def test_an_event_is_known_by_its_name_and_one_that_is_not_is_refused_each_time() -> None:
    changes.apply()
    for _ in range(2):
        assert Event.resolve_by_type("user") is UserUttered
        assert Event.resolve_by_type("topic") is None
        with pytest.raises(ValueError, match="Unknown event"):
            Event.resolve_by_type("?")


def test_rasa_itself_would_still_copy_deeply_what_it_logs_and_nothing_else() -> None:
    source = inspect.getsource(processor)
    logged = re.findall(r"structlogger\.debug\(.*?\n        +\)", source, re.DOTALL)
    assert source.count("copy.") == sum(call.count("copy.deepcopy(") for call in logged) == 6


async def test_a_turn_copies_no_event_deeply(bot: Agent, monkeypatch: pytest.MonkeyPatch) -> None:
    changes.apply()
    copied: List[Any] = []
    monkeypatch.setattr(Event, "__deepcopy__", lambda event, memory: copied.append(event) or event, raising=False)
    await bot.handle_text("人が足りません", sender_id=uuid.uuid4().hex)
    assert copied == []


def test_rasa_itself_would_still_make_an_empty_domain_for_each_message() -> None:
    assert "return self.as_dict() == Domain.empty().as_dict()" in inspect.getsource(inspect.getmodule(Domain))
    assert "self.domain.is_empty()" in inspect.getsource(MessageProcessor._check_for_unseen_features)


def test_a_domain_is_empty_or_not_as_before(domain: Domain) -> None:
    changes.apply()
    assert [domain.is_empty(), domain.is_empty(), Domain.empty().is_empty()] == [False, False, True]


def test_rasa_itself_would_still_make_all_its_actions_to_find_one() -> None:
    source = inspect.getsource(rasa_actions.action_for_name_or_text)
    assert "defaults = {a.name(): a for a in default_actions(action_endpoint)}" in source


def test_an_action_of_rasas_is_made_once_an_endpoint(domain: Domain) -> None:
    changes.apply()
    here, there = ActionsInProcess(), ActionsInProcess()

    def found(endpoint: ActionsInProcess) -> Any:
        return rasa_actions.action_for_name_or_text("action_extract_slots", domain, endpoint)

    assert found(here) is found(here)
    assert found(there)._action_endpoint is there


def test_rasas_own_actions_keep_nothing_of_a_turn() -> None:
    kept = {name for action in rasa_actions.default_actions(ActionsInProcess()) for name in vars(action)}
    assert kept == {"_action_endpoint", "utter_action", "silent_fail"}
