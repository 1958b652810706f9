"""Every change to Rasa's own behaviour: what, why, and what it brings; each has a test that fails when Rasa changes.

Those that have to be made before Rasa is imported stand in `lean.py`.
"""

from __future__ import annotations

from functools import lru_cache
from types import SimpleNamespace
from typing import Any, Dict, List, Mapping, Optional, Sequence, Text, Tuple, Type

import rasa.core.actions.action as rasa_actions
import rasa.core.processor as processor
import rasa.engine.storage.local_model_storage as model_storage
from jsonschema import Draft7Validator
from rasa.core.actions.action import Action, ActionExecutionRejection, RemoteAction
from rasa.core.agent import Agent
from rasa.core.channels.channel import UserMessage
from rasa.core.processor import MessageProcessor
from rasa.core.tracker_store import InMemoryTrackerStore, TrackerStore
from rasa.engine.exceptions import GraphRunError
from rasa.engine.runner.dask import DaskGraphRunner
from rasa.engine.storage.storage import ModelMetadata
from rasa.nlu.classifiers.regex_message_handler import RegexMessageHandler
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import Event
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from rasa.utils.endpoints import EndpointConfig
from tarsafe import TarSafe

from bot.frame.holding import check_still_held
from bot.frame.pressed import is_settled
from bot.frame.warm import copy_of

_FASTEST = 1  # of gzip's levels


def apply() -> None:
    """Make all changes. Doing it twice changes nothing more."""
    _read_slashes_as_text()
    _validate_action_results_with_one_validator()
    _merge_training_data_without_copies()
    _load_a_model_without_its_training_graph()
    _pack_a_model_in_a_second()
    _let_the_tracker_store_fail()
    _let_a_failed_action_fail_its_turn()
    _save_only_what_is_still_held()
    _settle_what_was_pressed_by_its_id()
    _copy_trackers_without_replaying()
    _run_graphs_without_a_scheduler()
    _know_events_by_their_names()
    _copy_nothing_to_log_it()
    _know_whether_a_domain_is_empty()
    _make_rasas_own_actions_once()


def _read_slashes_as_text() -> None:
    """What an owner types is text, never a command.

    Rasa takes a message such as /restart or /greet{"issue": "x"} for an intent with confidence 1, with any slot values
    the sender likes. Nobody but our own server has a reason to send one, and it sends none.
    """

    class TextOnly(RegexMessageHandler):
        def process(self, messages: List[Message], domain: Optional[Domain] = None) -> List[Message]:
            return messages

    RegexMessageHandler.process = TextOnly.process


def _validate_action_results_with_one_validator() -> None:
    """The schema of action results is compiled once.

    `jsonschema.validate` checks the schema itself again at every action call; that was half of a turn (29 ms with it,
    15 ms without: shared notes, 2 cores). The same errors are raised.
    """
    schema = RemoteAction.action_response_format_spec()
    Draft7Validator.check_schema(schema)
    validator = Draft7Validator(schema)

    def _validate_action_result(self: RemoteAction, result: Dict[Text, Any]) -> bool:
        validator.validate(result)
        return True

    RemoteAction._validate_action_result = _validate_action_result


def _merge_training_data_without_copies() -> None:
    """Training data from several files is put together without copying every example.

    Rasa merges file by file and several times over, with `copy.deepcopy` of every example each time; nobody looks at
    the parts again. 8 s less of training, for 10,500 utterances on 2 cores.
    """
    merge = TrainingData.merge

    def merge_without_copies(self: TrainingData, *others: Optional[TrainingData]) -> TrainingData:
        parts = [self, *(other for other in others if other)]
        merged = merge(_without_examples(self), *map(_without_examples, parts[1:]))
        merged.training_examples = [example for part in parts for example in part.training_examples]
        return merged

    if merge.__name__ != merge_without_copies.__name__:
        TrainingData.merge = merge_without_copies


def _load_a_model_without_its_training_graph() -> None:
    """Of a trained model only the graph that answers is looked at, not the one that trained it.

    Rasa imports the classes of both, and the check of the training data imports DIET and TED, and TensorFlow with them.
    Nothing reads the training graph of a loaded model. The effect is that of `lean.py`: one without the other has none.
    """
    from_dict = ModelMetadata.from_dict

    def without_training_graph(cls: Type[ModelMetadata], serialized: Dict[Text, Any]) -> ModelMetadata:
        return from_dict({**serialized, "train_schema": {"nodes": {}}})

    if from_dict.__name__ != without_training_graph.__name__:
        ModelMetadata.from_dict = classmethod(without_training_graph)


