"""Tells which sub-issue a message makes clear, so that it need not be asked."""

from __future__ import annotations

from typing import Any, Dict, List, Optional, Text, Type

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.featurizers.featurizer import Featurizer
from rasa.shared.exceptions import InvalidConfigException
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.knowledge import load_knowledge
from bot.nlu.calibrated_classifier import CalibratedClassifier

_FILE = "sub_issues.npz"
_UNCLEAR = ""


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class SubIssueClassifier(GraphComponent):
    """Tokens and dense sentence features in; `sub_issues` out: for each issue the clearest and its confidence.

    Learns from the `sub_issue` in the metadata of data/nlu; examples of an issue without one teach what is unclear. The
    confidence of a sub-issue is among those of its issue and "unclear". About 1 ms a message.
    """

    @classmethod
    def required_components(cls) -> List[Type[GraphComponent]]:
        """A dense featurizer comes first."""
        return [Featurizer]

    @staticmethod
    def get_default_config() -> Dict[Text, Any]:
        """C: how closely the data is followed. dense: weight of the dense features beside characters and words."""
        return {"C": 0.8, "dense": 0.7}

    @classmethod
    def create(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> SubIssueClassifier:
        """A classifier before training."""
        return cls(config, model_storage, resource)

    def __init__(self, config: Dict[Text, Any], model_storage: ModelStorage, resource: Resource) -> None:
        self._model_storage = model_storage
        self._resource = resource
        self._untrained = CalibratedClassifier(config["C"], config["dense"])
        self._classifier: Optional[CalibratedClassifier] = None
        self._columns: Dict[str, List[int]] = {}

    def train(self, training_data: TrainingData) -> Resource:
        """Learns from the examples of the issues. Raises InvalidConfigException for a sub-issue that nobody knows."""
        examples, labels = [], []
        issues = load_knowledge().issues
        for example in training_data.intent_examples:
            issue = issues.get(example.get(INTENT))
            if issue is None or not issue.sub_issues or not example.get(TEXT):
                continue
            sub_issue = ((example.get("metadata") or {}).get("intent") or {}).get("sub_issue", _UNCLEAR)
            if sub_issue not in (_UNCLEAR, *(sub.id for sub in issue.sub_issues)):
                raise InvalidConfigException(f"data/nlu/{issue.name}.yml: no sub-issue {sub_issue} in issues.yml")
            examples.append(example)
            labels.append(f"{issue.name}/{sub_issue}")
        with self._model_storage.write_to(self._resource) as folder:
            if len(set(labels)) > 1:
                self._untrained.fit(examples, labels)
                self._untrained.dump(folder / _FILE)
        return self._resource

    @classmethod
    def load(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> SubIssueClassifier:
        """The trained classifier."""
        component = cls(config, model_storage, resource)
        with model_storage.read_from(resource) as folder:
            if (folder / _FILE).exists():
                component._untrained.load(folder / _FILE)
                component._classifier = component._untrained
                for column, label in enumerate(component._classifier.classes):
                    component._columns.setdefault(label.split("/")[0], []).append(column)
        return component

    def process(self, messages: List[Message]) -> List[Message]:
        """Sets `sub_issues`: {issue: {"name", "confidence"}}, leaving out issues whose sub-issue stays unclear."""
        if self._classifier is None:
            return messages
        margins = self._classifier.margins(messages)
        for message, row in zip(messages, margins, strict=True):
            clear = {}
            for issue, columns in self._columns.items():
                confidences = self._classifier.confidences_of(row[columns][np.newaxis, :])[0]
                best = int(confidences.argmax())
                name = self._classifier.classes[columns[best]].split("/")[1]
                if name != _UNCLEAR:
                    clear[issue] = {"name": name, "confidence": float(confidences[best])}
            message.set("sub_issues", clear, add_to_output=True)
        return messages
