"""Every change to Rasa's own behaviour: what, why, and what it brings; each has a test that fails when Rasa changes."""

from __future__ import annotations

from typing import Any, Dict, List, Optional, Text

from jsonschema import Draft7Validator
from rasa.core.actions.action import RemoteAction
from rasa.core.processor import MessageProcessor
from rasa.nlu.classifiers.regex_message_handler import RegexMessageHandler
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.frame.holding import check_still_held


def apply() -> None:
    """Make all changes. Doing it twice changes nothing more."""
    _read_slashes_as_text()
    _validate_action_results_with_one_validator()
    _merge_training_data_without_copies()
    _save_only_what_is_still_held()


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


def _without_examples(data: TrainingData) -> TrainingData:
    return TrainingData([], data.entity_synonyms, data.regex_features, data.lookup_tables, data.responses)
