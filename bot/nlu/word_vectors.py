"""What a message's content words mean, as the mean of GiNZA's word vectors: close words weigh alike."""

from __future__ import annotations

from typing import Any, Dict, List, Text

import numpy as np
from numpy.typing import NDArray
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.constants import TOKENS_NAMES
from rasa.nlu.featurizers.dense_featurizer.dense_featurizer import DenseFeaturizer
from rasa.nlu.tokenizers.tokenizer import Token
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.clauses import with_clauses
from bot.nlu.tokenizer import ginza

_CONTENT_WORDS = ("名詞", "動詞", "形容詞", "形状詞", "副詞", "感動詞")


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class WordVectors(DenseFeaturizer, GraphComponent):
    """Tokens in, one dense sentence feature out: (1, 300) float32 of length 1 (0 where no word is known).

    ja_ginza carries 20,000 vectors; its pipeline is not run. Costs some hundredths of a millisecond a message.
    """

    @classmethod
    def create(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> WordVectors:
        """A featurizer with the vectors loaded."""
        return cls(execution_context.node_name, config)

    def __init__(self, name: Text, config: Dict[Text, Any]) -> None:
        super().__init__(name, config)
        self._vocabulary = ginza().vocab

    @staticmethod
    def required_packages() -> List[Text]:
        """Packages to have installed."""
        return ["spacy", "ja_ginza"]

    @classmethod
    def validate_config(cls, config: Dict[Text, Any]) -> None:
        """Nothing to configure."""

    def process(self, messages: List[Message]) -> List[Message]:
        """Adds the feature to every message and to its clauses."""
        for message in with_clauses(messages):
            row = self._mean(message.get(TOKENS_NAMES[TEXT]) or []).reshape(1, -1)
            message.add_features(Features(row, FEATURE_TYPE_SENTENCE, TEXT, self._identifier))
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Adds the feature to every training example with a text."""
        self.process([example for example in training_data.training_examples if example.get(TEXT)])
        return training_data

    def _mean(self, tokens: List[Token]) -> NDArray[np.float32]:
        words = [token.text for token in tokens if (token.get("tag") or "").startswith(_CONTENT_WORDS)]
        vectors = [self._vocabulary[word].vector for word in words if self._vocabulary[word].has_vector]
        if not vectors:
            return np.zeros(self._vocabulary.vectors_length, dtype=np.float32)
        mean = np.mean(vectors, axis=0)
        return np.asarray(mean / np.linalg.norm(mean), dtype=np.float32)
