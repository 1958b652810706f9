"""Finds the prefecture an owner is in: 大阪の, 福島で, 愛知県. Shops and people named after one are not places."""

from __future__ import annotations

import re
from typing import Any, Dict, Iterator, List, Optional, Text

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.nlu.tokenizers.tokenizer import Token
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.knowledge import load_knowledge
from bot.nlu.entities import entity
from bot.nlu.tokenizer import text_to_read

_OF_A_PERSON = re.compile(r"(さん|様|さま|氏|君|くん|ちゃん|先生|社長|と申し|と言います|といいます)")
_DENIED = re.compile(r"(県|府|都)?(じゃ|では|や)(なく|ない|ありません|あらへん|のうて)")


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class PlaceExtractor(GraphComponent, EntityExtractorMixin):
    """Tokens of the normalised text in, `prefecture` entities out, with the full name as value.

    GiNZA has cut the words already, so 大阪屋 and 奈良漬 are no places; this costs some hundredths of a millisecond.
    """

    @classmethod
    def create(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> PlaceExtractor:
        """An extractor for the prefectures that the office lists name."""
        return cls(load_knowledge().prefectures)

    def __init__(self, prefectures: "tuple[str, ...]") -> None:
        self._full = {name: name for name in prefectures}
        self._short = {re.sub(r"(?<=..)[県府都]$", "", name): name for name in prefectures}

    def process(self, messages: List[Message]) -> List[Message]:
        """Adds the entities to every message."""
        for message in messages:
            found = list(self._prefectures(text_to_read(message.get(TEXT) or ""), message.get("text_tokens") or []))
            message.set(ENTITIES, message.get(ENTITIES, []) + found, add_to_output=True)
        return messages

    def _prefectures(self, text: str, tokens: List[Token]) -> Iterator[Dict[Text, Any]]:
        for token in tokens:
            name = self._name_in(token, text[token.end :])
            if name is None:
                continue
            value, length = name
            following = text[token.start + length :]
            if not _DENIED.match(following):
                yield entity("prefecture", value, text, token.start, token.start + length, self.name)

    def _name_in(self, token: Token, following: str) -> "Optional[tuple[str, int]]":
        """The prefecture at the start of a token and the length of its name there."""
        for full in self._full:
            if token.text.startswith(full):
                return full, len(full)
        if token.text not in self._short or _OF_A_PERSON.match(following) or token.get("tag").startswith("副詞"):
            return None
        return self._short[token.text], len(token.text)