def _pack_a_model_in_a_second() -> None:
    """A trained model is packed at gzip's fastest level, where Rasa takes the slowest.

    14 s less of each training; the model has 41.0 MB in place of 39.5 MB, and is read as fast (2 cores, 2026-11-29).
    """

    class PackedFast(TarSafe):
        @classmethod
        def gzopen(
            cls, name: Any, mode: str = "r", fileobj: Any = None, compresslevel: int = _FASTEST, **kwargs: Any
        ) -> Any:
            return super().gzopen(name, mode, fileobj, compresslevel, **kwargs)

    model_storage.TarSafe = PackedFast


def _let_the_tracker_store_fail() -> None:
    """A tracker store that fails is a turn that fails.

    Rasa wraps it into one that goes on in memory: owners are answered as if they had said nothing before, and what they
    say is lost. With this, whoever sent the message hears of it and sends it again.
    """

    def _create_tracker_store(store: Optional[TrackerStore], domain: Domain) -> TrackerStore:
        kept = store if store is not None else InMemoryTrackerStore(domain)
        kept.domain = domain
        return kept

    Agent._create_tracker_store = staticmethod(_create_tracker_store)


def _let_a_failed_action_fail_its_turn() -> None:
    """A turn is kept whole or not at all.

    Rasa logs what an action raises, with the owner's words where they stand in it, drops the action's events and keeps
    the rest: half a turn. With this the turn fails as it does where anything else in it fails, and nothing is kept.
    """
    run = MessageProcessor._run_action

    async def run_or_fail(
        self: MessageProcessor, action: Action, tracker: Any, output_channel: Any, nlg: Any, prediction: Any
    ) -> bool:
        watched = _Watched(action)
        goes_on: bool = await run(self, watched, tracker, output_channel, nlg, prediction)
        if watched.failure is not None:
            raise watched.failure
        return goes_on

    if run.__name__ != run_or_fail.__name__:
        MessageProcessor._run_action = run_or_fail


class _Watched(Action):
    """An action that tells Rasa of a rejection where it failed, which ends it without a word, and remembers why."""

    def __init__(self, action: Action) -> None:
        self._action = action
        self.failure: Optional[Exception] = None

    def name(self) -> Text:
        """As the action."""
        return self._action.name()

    async def run(self, output_channel: Any, nlg: Any, tracker: Any, domain: Domain) -> List[Event]:
        """As the action."""
        try:
            return await self._action.run(output_channel, nlg, tracker, domain)
        except ActionExecutionRejection:
            raise
        except Exception as error:
            self.failure = error
            raise ActionExecutionRejection(self.name()) from error

    def event_for_successful_execution(self, prediction: Any) -> Event:
        """As the action."""
        return self._action.event_for_successful_execution(prediction)


def _save_only_what_is_still_held() -> None:
    """A turn is saved only while its process still holds the conversation.

    Rasa's locks are of one process, or run out in Redis, and nobody looks again. A process that stood still in the
    middle of a turn for longer than its lease would save the turn a second time, after another has taken it over.
    """
    save = MessageProcessor.save_tracker

    async def save_if_still_held(self: MessageProcessor, tracker: DialogueStateTracker) -> None:
        await check_still_held()
        await save(self, tracker)

    if save.__name__ != save_if_still_held.__name__:
        MessageProcessor.save_tracker = save_if_still_held


def _settle_what_was_pressed_by_its_id() -> None:
    """A choice that an owner pressed does not pass the language understanding: its id says what it means.

    Rasa understands every message by its text, which costs some 10 ms, and a label may be understood as anything.
    """
    parse = MessageProcessor.parse_message

    async def parse_what_was_typed(
        self: MessageProcessor,
        message: UserMessage,
        tracker: Optional[DialogueStateTracker] = None,
        only_output_properties: bool = True,
    ) -> Dict[Text, Any]:
        if tracker is not None and is_settled(message.metadata, tracker.get_slot):
            return {"text": message.text, "intent": {"name": None, "confidence": 0.0}, "entities": []}
        parsed: Dict[Text, Any] = await parse(self, message, tracker, only_output_properties)
        return parsed

    if parse.__name__ != parse_what_was_typed.__name__:
        MessageProcessor.parse_message = parse_what_was_typed


