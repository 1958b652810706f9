"""Tells what a message is about: its intent, the sub-issue it makes clear, and other issues it brings up beside."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Dict, List, Mapping, Optional, Set, Text, Tuple, Type

import numpy as np
from numpy.typing import NDArray
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

from bot.knowledge import Knowledge, load_knowledge
from bot.nlu.calibrated_classifier import CalibratedClassifier
from bot.nlu.clauses import clauses_in, new_labels_in, with_clauses
from bot.nlu.configured import check_number
from bot.nlu.text_features import TextFeatures
from bot.nlu.turn_examples import is_read_in_place

CONFIDENCES = "intent_confidences"  # (1 + clauses, intents): of a message and its clauses, for components after this
ABOUT_THE_MATTER = "about_the_matter"  # of a clause: how surely it is about what the message is about, 0 to 1
_FILE = "classifier.npz"
_UNCLEAR = ""
_BATCH = 256
_SMALLEST_C = 0.001  # scikit-learn takes nothing that is not above 0


@DefaultV1Recipe.register(
    [DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER],
    is_trainable=True,
)
class IntentClassifier(RasaIntentClassifier, GraphComponent):
    """Tokens and dense sentence features in; out, about 1.5 ms a message:

    `intent` and `intent_ranking`: every intent with a confidence; together they are 1.
    `sub_issues`: {issue: {"name", "confidence"}}, the clearest sub-issue of each issue, left out where it stays
    unclear. Learnt from the `sub_issue` in the metadata of data/nlu; examples of an issue without one teach what is
    unclear. Other intents may have kinds (`kind` in the metadata: out_of_scope has abuse), told apart in the same way.
    The confidence is among the sub-issues of the issue and "unclear". That of another issue is read in the clause that
    is about it.
    `other_issues`: {issue: confidence}, what clauses of the message are about when each is read alone, where that is
    not the issue of the whole.
    """

    @classmethod
    def required_components(cls) -> List[Type[GraphComponent]]:
        """A dense featurizer comes first."""
        return [Featurizer]

    @staticmethod
    def required_packages() -> List[Text]:
        """Packages to have installed."""
        return ["sklearn"]

    @classmethod
    def validate_config(cls, config: Dict[Text, Any]) -> None:
        """Raises InvalidConfigException where a number is missing or makes no sense.

        C: how closely the data is followed. dense: weight of the dense features beside characters and words.
        neighbours: how many of the nearest training messages are asked for intents, 0 for none. beside: what they weigh
        against the 1 of the linear classifier.
        """
        check_number(config, cls.__name__, "C", least=_SMALLEST_C)
        for name in ("dense", "neighbours", "beside"):
            check_number(config, cls.__name__, name)

    @classmethod
    def create(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> IntentClassifier:
        """A classifier before training."""
        return cls(config, load_knowledge(), model_storage, resource)

    def __init__(
        self, config: Dict[Text, Any], knowledge: Knowledge, model_storage: ModelStorage, resource: Resource
    ) -> None:
        self.validate_config(config)
        self._knowledge = knowledge
        self._model_storage = model_storage
        self._resource = resource
        self._features = TextFeatures(config["dense"])
        self._intents = CalibratedClassifier(config["C"], config["neighbours"], config["beside"])
        self._sub_issues = CalibratedClassifier(config["C"])
        self._kinds = CalibratedClassifier(config["C"])

    def train(self, training_data: TrainingData) -> Resource:
        """Learns from every example with an intent. Raises InvalidConfigException for a sub-issue that nobody knows."""
        examples = [example for example in training_data.intent_examples if example.get(TEXT)]
        features = self._features.fit(examples)
        self._intents.fit(features, [example.get(INTENT) for example in examples], self._features.dense(examples))
        with_kinds = {example.get(INTENT) for example in examples if "kind" in _metadata(example)}
        self._fit(self._sub_issues, features, [self._sub_issue_label(example) for example in examples])
        self._fit(self._kinds, features, [_kind_label(example, with_kinds) for example in examples])
        with self._model_storage.write_to(self._resource) as folder:
            np.savez(folder / _FILE, **self._learnt())  # plain arrays: no pickle, and read in a tenth of a second
        return self._resource

    @staticmethod
    def _fit(head: CalibratedClassifier, features: Any, labels: List[Optional[str]]) -> None:
        """Learns from the examples that have a label, where there is something to tell apart."""
        labelled = [row for row, label in enumerate(labels) if label is not None]
        if len({labels[row] for row in labelled}) > 1:
            head.fit(features[labelled], [str(labels[row]) for row in labelled])

    def _sub_issue_label(self, example: Message) -> Optional[str]:
        """issue/sub-issue, "issue/" where it is unclear; None where the intent is no issue with sub-issues."""
        issue = self._knowledge.issues.get(example.get(INTENT))
        if issue is None or not issue.sub_issues:
            return None
        sub_issue = _metadata(example).get("sub_issue", _UNCLEAR)
        if sub_issue not in (_UNCLEAR, *(sub.id for sub in issue.sub_issues)):
            raise InvalidConfigException(f"data/nlu/{issue.name}.yml: no sub-issue {sub_issue} in issues.yml")
        return f"{issue.name}/{sub_issue}"

    def _heads(self) -> Tuple[Tuple[str, CalibratedClassifier], ...]:
        return (("intents", self._intents), ("sub_issues", self._sub_issues), ("kinds", self._kinds))

    def _learnt(self) -> Dict[str, NDArray[Any]]:
        arrays = {f"{name}.{key}": array for name, head in self._heads() for key, array in head.learnt().items()}
        return {**self._features.learnt(), **arrays}

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
        component = cls(config, load_knowledge(), model_storage, resource)
        with model_storage.read_from(resource) as folder, np.load(folder / _FILE, allow_pickle=False) as kept:
            component._features.take_over(kept)
            for name, head in component._heads():
                head.take_over({key[len(name) + 1 :]: kept[key] for key in kept if key.startswith(f"{name}.")})
        return component

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Adds the confidences to the messages in their place, which it was not trained on, for what comes after."""
        in_place = [example for example in training_data.training_examples if is_read_in_place(example)]
        for start in range(0, len(in_place), _BATCH):
            self._add_confidences(in_place[start : start + _BATCH])
        return training_data

    def _add_confidences(self, messages: List[Message]) -> None:
        everything = with_clauses(messages)
        margins = self._intents.margins(self._features.of(everything))
        self._keep(messages, self._intents.confidences(margins, self._features.dense(everything)))

    @staticmethod
    def _keep(messages: List[Message], confidences: NDArray[np.float64]) -> None:
        """Sets on every message, and every label read beside it, the confidences of it and its clauses."""
        row = 0
        for message in messages:
            rows = 1 + len(clauses_in(message))
            message.set(CONFIDENCES, confidences[row : row + rows])
            for label in new_labels_in(message):
                label.set(CONFIDENCES, confidences[row + rows : row + rows + 1])
                rows += 1
            row += rows

    def process(self, messages: List[Message]) -> List[Message]:
        """Adds what is described above to every message."""
        everything = with_clauses(messages)
        features = self._features.of(everything)
        confidences = self._intents.confidences(self._intents.margins(features), self._features.dense(everything))
        self._keep(messages, confidences)
        kinds = [(head, head.margins(features)) for head in (self._sub_issues, self._kinds) if head.classes]

        def clear_in(number: int, about: Optional[str] = None) -> Dict[str, Dict[str, Any]]:
            found = (_clearest(head, margins[number], about) for head, margins in kinds)
            return {issue: best for clear in found for issue, best in clear.items()}

        row = 0
        for message in messages:
            clauses = confidences[row + 1 : row + 1 + len(clauses_in(message))]
            self._set_intent(message, confidences[row])
            for clause, confidence in zip(clauses_in(message), clauses, strict=True):
                clause.set(ABOUT_THE_MATTER, self._about_the_matter(message, confidence))
            beside = self._issues_beside(message, clauses)
            of_the_clauses = {
                issue: clear_in(row + 1 + clause, issue).get(issue) for issue, (clause, _) in beside.items()
            }
            clear = {**clear_in(row), **of_the_clauses}
            if beside:  # what is told of another issue must not blur which sub-issue of this one is meant
                first = message.get(INTENT)["name"]
                own = [n for n, sure in enumerate(clauses) if self._intents.classes[int(sure.argmax())] == first]
                told = [clear.get(first), *(clear_in(row + 1 + n, first).get(first) for n in own)]
                clear[first] = max(filter(None, told), key=lambda best: best["confidence"], default=None)
            message.set("other_issues", {issue: sure for issue, (_, sure) in beside.items()}, add_to_output=True)
            message.set("sub_issues", {issue: best for issue, best in clear.items() if best}, add_to_output=True)
            row += 1 + len(clauses) + len(new_labels_in(message))
        return messages

    def _set_intent(self, message: Message, confidences: NDArray[np.float64]) -> None:
        pairs = sorted(zip(self._intents.classes, confidences, strict=True), key=lambda pair: -pair[1])
        ranking = [{"name": name, "confidence": float(confidence)} for name, confidence in pairs]
        message.set(INTENT, ranking[0], add_to_output=True)
        message.set("intent_ranking", ranking, add_to_output=True)

    def _about_the_matter(self, message: Message, confidences: NDArray[np.float64]) -> float:
        """How surely a clause is about the issue of its message; about any, where the message is about none."""
        matter = message.get(INTENT)["name"]
        of_it = {matter} & {*self._knowledge.issues} or {*self._knowledge.issues}
        named = zip(self._intents.classes, confidences, strict=True)
        return max(float(confidence) for name, confidence in named if name in of_it)

    def _issues_beside(self, message: Message, clauses: NDArray[np.float64]) -> Dict[str, Tuple[int, float]]:
        """Each other issue that a clause is about: the clause that says so most surely, by number, and how surely."""
        beside: Dict[str, Tuple[int, float]] = {}
        for clause, confidences in enumerate(clauses):
            best = int(confidences.argmax())
            name, confidence = self._intents.classes[best], float(confidences[best])
            told_of = name in self._knowledge.issues and name != message.get(INTENT)["name"]
            if told_of and confidence > beside.get(name, (0, 0.0))[1]:
                beside[name] = (clause, confidence)
        return beside


