"""A linear classifier of messages whose confidences mean what they say, for intents and for sub-issues."""

from __future__ import annotations

from pathlib import Path
from typing import List

import numpy as np
from numpy.typing import NDArray
from rasa.shared.nlu.training_data.message import Message
from scipy.optimize import minimize_scalar
from scipy.sparse import csr_matrix
from sklearn.model_selection import train_test_split
from sklearn.svm import LinearSVC

from bot.nlu.text_features import TextFeatures

_HELD_OUT = 0.25
_FEWEST_EXAMPLES_TO_CALIBRATE = 4
_RANDOM_STATE = 42


class CalibratedClassifier:
    """A linear support vector machine over TextFeatures, its margins made confidences.

    A softmax does that, with the temperature that has the least log loss on a held-out quarter of the training data, so
    that of the messages read with confidence 0.8 about eight of ten are right. `C` says how closely the data is
    followed. Training is repeatable.
    """

    def __init__(self, C: float, dense: float) -> None:  # noqa: N803 (scikit-learn's name)
        self._C = C
        self._features = TextFeatures(dense)
        self._weights: NDArray[np.float32] = np.zeros((0, 0), dtype=np.float32)
        self._intercepts: NDArray[np.float32] = np.zeros(0, dtype=np.float32)
        self._temperature = 1.0
        self.classes: List[str] = []

    def fit(self, messages: List[Message], labels: List[str]) -> None:
        """Learns from messages with one label each. `classes` then has the labels in the order of all columns."""
        features = self._features.fit(messages)
        self._temperature = self._fitted_temperature(features, np.array(labels))
        model = self._machine().fit(features, labels)
        two_classes = len(model.classes_) == 2
        self._weights = _in_32_bits(np.vstack([-model.coef_, model.coef_]).T if two_classes else model.coef_.T)
        self._intercepts = _in_32_bits(
            np.hstack([-model.intercept_, model.intercept_]) if two_classes else model.intercept_
        )
        self.classes = [str(label) for label in model.classes_]

    def _machine(self) -> LinearSVC:
        return LinearSVC(C=self._C, random_state=_RANDOM_STATE)

    def _fitted_temperature(self, features: csr_matrix, labels: NDArray[np.str_]) -> float:
        """1 where a label has too few examples to hold any out."""
        names, rows, counts = np.unique(labels, return_inverse=True, return_counts=True)
        if counts.min() < _FEWEST_EXAMPLES_TO_CALIBRATE or len(names) < 3 or len(rows) * _HELD_OUT < len(names):
            return 1.0
        fitted, held_out = train_test_split(
            np.arange(len(rows)), test_size=_HELD_OUT, stratify=rows, random_state=_RANDOM_STATE
        )
        margins = self._machine().fit(features[fitted], rows[fitted]).decision_function(features[held_out])

        def log_loss(temperature: float) -> float:
            confidences = softmax(margins, temperature)
            return float(-np.mean(np.log(confidences[np.arange(len(held_out)), rows[held_out]] + 1e-12)))

        return float(minimize_scalar(log_loss, bounds=(0.02, 5.0), method="bounded").x)

    def confidences(self, messages: List[Message]) -> NDArray[np.float64]:
        """(messages, labels): confidences that add up to 1 in each row."""
        return self.confidences_of(self.margins(messages))

    def margins(self, messages: List[Message]) -> NDArray[np.float64]:
        """(messages, labels): how far each message lies on the side of each label."""
        return np.asarray(self._features.of(messages) @ self._weights + self._intercepts)

    def confidences_of(self, margins: NDArray[np.float64]) -> NDArray[np.float64]:
        """The confidences that margins of some of the labels amount to, among these labels."""
        return softmax(margins, self._temperature)

    def dump(self, path: Path) -> None:
        """Keeps what was learnt as plain arrays: no pickle, and read in a tenth of a second."""
        np.savez(
            path,
            weights=self._weights,
            intercepts=self._intercepts,
            temperature=self._temperature,
            classes=np.array(self.classes),
            **self._features.learnt(),
        )

    def load(self, path: Path) -> None:
        """Takes over what was learnt before."""
        with np.load(path, allow_pickle=False) as kept:
            self._weights, self._intercepts = kept["weights"], kept["intercepts"]
            self._temperature = float(kept["temperature"])
            self.classes = kept["classes"].tolist()
            self._features.take_over(kept)


def _in_32_bits(array: NDArray[np.float64]) -> NDArray[np.float32]:
    """In the order in which SciPy multiplies without copying: a copy of the weights would cost 5 ms a message."""
    return np.ascontiguousarray(array, dtype=np.float32)


def softmax(margins: NDArray[np.float64], temperature: float) -> NDArray[np.float64]:
    """Confidences that add up to 1 in each row; a lower temperature makes them more decided."""
    scaled = margins / temperature
    exponentials = np.exp(scaled - scaled.max(axis=1, keepdims=True))
    return np.asarray(exponentials / exponentials.sum(axis=1, keepdims=True))
