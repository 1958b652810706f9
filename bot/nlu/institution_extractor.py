"""Finds institutions by the names owners use: ハロワ, 信金, 商工会議所の人."""

from __future__ import annotations

import re
from typing import Any, Dict, List, Text

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.knowledge import Knowledge, load_knowledge
from bot.nlu.entities import entity
from bot.nlu.tokenizer import text_to_read
from bot.normalization import normalized


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class InstitutionExtractor(GraphComponent, EntityExtractorMixin):
    """Normalised text in, `institution` entities out, with the id of data/knowledge/institutions.yml as value.

    The longest name wins (商工会議所 before 商工会). Read from the knowledge at load, so a new alias needs no training.
    """

    @classmethod
    def create(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> InstitutionExtractor:
        """An extractor for today's names, the paper's names and the aliases."""
        return cls(load_knowledge())

    def __init__(self, knowledge: Knowledge) -> None:
        self._ids: Dict[str, str] = {}
        for institution in knowledge.institutions.values():
            for name in (institution.name, institution.paper_name, *institution.aliases):
                if name:
                    self._ids.setdefault(normalized(name).casefold(), institution.id)
        longest_first = sorted(self._ids, key=len, reverse=True)
        self._names = re.compile("|".join(re.escape(name) for name in longest_first), re.IGNORECASE)

    def process(self, messages: List[Message]) -> List[Message]:
        """Adds the entities to every message."""
        for message in messages:
            text = text_to_read(message.get(TEXT) or "")
            found = [
                entity("institution", self._ids[m.group().casefold()], text, m.start(), m.end(), self.name)
                for m in self._names.finditer(text)
            ]
            message.set(ENTITIES, message.get(ENTITIES, []) + found, add_to_output=True)
        return messages
