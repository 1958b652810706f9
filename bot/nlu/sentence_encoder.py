"""The meaning of a whole message as one vector, from Google's multilingual sentence encoder without TensorFlow."""

from __future__ import annotations

from typing import Any, Dict, List, Text

import numpy as np
from numpy.typing import NDArray
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.featurizers.dense_featurizer.dense_featurizer import DenseFeaturizer
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.clauses import with_clauses
from bot.nlu.encoder import encoded_once, encoder
from bot.nlu.tokenizer import matter_of

_LONGEST = 300  # characters: a thousand take 60 ms, and what the matter is has been said by then


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class SentenceEncoder(DenseFeaturizer, GraphComponent):
    """What the message is about in, without names of places; one dense sentence feature out, about 2.5 ms a message.

    The feature is (1, 512) float32 of length 1.

    The weights (Universal Sentence Encoder multilingual v3) lie in the package; nothing is fetched.
    """

    @classmethod
    def create(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> SentenceEncoder:
        """An encoder with its weights loaded."""
        return cls(execution_context.node_name, config)

    def __init__(self, name: Text, config: Dict[Text, Any]) -> None:
        super().__init__(name, config)
        self._encoder = encoder()

    @staticmethod
    def required_packages() -> List[Text]:
        """Packages to have installed."""
        return []  # Rasa looks packages up by distribution name and by import name at once; here they differ

    @classmethod
    def validate_config(cls, config: Dict[Text, Any]) -> None:
        """Nothing to configure."""

    def process(self, messages: List[Message]) -> List[Message]:
        """Adds the feature to every message and to its clauses."""
        everything = with_clauses(messages)
        for message, vector in zip(everything, self._encoded(everything), strict=True):
            self._add(message, vector)
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Adds the feature to every training example with a text, and to its clauses where it was cut into any."""
        examples = with_clauses([example for example in training_data.training_examples if example.get(TEXT)])
        vectors = encoded_once([matter_of(example)[:_LONGEST] for example in examples])
        for example, vector in zip(examples, vectors, strict=True):
            self._add(example, vector)
        return training_data

    def _encoded(self, messages: List[Message]) -> NDArray[np.float32]:
        return np.atleast_2d(self._encoder.encode([matter_of(message)[:_LONGEST] for message in messages]))

    def _add(self, message: Message, vector: NDArray[np.float32]) -> None:
        row = np.asarray(vector, dtype=np.float32).reshape(1, -1)
        message.add_features(Features(row, FEATURE_TYPE_SENTENCE, TEXT, self._identifier))
