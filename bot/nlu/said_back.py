"""Finds in a message the clause that tells most of the matter, in words that can be said back to its owner."""

from __future__ import annotations

from typing import Any, Dict, List, Optional, Text, Type

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.constants import TOKENS_NAMES
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.clauses import clauses_in
from bot.nlu.intent_classifier import ABOUT_THE_MATTER, IntentClassifier
from bot.nlu.plain_form import Part, said_back
from bot.phrases import pattern

SAID_BACK = "said_back"
_ENDS = ("。", "!", "?", "！", "？")
_AS_WELL = 0.5  # a clause that tells so much of the matter as the one that tells most may be said in its place


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class SaidBackFinder(GraphComponent):
    """Tokens and clauses in; `said_back` out: the clause most surely about the matter, as のですね can follow it.

    Empty where it cannot be said back (bot/nlu/plain_form.py), and no other tells as much: who wrote that half of the
    customers are gone is not told that they have baked for forty years. Costs some hundredths of a millisecond.
    """

    @classmethod
    def required_components(cls) -> List[Type[GraphComponent]]:
        """The classifier says which clause is about an issue."""
        return [IntentClassifier]

    @classmethod
    def create(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> SaidBackFinder:
        """There is nothing to set."""
        return cls()

    def process(self, messages: List[Message]) -> List[Message]:
        """Adds what can be said back of every message."""
        for message in messages:
            message.set(SAID_BACK, _found(message) or "", add_to_output=True)
        return messages


def _found(message: Message) -> Optional[str]:
    clauses = sorted(clauses_in(message), key=_about_the_matter, reverse=True)
    if not clauses:
        return next(filter(None, map(said_back, _sentences(message))), None)
    told = [clause for clause in clauses if not _says_who_they_are(clause.get(TEXT) or "")] or clauses
    least = _AS_WELL * _about_the_matter(told[0])  # 新潟で酒屋です。ネットでお酒を売りたい
    telling = (clause for clause in told if _about_the_matter(clause) >= least)
    return next(filter(None, (said_back(_parts(clause)) for clause in telling)), None)


def _sentences(message: Message) -> List[List[Part]]:
    """The words of each sentence of a message that was not cut, but of those that only say who somebody is."""
    sentences: List[List[Part]] = [[]]
    for part in _parts(message):
        sentences[-1].append(part)
        if part.text in _ENDS:
            sentences.append([])
    told = [parts for parts in sentences if not _says_who_they_are("".join(part.text for part in parts))]
    return [parts for parts in told or sentences if parts]


def _says_who_they_are(text: Text) -> bool:
    return bool(pattern("names_a_trade").search(text))


def _about_the_matter(clause: Message) -> float:
    return clause.get(ABOUT_THE_MATTER) or 0.0


def _parts(message: Message) -> List[Part]:
    words = message.get(TOKENS_NAMES[TEXT]) or []
    return [Part(word.text, word.get("base"), word.get("tag"), word.get("inflection")) for word in words]
