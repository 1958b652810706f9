"""Finds which known answers a message may be asking for: 匿名でもいいですか is close to 名前を出さずに相談できる？."""

from __future__ import annotations

from typing import Dict, Iterable, List, Text, Tuple

import numpy as np
from numpy.typing import NDArray
from rasa.engine.recipes.default_recipe import DefaultV1Recipe

from bot.knowledge import Knowledge
from bot.nlu.known_sentences import KnownSentences
from bot.nlu.likeness import likest

_MOST = 60  # answers passed on: of several institutions, of which the talk says which is meant


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=True)
class AnswerReader(KnownSentences):
    """`answers` out: {id of an answer: likeness to a way of asking it, from `like` to 1}, the likest first."""

    output = "answers"
    files = "answers/*.yml"
    numbers = ("like",)

    def sentences(self, knowledge: Knowledge) -> Iterable[Tuple[Text, Text]]:
        """The ways of asking."""
        return ((answer.id, way) for answer in knowledge.answers.values() for way in answer.asked_as)

    def found(self, likeness: NDArray[np.float32], names: List[Text]) -> Dict[Text, float]:
        """The likest answers."""
        return likest(likeness, names, self._config["like"], _MOST)
