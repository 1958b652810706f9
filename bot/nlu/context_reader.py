"""Reads a message in the light of what was asked: the step between understanding a sentence and holding a talk."""

from __future__ import annotations

import time
from typing import Any, Dict, List, Optional, Text

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.core.events import UserUttered
from rasa.shared.core.trackers import DialogueStateTracker, EventVerbosity
from rasa.shared.exceptions import InvalidConfigException
from rasa.shared.nlu.constants import ENTITIES, INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.consult.acts import Thresholds
from bot.consult.consultation import consultation_from
from bot.consult.heard import heard_from
from bot.consult.reading import read
from bot.knowledge import Knowledge, load_knowledge
from bot.nlu.entities import entity
from bot.store import is_with_staff

_THRESHOLDS = ("sure", "pair", "sub_issue", "other", "change", "explicit", "distress", "dying", "weary")


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class ContextReader(GraphComponent):
    """Intent ranking, entities and the conversation's slots in; the act that the rules follow out.

    `intent` becomes the act (an intent, or answer, unsure, two_candidates, too_long); the ranking stays as it was. The
    answer that was picked is added as an entity `choice`, issues brought up beside as entities `other_issue`. Outside a
    conversation (/model/parse, evaluation) nothing changes. Costs about 0.1 ms; 1 ms more while staff has the
    conversation, since the store is asked whether it has come back.
    """

    @staticmethod
    def get_default_config() -> Dict[Text, Any]:
        """The thresholds of bot.consult.acts.Thresholds; config.yml sets and explains them."""
        return {
            "sure": 0.5,
            "pair": 0.6,
            "sub_issue": 0.5,
            "other": 0.5,
            "change": 0.9,
            "explicit": 0.97,
            "distress": 0.3,
            "dying": 0.05,
            "weary": 0.8,
        }

    @classmethod
    def create(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> ContextReader:
        """A reader with the knowledge loaded."""
        return cls(load_knowledge(), Thresholds(**{name: config[name] for name in _THRESHOLDS}))

    @classmethod
    def validate_config(cls, config: Dict[Text, Any]) -> None:
        """Raises InvalidConfigException where a threshold is not between 0 and 1."""
        for name in _THRESHOLDS:
            if not 0 < config[name] < 1:
                raise InvalidConfigException(f"config.yml: ContextReader.{name}: expected a number between 0 and 1")

    def __init__(self, knowledge: Knowledge, thresholds: Thresholds) -> None:
        self._knowledge = knowledge
        self._thresholds = thresholds

    def process(self, messages: List[Message], tracker: Optional[DialogueStateTracker] = None) -> List[Message]:
        """Sets the act of every message of a conversation that has begun."""
        if tracker is None or not tracker.events:
            return messages
        consultation = consultation_from(tracker.get_slot)
        if consultation.paused and not is_with_staff(tracker.sender_id):
            consultation = consultation.resumed()
        for message in messages:
            heard = heard_from(message.as_dict())
            reading = read(self._knowledge, consultation, heard, self._thresholds, _silent_h(tracker))
            message.set(INTENT, {"name": reading.act, "confidence": heard.confidence(reading.act)}, add_to_output=True)
            told = [("choice", reading.choice)] if reading.choice else []
            told += [("other_issue", issue) for issue in reading.others]
            text = message.get(TEXT) or ""
            found = [entity(kind, value, text, 0, len(text), type(self).__name__) for kind, value in told]
            message.set(ENTITIES, [*message.get(ENTITIES, []), *found], add_to_output=True)
        return messages


def _silent_h(tracker: DialogueStateTracker) -> float:
    """Hours since the owner's last message, 0 where there is none. Holds over Rasa's sessions."""
    last = tracker.get_last_event_for(UserUttered, event_verbosity=EventVerbosity.ALL)
    return (time.time() - last.timestamp) / 3600 if last is not None else 0.0
