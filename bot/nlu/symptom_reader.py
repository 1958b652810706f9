"""Finds which answers of the triage an owner's own words resemble: もう歳だ is close to 自分や親の年を感じる."""

from __future__ import annotations

from typing import Any, Dict, List, Text, Type

import numpy as np
from numpy.typing import NDArray
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.knowledge import load_knowledge
from bot.nlu.configured import check_number
from bot.nlu.fingerprints import digest_of
from bot.nlu.likeness import likeness_of, likest, vectors_of_training
from bot.nlu.sentence_encoder import SentenceEncoder

SYMPTOMS = "symptoms"
_FILE = "symptoms.npz"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=True)
class SymptomReader(GraphComponent):
    """The feature of SentenceEncoder in; `symptoms` out: {symptom/answer: likeness from `like` to 1}, at most `most`.

    The likeness is the cosine between the message, or one of its clauses, and the answer's label or what it says.
    Encoding the answers takes a second in training, a message some hundredths of a millisecond.
    """

    @classmethod
    def required_components(cls) -> List[Type[GraphComponent]]:
        """The encoder comes first."""
        return [SentenceEncoder]

    @classmethod
    def create(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> SymptomReader:
        """A reader before training."""
        return cls(config, model_storage, resource)

    @classmethod
    def validate_config(cls, config: Dict[Text, Any]) -> None:
        """Raises InvalidConfigException where a number is missing or makes no sense.

        like: what resembles an answer less is not like it. most: how many answers are passed on, the likest first.
        """
        check_number(config, cls.__name__, "like", most=1)
        check_number(config, cls.__name__, "most", least=1)

    @classmethod
    def fingerprint_addon(cls, config: Dict[str, Any]) -> str:
        """So that plain `rasa train` notices a change of the triage."""
        return digest_of("triage.yml")

    def __init__(self, config: Dict[Text, Any], model_storage: ModelStorage, resource: Resource) -> None:
        self.validate_config(config)
        self._like = config["like"]
        self._most = config["most"]
        self._model_storage = model_storage
        self._resource = resource
        self._answers: List[Text] = []
        self._vectors: NDArray[np.float32] = np.zeros((0, 512), dtype=np.float32)

    def train(self, training_data: TrainingData) -> Resource:
        """Encodes the answers of the triage that the knowledge has."""
        texts = [
            (f"{symptom.id}/{answer.id}", text)
            for symptom in load_knowledge().triage.symptoms.values()
            for answer in symptom.answers
            for text in (answer.label, answer.said, *answer.like)
        ]
        with self._model_storage.write_to(self._resource) as folder:
            answers = np.array([answer for answer, _ in texts], dtype=str)
            np.savez(folder / _FILE, answers=answers, vectors=vectors_of_training([text for _, text in texts]))
        return self._resource

    @classmethod
    def load(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> SymptomReader:
        """The reader with the answers encoded."""
        reader = cls(config, model_storage, resource)
        with model_storage.read_from(resource) as folder, np.load(folder / _FILE, allow_pickle=False) as kept:
            reader._answers = kept["answers"].tolist()
            reader._vectors = kept["vectors"]
        return reader

    def process(self, messages: List[Message]) -> List[Message]:
        """Adds the answers that each message resembles."""
        for message in messages:
            likeness = likeness_of(message, self._vectors)
            message.set(SYMPTOMS, likest(likeness, self._answers, self._like, self._most), add_to_output=True)
        return messages
