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
from bot.nlu.intent_classifier import ABOUT_AN_ISSUE, IntentClassifier
from bot.nlu.plain_form import Part, said_back

SAID_BACK = "said_back"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class SaidBackFinder(GraphComponent):
    """Tokens and clauses in; `said_back` out: the clause most surely about an issue, as のですね can follow it.

    Empty where no clause can be said back (bot/nlu/plain_form.py). Costs some hundredths of a millisecond.
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
    clauses = sorted(clauses_in(message), key=lambda clause: -(clause.get(ABOUT_AN_ISSUE) or 0.0)) or [message]
    return next(filter(None, (said_back(_parts(clause)) for clause in clauses)), None)


def _parts(message: Message) -> List[Part]:
    words = message.get(TOKENS_NAMES[TEXT]) or []
    return [Part(word.text, word.get("base"), word.get("tag"), word.get("inflection")) for word in words]