def _clearest(
    head: CalibratedClassifier, margins: NDArray[Any], about: Optional[str] = None
) -> Dict[str, Dict[str, Any]]:
    """For each issue (or intent) of a head the likeliest sub-issue (or kind), left out where that is "unclear".

    `margins` has the shape (labels of the head,); `about` is the one issue that is asked for, where it is one.
    """
    clear: Dict[str, Dict[str, Any]] = {}
    for issue, of_it in _sub_issues_of(tuple(head.classes)).items():
        if about not in (None, issue):
            continue
        confidences = head.confidences(margins[np.newaxis, list(of_it)])[0]
        best = int(confidences.argmax())
        sub_issue = list(of_it.values())[best]
        if sub_issue != _UNCLEAR:
            clear[issue] = {"name": sub_issue, "confidence": float(confidences[best])}
    return clear


@lru_cache(maxsize=4)
def _sub_issues_of(labels: Tuple[str, ...]) -> Mapping[str, Mapping[int, str]]:
    """For each issue that labels name the sub-issues, by the columns in which they stand."""
    found: Dict[str, Dict[int, str]] = {}
    for column, label in enumerate(labels):
        issue, sub_issue = label.split("/")
        found.setdefault(issue, {})[column] = sub_issue
    return found


def _kind_label(example: Message, with_kinds: Set[Text]) -> Optional[str]:
    """intent/kind, "intent/" for the rest of the intent; None where the intent has no kinds."""
    if example.get(INTENT) not in with_kinds:
        return None
    return f"{example.get(INTENT)}/{_metadata(example).get('kind', _UNCLEAR)}"


def _metadata(example: Message) -> Mapping[Text, Any]:
    """What data/nlu says of the section that an example stands in."""
    return (example.get("metadata") or {}).get("intent") or {}
