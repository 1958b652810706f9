"""Brings the messages of data/turns into the training data, and says of every message where in the talk it stands."""

from __future__ import annotations

import hashlib
from dataclasses import asdict
from typing import Any, Dict, List, Mapping, Optional, Text

from pydantic import parse_obj_as
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.exceptions import InvalidConfigException
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.consult.place import Place, place_of
from bot.consult.state.kept import consultation_in
from bot.knowledge import load_knowledge
from bot.nlu.clauses import NEW_LABELS
from bot.nlu.turn_rows import TurnRow, TurnRowError, rows_of_folder
from bot.paths import ROOT

TURNS = ROOT / "data" / "turns"
ROW = "turn_row"
PLACE = "place"
LABEL = "label"
_LABELS = "labels"


def place_of_message(message: Message) -> Place:
    """Where a message stands; an opening where nobody said."""
    place: Optional[Place] = message.get(PLACE)
    return place or Place()


def row_of(message: Message) -> Optional[TurnRow]:
    """The row of data/turns that a training message is, or None."""
    row: Optional[TurnRow] = message.get(ROW)
    return row


def is_read_in_place(message: Message) -> bool:
    """Whether a training example is ours: a row of data/turns, or a label that is offered in one."""
    return row_of(message) is not None or bool(message.get(LABEL))


def labels_of(message: Message) -> Mapping[str, Message]:
    """The labels offered where a message stands, each read as a message."""
    labels: Mapping[str, Message] = message.get(_LABELS) or {}
    return labels


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class TurnExamples(GraphComponent):
    """In training: adds the rows of data/turns as examples without an intent. In use: sets the place of a message.

    The place is that of the tracker; whoever evaluates gives one in the metadata.
    """

    @classmethod
    def create(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> TurnExamples:
        """A component with the knowledge that places are told by."""
        return cls()

    def __init__(self) -> None:
        self._knowledge = load_knowledge()
        self._labels: Dict[str, Message] = {}

    @classmethod
    def fingerprint_addon(cls, config: Dict[str, Any]) -> Optional[str]:
        """So that plain `rasa train` notices a change of data/turns."""
        digest = hashlib.sha256()
        for path in sorted(TURNS.glob("*.yml")):
            digest.update(path.read_bytes())
        return digest.hexdigest()

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """The data with our rows beside it. Raises InvalidConfigException for a row that cannot be read."""
        try:
            rows = rows_of_folder(TURNS)
        except TurnRowError as error:
            raise InvalidConfigException(f"data/turns: {error}") from error
        ours = [Message(data={TEXT: row.owner, ROW: row, PLACE: row.place}) for row in rows]
        offered = dict.fromkeys(label for row in rows for label in row.place.offered)
        labels = [Message(data={TEXT: label, LABEL: True}) for label in offered]
        return training_data.merge(TrainingData(training_examples=[*ours, *labels]))

    def process(self, messages: List[Message], tracker: Optional[DialogueStateTracker] = None) -> List[Message]:
        """Sets the place of every message."""
        for message in messages:
            given: Optional[Mapping[str, Any]] = (message.get("metadata") or {}).get(PLACE)
            if given is not None:
                message.set(PLACE, parse_obj_as(Place, given))
            elif tracker is not None:
                message.set(PLACE, place_of(self._knowledge, consultation_in(tracker.get_slot)))
            self._add_labels(message)
        return messages

    def _add_labels(self, message: Message) -> None:
        """The labels offered; those that are new are read beside the message, and known from then on."""
        offered = place_of_message(message).offered
        new = {label: Message(data={TEXT: label}) for label in offered if label not in self._labels}
        self._labels.update(new)
        message.set(NEW_LABELS, list(new.values()))
        message.set(_LABELS, {label: self._labels[label] for label in offered})


def as_metadata(place: Place) -> Dict[str, Any]:
    """A place as metadata of a message, for whoever evaluates."""
    return {PLACE: asdict(place)}
