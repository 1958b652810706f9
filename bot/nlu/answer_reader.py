"""Finds which known answers a message may be asking for: 匿名でもいいですか is close to 名前を出さずに相談できる？."""

from __future__ import annotations

from typing import Any, Dict, List, Text, Type

import numpy as np
from numpy.typing import NDArray
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.knowledge import load_knowledge
from bot.nlu.clauses import clauses_in
from bot.nlu.configured import check_number
from bot.nlu.fingerprints import digest_of
from bot.nlu.likeness import likeness_of_each_part, likest, vectors_of
from bot.nlu.sentence_encoder import SentenceEncoder
from bot.normalization import text_to_read

ANSWERS = "answers"
ANSWERS_BY_CLAUSE = "answers_by_clause"
_FILE = "answers.npz"
_MOST = 60  # answers passed on: of several institutions, of which the talk says which is meant
_MOST_OF_A_CLAUSE = 30  # the same of each clause of a message that asks several things


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=True)
class AnswerReader(GraphComponent):
    """The feature of SentenceEncoder in; `answers` out: {id of an answer: likeness from `like` to 1}, the likest first.

    The likeness is the cosine between the message, or one of its clauses, and a way of asking it. `answers_by_clause`
    has the text of each clause, with the `answers` of that alone.
    Those are encoded in training (some seconds); a message takes a tenth of a millisecond.
    """

    @classmethod
    def required_components(cls) -> List[Type[GraphComponent]]:
        """The encoder comes first."""
        return [SentenceEncoder]

    @classmethod
    def validate_config(cls, config: Dict[Text, Any]) -> None:
        """Raises InvalidConfigException where a number is missing or makes no sense.

        like: what resembles a way of asking less is not like it.
        """
        check_number(config, cls.__name__, "like", most=1)

    @classmethod
    def fingerprint_addon(cls, config: Dict[str, Any]) -> str:
        """So that plain `rasa train` notices a change of the answers."""
        return digest_of("answers/*.yml")

    @classmethod
    def create(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> AnswerReader:
        """A reader before training."""
        return cls(config, model_storage, resource)

    def __init__(self, config: Dict[Text, Any], model_storage: ModelStorage, resource: Resource) -> None:
        self.validate_config(config)
        self._config = config
        self._model_storage = model_storage
        self._resource = resource
        self._answers: List[Text] = []
        self._vectors: NDArray[np.float32] = np.zeros((0, 512), dtype=np.float32)

    def train(self, training_data: TrainingData) -> Resource:
        """Encodes the ways of asking."""
        ways = [(a.id, text_to_read(way)) for a in load_knowledge().answers.values() for way in a.asked_as]
        with self._model_storage.write_to(self._resource) as folder:
            vectors = vectors_of([way for _, way in ways]).astype(np.float16)
            np.savez(folder / _FILE, answers=np.array([answer for answer, _ in ways]), vectors=vectors)
        return self._resource

    @classmethod
    def load(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> AnswerReader:
        """The reader with the ways of asking encoded."""
        reader = cls(config, model_storage, resource)
        with model_storage.read_from(resource) as folder, np.load(folder / _FILE, allow_pickle=False) as kept:
            reader._answers = kept["answers"].tolist()
            reader._vectors = kept["vectors"].astype(np.float32)
        return reader

    def process(self, messages: List[Message]) -> List[Message]:
        """Adds the answers that each message may be asking for."""
        for message in messages:
            likeness = likeness_of_each_part(message, self._vectors)
            message.set(ANSWERS, self._likest(likeness.max(axis=0), _MOST), add_to_output=True)
            by_clause = [
                {"text": clause.get(TEXT), "answers": self._likest(of_the_clause, _MOST_OF_A_CLAUSE)}
                for clause, of_the_clause in zip(clauses_in(message), likeness[1:], strict=True)
            ]
            message.set(ANSWERS_BY_CLAUSE, by_clause, add_to_output=True)
        return messages

    def _likest(self, likeness: NDArray[np.float32], most: int) -> Dict[Text, float]:
        return likest(likeness, self._answers, self._config["like"], most)
