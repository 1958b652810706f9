"""Tells what a message is about, with a confidence for every intent."""

from __future__ import annotations

from typing import Any, Dict, List, Optional, Text, Type

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier as RasaIntentClassifier
from rasa.nlu.featurizers.featurizer import Featurizer
from rasa.shared.exceptions import InvalidConfigException
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.calibrated_classifier import CalibratedClassifier

_FILE = "intents.npz"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class IntentClassifier(RasaIntentClassifier, GraphComponent):
    """Tokens and dense sentence features in; `intent` and the whole `intent_ranking` out. About 1 ms a message."""

    @classmethod
    def required_components(cls) -> List[Type[GraphComponent]]:
        """A dense featurizer comes first."""
        return [Featurizer]

    @staticmethod
    def required_packages() -> List[Text]:
        """Packages to have installed."""
        return ["sklearn"]

    @staticmethod
    def get_default_config() -> Dict[Text, Any]:
        """C: how closely the data is followed. dense: weight of the dense features beside characters and words."""
        return {"C": 0.8, "dense": 0.7}

    @classmethod
    def validate_config(cls, config: Dict[Text, Any]) -> None:
        """Raises InvalidConfigException where C or dense make no sense."""
        if config["C"] <= 0 or config["dense"] < 0:
            raise InvalidConfigException("config.yml: IntentClassifier: expected C above 0 and dense of at least 0")

    @classmethod
    def create(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> IntentClassifier:
        """A classifier before training."""
        return cls(config, model_storage, resource)

    def __init__(self, config: Dict[Text, Any], model_storage: ModelStorage, resource: Resource) -> None:
        self._model_storage = model_storage
        self._resource = resource
        self._untrained = CalibratedClassifier(config["C"], config["dense"])
        self._classifier: Optional[CalibratedClassifier] = None

    def train(self, training_data: TrainingData) -> Resource:
        """Learns from every example with an intent, and keeps it."""
        examples = [example for example in training_data.intent_examples if example.get(TEXT)]
        self._untrained.fit(examples, [example.get(INTENT) for example in examples])
        with self._model_storage.write_to(self._resource) as folder:
            self._untrained.dump(folder / _FILE)
        self._classifier = self._untrained
        return self._resource

    @classmethod
    def load(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> IntentClassifier:
        """The trained classifier."""
        component = cls(config, model_storage, resource)
        with model_storage.read_from(resource) as folder:
            component._untrained.load(folder / _FILE)
        component._classifier = component._untrained
        return component

    def process(self, messages: List[Message]) -> List[Message]:
        """Sets the intent and the ranking of all intents with their confidences, which add up to 1."""
        if self._classifier is None:
            return messages
        for message, row in zip(messages, self._classifier.confidences(messages), strict=True):
            pairs = sorted(zip(self._classifier.classes, row, strict=True), key=lambda pair: -pair[1])
            ranking = [{"name": name, "confidence": float(confidence)} for name, confidence in pairs]
            message.set(INTENT, ranking[0], add_to_output=True)
            message.set("intent_ranking", ranking, add_to_output=True)
        return messages
