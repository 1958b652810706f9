"""What readers of questions have in common: ways of asking to learn from, a confidence for each kind of question."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any, Dict, List, Mapping, NamedTuple, Text, Type, TypeVar

import numpy as np
from numpy.typing import NDArray
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.calibrated_classifier import CalibratedClassifier
from bot.nlu.clauses import clauses_in
from bot.nlu.configured import check_number
from bot.nlu.likeness import meaning_of, vectors_of_training
from bot.nlu.rows import Rows
from bot.nlu.sentence_encoder import SentenceEncoder
from bot.nlu.term_weights import TermWeights, sequences
from bot.normalization import text_to_read

_FILE = "questions.npz"
_FEWEST = 3  # ways of asking in which a character sequence stands, to be known
_SMALLEST_C = 0.001
_LEAST = 0.05  # a kind that is less likely is not passed on

_Reader = TypeVar("_Reader", bound="QuestionReader")


class WayOfAsking(NamedTuple):
    """A question as owners put it, and its kind."""

    text: str
    kind: str


class QuestionReader(GraphComponent):
    """The feature of SentenceEncoder in; {kind: confidence from 0 to 1}, the likeliest first, out, under `whole`.

    `by_clause` has the same of each clause alone. Learned from ways of asking, by their meaning and the characters in
    them. Half a millisecond a message.
    """

    whole: str
    by_clause: str

    @classmethod
    def required_components(cls) -> List[Type[GraphComponent]]:
        """The encoder comes first."""
        return [SentenceEncoder]

    @classmethod
    def validate_config(cls, config: Dict[Text, Any]) -> None:
        """Raises InvalidConfigException where a number is missing or makes no sense.

        C: how closely the ways of asking are followed. dense: what their meaning weighs beside their characters.
        """
        check_number(config, cls.__name__, "C", least=_SMALLEST_C)
        check_number(config, cls.__name__, "dense")

    @classmethod
    def create(
        cls: Type[_Reader],
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> _Reader:
        """A reader before training."""
        return cls(config, model_storage, resource)

    def __init__(self, config: Dict[Text, Any], model_storage: ModelStorage, resource: Resource) -> None:
        self.validate_config(config)
        self._config = config
        self._model_storage = model_storage
        self._resource = resource
        self._characters = TermWeights(_FEWEST)
        self._classifier = CalibratedClassifier(config["C"])

    @abstractmethod
    def ways_of_asking(self) -> List[WayOfAsking]:
        """What it learns from."""

    def read_in(self, text: Text) -> Text:
        """What of a question its characters are taken of."""
        return text

    def train(self, training_data: TrainingData) -> Resource:
        """Learns the kinds."""
        ways = self.ways_of_asking()
        texts = [text_to_read(way.text) for way in ways]
        self._characters.fit([self._characters_of(text) for text in texts])
        features = self._features(texts, vectors_of_training(texts)).matrix().astype(np.float32)
        self._classifier.fit(features, [way.kind for way in ways])
        learnt = {
            **self._classifier.learnt(),
            **{f"characters/{key}": array for key, array in self._characters.learnt().items()},
        }
        with self._model_storage.write_to(self._resource) as folder:
            np.savez(folder / _FILE, **learnt)
        return self._resource

    @classmethod
    def load(
        cls: Type[_Reader],
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> _Reader:
        """The trained reader."""
        reader = cls(config, model_storage, resource)
        with model_storage.read_from(resource) as folder, np.load(folder / _FILE, allow_pickle=False) as kept:
            reader._know({name: kept[name] for name in kept.files})
        return reader

    def _know(self, learnt: Mapping[str, NDArray[Any]]) -> None:
        self._classifier.take_over(learnt)
        self._characters.take_over({key: learnt[f"characters/{key}"] for key in ("terms", "rarity")})

    def process(self, messages: List[Message]) -> List[Message]:
        """Adds what kind of question each message, and each of its clauses, may ask."""
        for message in messages:
            parts = [message, *clauses_in(message)]
            texts = [text_to_read(part.get(TEXT) or "") for part in parts]
            features = self._features(texts, np.vstack([meaning_of(part) for part in parts]))
            whole, *clauses = self._classifier.confidences(self._classifier.margins(features))
            message.set(self.whole, self._likely(whole), add_to_output=True)
            message.set(self.by_clause, [self._likely(clause) for clause in clauses], add_to_output=True)
        return messages

    def _likely(self, confidences: NDArray[np.float64]) -> Dict[Text, float]:
        kinds = zip(self._classifier.classes, confidences.tolist(), strict=True)
        return {kind: round(sure, 4) for kind, sure in sorted(kinds, key=lambda one: -one[1]) if sure >= _LEAST}

    def _features(self, texts: List[Text], meaning: NDArray[np.float32]) -> Rows:
        characters = self._characters.of([self._characters_of(text) for text in texts])
        return Rows([characters], [1.0], self._config["dense"] * meaning)

    def _characters_of(self, text: Text) -> List[Text]:
        """All sequences of one to four characters."""
        return sequences(self.read_in(text).lower())
