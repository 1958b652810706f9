"""Finds what a question is about, whomever it is asked of: 高かとでしょうなあ is about money, as いくらですか is."""

from __future__ import annotations

from typing import Any, Dict, List, Text

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage

from bot.knowledge import Naming, institution_names, load_knowledge
from bot.nlu.fingerprints import digest_of
from bot.nlu.question_reader import QuestionReader, WayOfAsking

TOPICS = "topics"
TOPICS_BY_CLAUSE = "topics_by_clause"
_SOMEBODY = "そこ"  # stands for whom a question names


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=True)
class TopicReader(QuestionReader):
    """`topics` and `topics_by_clause` out, learned from the ways of asking of data/knowledge/answers.

    The topic of an answer is that of its file. The names of institutions are hidden: it is the rest of a question that
    says what is asked. The move reader has fewer questions to learn from, but knows what stands around them; consult
    asks both.
    """

    whole = TOPICS
    by_clause = TOPICS_BY_CLAUSE

    @classmethod
    def fingerprint_addon(cls, config: Dict[str, Any]) -> str:
        """So that plain `rasa train` notices a change of the answers."""
        return digest_of("answers/*.yml")

    def __init__(self, config: Dict[Text, Any], model_storage: ModelStorage, resource: Resource) -> None:
        super().__init__(config, model_storage, resource)
        self._names = Naming(institution_names(load_knowledge().institutions))

    def ways_of_asking(self) -> List[WayOfAsking]:
        """Those of every answer."""
        return [
            WayOfAsking(way, answer.topic) for answer in load_knowledge().answers.values() for way in answer.asked_as
        ]

    def read_in(self, text: Text) -> Text:
        """The question without the names of institutions."""
        return self._names.hidden_in(text, _SOMEBODY)
