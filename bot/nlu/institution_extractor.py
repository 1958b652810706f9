"""Finds institutions by the names owners use: ハロワ, 信金, 商工会議所の人."""

from __future__ import annotations

import re
from typing import Dict, Iterator, List, Text

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.nlu.tokenizers.tokenizer import Token

from bot.knowledge import load_knowledge
from bot.nlu.entities import Entity, Extractor
from bot.normalization import normalized


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class InstitutionExtractor(Extractor):
    """Normalised text in, `institution` entities out, with the id of data/knowledge/institutions.yml as value.

    The longest name wins (商工会議所 before 商工会). Read from the knowledge at load, so a new alias needs no training.
    """

    def __init__(self) -> None:
        self._ids: Dict[str, str] = {}
        for institution in load_knowledge().institutions.values():
            for name in (institution.name, institution.paper_name, *institution.aliases):
                if name:
                    self._ids.setdefault(normalized(name).casefold(), institution.id)
        longest_first = sorted(self._ids, key=len, reverse=True)
        self._names = re.compile("|".join(re.escape(name) for name in longest_first), re.IGNORECASE)

    def entities_in(self, text: Text, tokens: List[Token]) -> Iterator[Entity]:
        """Institutions under any of their names."""
        for match in self._names.finditer(text):
            yield self.entity("institution", self._ids[match.group().casefold()], text, match.start(), match.end())