def _copy_trackers_without_replaying() -> None:
    """A tracker is copied as it is, where Rasa replays all its events, for every action that it runs.

    Events are never changed; the copy has lists and slots of its own. In a talk of 100 turns a copy takes 0.1 ms in
    place of 12 ms (2 cores, 2026-11-28).
    """
    DialogueStateTracker.copy = copy_of


def _run_graphs_without_a_scheduler() -> None:
    """The components of a graph are run one after another, each after what it needs.

    That is what Rasa asks of dask too, which first looks anew for the best order for many processors, some four times a
    turn: 1.7 ms of the 24 ms of a turn (processor time, 2 cores, 2026-11-29).
    """

    def run(
        self: DaskGraphRunner, inputs: Optional[Dict[Text, Any]] = None, targets: Optional[List[Text]] = None
    ) -> Dict[Text, Any]:
        wanted = targets or self._graph_schema.target_names
        graph = self._build_dask_graph(self._graph_schema.minimal_graph_schema(wanted))
        self._add_inputs_to_graph(inputs, graph)
        try:
            return dict(results_of(graph, wanted))
        except RuntimeError as error:
            raise GraphRunError("Error running runner.") from error

    DaskGraphRunner.run = run


def results_of(graph: Mapping[Text, Tuple[Any, ...]], targets: Sequence[Text]) -> List[Any]:
    """What comes of the targets of a graph: of each name a call and the names of what it needs, or something given."""
    found: Dict[Text, Any] = {}

    def result(name: Text) -> Any:
        if name not in found:
            call, *needed = graph[name]
            found[name] = call(*map(result, needed)) if callable(call) else graph[name]
        return found[name]

    return [result(target) for target in targets]


def _know_events_by_their_names() -> None:
    """The class of an event is looked for once.

    Rasa goes through all of them for each event that it reads, some forty a turn and more in each turn after it: 2.2 ms
    of the 24 ms of a turn in a talk of six (2 cores, 2026-11-29).
    """
    if not hasattr(Event.resolve_by_type, "cache_info"):
        Event.resolve_by_type = staticmethod(lru_cache(maxsize=128)(Event.resolve_by_type))


def _copy_nothing_to_log_it() -> None:
    """What is logged for debugging is handed to the log as it is.

    Rasa copies events and slots deeply, for each action twice, before it asks whether anybody wants to read that; the
    log writes them and changes nothing. 2.1 ms of the 31 ms of a turn (processor time, 2 slow cores, 2026-11-29).
    """
    processor.copy = SimpleNamespace(deepcopy=lambda told: told)


def _know_whether_a_domain_is_empty() -> None:
    """Whether a domain says nothing is found out once.

    Rasa makes an empty one to compare with, for every message. 0.5 ms of a turn (2 slow cores, 2026-11-29).
    """
    is_empty = Domain.is_empty

    def is_known_to_be_empty(self: Domain) -> bool:
        if not hasattr(self, "known_to_be_empty"):
            self.known_to_be_empty = is_empty(self)
        return bool(self.known_to_be_empty)

    if is_empty.__name__ != is_known_to_be_empty.__name__:
        Domain.is_empty = is_known_to_be_empty


def _make_rasas_own_actions_once() -> None:
    """Rasa's own actions, which keep nothing, are made once an endpoint.

    Rasa makes all twelve of them each time that it looks for one action, four times a turn and more: 0.5 ms of a turn
    (2 slow cores, 2026-11-29).
    """
    make = rasa_actions.default_actions

    def made_once(action_endpoint: Optional[EndpointConfig] = None) -> List[Action]:
        if action_endpoint is None:
            return list(make())
        if not hasattr(action_endpoint, "rasas_own_actions"):
            action_endpoint.rasas_own_actions = make(action_endpoint)
        return list(action_endpoint.rasas_own_actions)

    if make.__name__ != made_once.__name__:
        rasa_actions.default_actions = made_once


def _without_examples(data: TrainingData) -> TrainingData:
    return TrainingData([], data.entity_synonyms, data.regex_features, data.lookup_tables, data.responses)
