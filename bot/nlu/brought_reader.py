"""Finds which matter of data/knowledge/matters.yml a message tells of: taxes, a court's letter, a flood."""

from __future__ import annotations

from typing import Dict, Iterable, List, Text, Tuple

import numpy as np
from numpy.typing import NDArray
from rasa.engine.recipes.default_recipe import DefaultV1Recipe

from bot.knowledge import Knowledge
from bot.nlu.known_sentences import KnownSentences
from bot.nlu.likeness import likest

_MOST = 3
_NEAR_MISS = "-"  # before the name of the matter that a sentence is not


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=True)
class BroughtReader(KnownSentences):
    """`brought` out: {id of a matter: likeness to a way of telling it, from `like` to 1}, the likest first.

    A matter whose near misses the message resembles as much, but for `closer`, is none.
    """

    output = "brought"
    files = "matters.yml"
    numbers = ("like", "closer")

    def sentences(self, knowledge: Knowledge) -> Iterable[Tuple[Text, Text]]:
        """The ways of telling each matter, and its near misses."""
        for matter in knowledge.brought.values():
            yield from ((matter.id, told) for told in matter.told_as)
            yield from ((f"{_NEAR_MISS}{matter.id}", told) for told in matter.not_told_as)

    def found(self, likeness: NDArray[np.float32], names: List[Text]) -> Dict[Text, float]:
        """The likest matters that are closer than their near misses."""
        like = likest(likeness, names, self._config["like"], len(names))
        closer = self._config["closer"]
        told = {
            name: value
            for name, value in like.items()
            if not name.startswith(_NEAR_MISS) and value >= like.get(f"{_NEAR_MISS}{name}", 0.0) + closer
        }
        return dict(list(told.items())[:_MOST])
