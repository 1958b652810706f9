"""Tells what a message is about: a linear model over characters, words and meaning, with calibrated confidence."""

from __future__ import annotations

from typing import Any, Dict, List, Optional, Text, Tuple, Type

import numpy as np
import skops.io
from numpy.typing import NDArray
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier as RasaIntentClassifier
from rasa.nlu.constants import TOKENS_NAMES
from rasa.nlu.featurizers.featurizer import Featurizer
from rasa.shared.exceptions import InvalidConfigException
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from scipy.optimize import minimize_scalar
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from sklearn.svm import LinearSVC

from bot.nlu.tokenizer import text_to_read

_RANKING = "intent_ranking"
_FEWEST_EXAMPLES_TO_CALIBRATE = 5


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class IntentClassifier(RasaIntentClassifier, GraphComponent):
    """Tokens and dense sentence features in; `intent` and the whole `intent_ranking` out.

    A linear support vector machine over TF-IDF of character 1- to 4-grams, TF-IDF of GiNZA's normalised words and
    pairs of words, and the dense features. Its margins become confidences by a softmax whose temperature is fitted
    on held-out folds, so that of the messages read with confidence 0.8 about eight of ten are right. Costs about 0.8 ms
    a message.
    """

    @classmethod
    def required_components(cls) -> List[Type[GraphComponent]]:
        """A featurizer for the sentence vectors comes first."""
        return [Featurizer]

    @staticmethod
    def required_packages() -> List[Text]:
        """Packages to have installed."""
        return ["sklearn", "skops"]

    @staticmethod
    def get_default_config() -> Dict[Text, Any]:
        """C: how closely the data is followed. dense: weight of the dense features. folds: for the temperature."""
        return {"C": 0.8, "dense": 0.7, "folds": 3, "random_state": 42}

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

    @classmethod
    def validate_config(cls, config: Dict[Text, Any]) -> None:
        """Raises InvalidConfigException where C or folds make no sense."""
        if config["C"] <= 0 or config["folds"] < 2:
            raise InvalidConfigException("config.yml: IntentClassifier: expected C above 0 and at least 2 folds")

    def __init__(self, config: Dict[Text, Any], model_storage: ModelStorage, resource: Resource) -> None:
        self._config = config
        self._model_storage = model_storage
        self._resource = resource
        self._characters: Optional[TfidfVectorizer] = None
        self._words: Optional[TfidfVectorizer] = None
        self._margins: Optional[LinearSVC] = None
        self._temperature = 1.0

    def train(self, training_data: TrainingData) -> Resource:
        """Fits the model and its temperature, and keeps them."""
        examples = [example for example in training_data.intent_examples if example.get(TEXT)]
        self._characters = TfidfVectorizer(analyzer="char", ngram_range=(1, 4), min_df=2, sublinear_tf=True)
        self._characters.fit([text_to_read(example.get(TEXT)) for example in examples])
        self._words = TfidfVectorizer(token_pattern=r"\S+", ngram_range=(1, 2), min_df=2, sublinear_tf=True)
        self._words.fit([_words_of(example) for example in examples])
        features = self._features(examples)
        intents = np.array([example.get(INTENT) for example in examples])
        model = LinearSVC(C=self._config["C"], random_state=self._config["random_state"])
        self._temperature = self._fitted_temperature(model, features, intents)
        self._margins = model.fit(features, intents)
        with self._model_storage.write_to(self._resource) as folder:
            skops.io.dump(
                (self._characters, self._words, self._margins, self._temperature), folder / "classifier.skops"
            )
        return self._resource

    def _fitted_temperature(self, model: LinearSVC, features: csr_matrix, intents: NDArray[np.str_]) -> float:
        """The temperature with the least log loss on held-out folds; 1 where an intent has too few examples."""
        names, rows, counts = np.unique(intents, return_inverse=True, return_counts=True)
        if counts.min() < max(_FEWEST_EXAMPLES_TO_CALIBRATE, self._config["folds"]) or len(names) < 3:
            return 1.0
        folds = StratifiedKFold(self._config["folds"], shuffle=True, random_state=self._config["random_state"])
        margins = cross_val_predict(model, features, intents, cv=folds, method="decision_function")

        def log_loss(temperature: float) -> float:
            confidences = softmax(margins, temperature)
            return float(-np.mean(np.log(confidences[np.arange(len(rows)), rows] + 1e-12)))

        return float(minimize_scalar(log_loss, bounds=(0.02, 5.0), method="bounded").x)

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
            component._characters, component._words, component._margins, component._temperature = skops.io.load(
                folder / "classifier.skops", trusted=["scipy.sparse._csr.csr_matrix"]
            )
        return component

    def process(self, messages: List[Message]) -> List[Message]:
        """Sets the intent and the ranking of all intents with their confidences, which add up to 1."""
        if self._margins is None:
            return messages
        margins = self._margins.decision_function(self._features(messages))
        if margins.ndim == 1:
            margins = np.column_stack([-margins, margins])
        for message, confidences in zip(messages, softmax(margins, self._temperature), strict=False):
            ranking = _ranking(self._margins.classes_, confidences)
            message.set(INTENT, ranking[0], add_to_output=True)
            message.set(_RANKING, ranking, add_to_output=True)
        return messages

    def _features(self, messages: List[Message]) -> csr_matrix:
        """(messages, characters + words + dense): TF-IDF of each text and of its words beside its dense features."""
        assert self._characters is not None and self._words is not None, "train or load comes first"
        characters = self._characters.transform([text_to_read(message.get(TEXT) or "") for message in messages])
        vectors = self._config["dense"] * np.vstack([_dense_features(message) for message in messages])
        words = self._words.transform([_words_of(message) for message in messages])
        return hstack([characters, words, csr_matrix(vectors)]).tocsr()


def _words_of(message: Message) -> str:
    """GiNZA's normalised words, separated by spaces."""
    return " ".join(token.lemma.replace(" ", "") for token in message.get(TOKENS_NAMES[TEXT]) or [])


def _dense_features(message: Message) -> NDArray[np.float32]:
    """The dense sentence features of all featurizers before, side by side in one row."""
    rows = [
        feature.features for feature in message.features if feature.is_dense() and feature.type == FEATURE_TYPE_SENTENCE
    ]
    if not rows:
        raise InvalidConfigException("config.yml: IntentClassifier: expected a dense featurizer before it")
    return np.hstack(rows)


def _ranking(intents: NDArray[np.str_], confidences: NDArray[np.float64]) -> List[Dict[Text, Any]]:
    pairs: List[Tuple[str, float]] = sorted(zip(intents, confidences, strict=False), key=lambda pair: -pair[1])
    return [{"name": str(name), "confidence": float(confidence)} for name, confidence in pairs]


def softmax(margins: NDArray[np.float64], temperature: float) -> NDArray[np.float64]:
    """Confidences that add up to 1 in each row; a lower temperature makes them more decided."""
    scaled = margins / temperature
    exponentials = np.exp(scaled - scaled.max(axis=1, keepdims=True))
    return exponentials / exponentials.sum(axis=1, keepdims=True)
