"""Finds which matter of data/knowledge/matters.yml a message tells of: taxes, a court's letter, a flood."""

from __future__ import annotations

from typing import Any, Dict, List, Mapping, Text, Type

import numpy as np
from numpy.typing import NDArray
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from sklearn.linear_model import LogisticRegression

from bot.knowledge import load_knowledge
from bot.nlu.clauses import clauses_in
from bot.nlu.configured import check_number
from bot.nlu.fingerprints import digest_of
from bot.nlu.likeness import likest, meaning_of, vectors_of_training
from bot.nlu.rows import products
from bot.nlu.sentence_encoder import SentenceEncoder
from bot.normalization import text_to_read

BROUGHT = "brought"
_FILE = "brought.npz"
_MATTERS = "matters.yml"
_NOT = "-"  # before the name of the matter that a sentence is a near miss of
_CLOSER = 0.03  # by so much more than to a near miss
_NONE = ""  # of messages that tell of no such matter
_EVERY_OPENING = 2  # more would cost training time and change nothing
_TELLS_OF_IT = 0.7  # so like a way of telling it, an opening may well tell of the matter, and teaches nothing
_SMALLEST_C = 0.001
_MOST, _LEAST = 3, 0.2  # matters passed on, and how likely they are at least


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=True)
class BroughtReader(GraphComponent):
    """The feature of SentenceEncoder in; `brought` out: {id of a matter: confidence from 0 to 1}, the likeliest first.

    Learned from the ways of telling each matter, against its near misses and the openings of data/nlu, by logistic
    regression; what is almost a way of telling it is it as well, by its likeness. A message takes some hundredths of a
    millisecond. The confidence is that of the message, or of the clause that tells of it most surely.
    """

    @classmethod
    def required_components(cls) -> List[Type[GraphComponent]]:
        """The encoder comes first."""
        return [SentenceEncoder]

    @classmethod
    def validate_config(cls, config: Dict[Text, Any]) -> None:
        """Raises InvalidConfigException where a number is missing or makes no sense.

        C: how closely the data is followed. almost: from which likeness words are almost those of a way of telling it.
        """
        check_number(config, cls.__name__, "C", least=_SMALLEST_C)
        check_number(config, cls.__name__, "almost", most=1)

    @classmethod
    def fingerprint_addon(cls, config: Dict[str, Any]) -> Text:
        """So that plain `rasa train` notices a change of the matters."""
        return digest_of(_MATTERS)

    @classmethod
    def create(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> BroughtReader:
        """A reader before training."""
        return cls(config, model_storage, resource)

    def __init__(self, config: Dict[Text, Any], model_storage: ModelStorage, resource: Resource) -> None:
        self.validate_config(config)
        self._config = config
        self._model_storage = model_storage
        self._resource = resource
        self._told: List[Text] = []
        self._ways: NDArray[np.float32] = np.zeros((0, 0), dtype=np.float32)
        self._names: List[Text] = []
        self._weights: NDArray[np.float32] = np.zeros((0, 0), dtype=np.float32)
        self._intercepts: NDArray[np.float32] = np.zeros(0, dtype=np.float32)

    def train(self, training_data: TrainingData) -> Resource:
        """Learns what tells of each matter."""
        matters = load_knowledge().brought.values()
        told = [(matter.id, way) for matter in matters for way in matter.told_as]
        missed = [way for matter in matters for way in matter.not_told_as]
        vectors = vectors_of_training([text_to_read(way) for way in (*(way for _, way in told), *missed)])
        ours = vectors[: len(told)]
        openings = [e for e in training_data.intent_examples if e.get(TEXT) and e.get(INTENT)][::_EVERY_OPENING]
        others = np.vstack([meaning_of(example) for example in openings])
        others = others[(others @ ours.T).max(axis=1) < _TELLS_OF_IT]
        names = [name for name, _ in told] + [_NONE] * (len(missed) + len(others))
        machine = LogisticRegression(C=self._config["C"], max_iter=200).fit(np.vstack([vectors, others]), names)
        whose = [name for name, _ in told] + [f"{_NOT}{m.id}" for m in matters for _ in m.not_told_as]
        learnt = {
            "names": machine.classes_,
            "weights": machine.coef_.T,
            "intercepts": machine.intercept_,
            "told": np.array(whose),
            "ways": vectors.astype(np.float16),
        }
        self._know(learnt)
        with self._model_storage.write_to(self._resource) as folder:
            np.savez(folder / _FILE, **learnt)
        return self._resource

    def _know(self, learnt: Mapping[Text, NDArray[Any]]) -> None:
        self._names, weights, intercepts = learnt["names"].tolist(), learnt["weights"], learnt["intercepts"]
        self._told, self._ways = learnt["told"].tolist(), learnt["ways"].astype(np.float32)
        self._weights = np.ascontiguousarray(weights, dtype=np.float32)
        self._intercepts = np.asarray(intercepts, dtype=np.float32)

    @classmethod
    def load(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> BroughtReader:
        """The trained reader."""
        reader = cls(config, model_storage, resource)
        with model_storage.read_from(resource) as folder, np.load(folder / _FILE, allow_pickle=False) as kept:
            reader._know(kept)
        return reader

    def process(self, messages: List[Message]) -> List[Message]:
        """Adds the matters that each message may tell of."""
        for message in messages:
            parts = np.vstack([meaning_of(part) for part in (message, *clauses_in(message))])
            sure = _softmax(parts @ self._weights + self._intercepts).max(axis=0)
            likeliest = [row for row in np.argsort(-sure) if self._names[row] != _NONE][:_MOST]
            found = {self._names[row]: round(float(sure[row]), 4) for row in likeliest if sure[row] >= _LEAST}
            for name, likeness in self._almost(parts).items():
                found[name] = max(likeness, found.get(name, 0.0))
            message.set(BROUGHT, dict(sorted(found.items(), key=lambda one: -one[1])), add_to_output=True)
        return messages

    def _almost(self, parts: NDArray[np.float32]) -> Dict[Text, float]:
        """The matters that a message tells of in almost the words of a way of telling them, and of no near miss."""
        like = likest(products(parts, self._ways).max(axis=0), self._told, self._config["almost"], len(self._told))
        return {
            name: likeness
            for name, likeness in like.items()
            if not name.startswith(_NOT) and likeness >= like.get(f"{_NOT}{name}", 0.0) + _CLOSER
        }


def _softmax(margins: NDArray[np.float32]) -> NDArray[np.float32]:
    powers = np.exp(margins - margins.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))
