"""What our entity extractors share: how they stand in Rasa's graph, and the shape of an entity."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any, Dict, Iterable, List, Text

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.constants import TOKENS_NAMES
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.nlu.tokenizers.tokenizer import Token
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.tokenizer import text_of

Entity = Dict[Text, Any]


def entity(kind: Text, value: Text, text: Text, start: int, end: int, extractor: Text) -> Entity:
    """An entity of `kind` as Rasa keeps it; `start` and `end` (exclusive) are positions in the normalised `text`."""
    return {
        "entity": kind,
        "value": value,
        "start": start,
        "end": end,
        "surface": text[start:end],
        "extractor": extractor,
    }


class Extractor(GraphComponent, EntityExtractorMixin):
    """Adds to every message the entities that `entities_in` finds. Read from the knowledge at load, never trained."""

    @classmethod
    def create(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> Extractor:
        """An extractor with what it needs to know."""
        return cls()

    def process(self, messages: List[Message]) -> List[Message]:
        """Adds the entities to every message."""
        for message in messages:
            found = self.entities_in(text_of(message), message.get(TOKENS_NAMES[TEXT]) or [])
            message.set(ENTITIES, [*message.get(ENTITIES, []), *found], add_to_output=True)
        return messages

    @abstractmethod
    def entities_in(self, text: Text, tokens: List[Token]) -> Iterable[Entity]:
        """The entities in a normalised text and its words, in the order of the text."""

    def entity(self, kind: Text, value: Text, text: Text, start: int, end: int) -> Entity:
        """An entity that this extractor has found."""
        return entity(kind, value, text, start, end, self.name)
