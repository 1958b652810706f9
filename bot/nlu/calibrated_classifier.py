"""A linear classifier of messages whose confidences mean what they say, for intents and for sub-issues."""

from __future__ import annotations

from pathlib import Path
from typing import List, Tuple

import numpy as np
import skops.io
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
        self._features = TextFeatures(dense)
        self._margins = LinearSVC(C=C, random_state=_RANDOM_STATE)
        self._temperature = 1.0

    @property
    def classes(self) -> List[str]:
        """The labels, in the order of the columns of `confidences`."""
        return [str(label) for label in self._margins.classes_]

    def fit(self, messages: List[Message], labels: List[str]) -> None:
        """Learns from messages with one label each."""
        features = self._features.fit(messages)
        self._temperature = self._fitted_temperature(features, np.array(labels))
        self._margins.fit(features, labels)

    def _fitted_temperature(self, features: csr_matrix, labels: NDArray[np.str_]) -> float:
        """1 where a label has too few examples to hold any out."""
        names, rows, counts = np.unique(labels, return_inverse=True, return_counts=True)
        if counts.min() < _FEWEST_EXAMPLES_TO_CALIBRATE or len(names) < 3 or len(rows) * _HELD_OUT < len(names):
            return 1.0
        fitted, held_out = train_test_split(
            np.arange(len(rows)), test_size=_HELD_OUT, stratify=rows, random_state=_RANDOM_STATE
        )
        self._margins.fit(features[fitted], rows[fitted])
        margins = self._margins.decision_function(features[held_out])

        def log_loss(temperature: float) -> float:
            confidences = softmax(margins, temperature)
            return float(-np.mean(np.log(confidences[np.arange(len(held_out)), rows[held_out]] + 1e-12)))

        return float(minimize_scalar(log_loss, bounds=(0.02, 5.0), method="bounded").x)

    def confidences(self, messages: List[Message]) -> NDArray[np.float64]:
        """(messages, labels): confidences that add up to 1 in each row."""
        return self.confidences_of(self.margins(messages))

    def margins(self, messages: List[Message]) -> NDArray[np.float64]:
        """(messages, labels): how far each message lies on the side of each label."""
        margins = self._margins.decision_function(self._features.of(messages))
        return np.column_stack([-margins, margins]) if margins.ndim == 1 else np.asarray(margins)

    def confidences_of(self, margins: NDArray[np.float64]) -> NDArray[np.float64]:
        """The confidences that margins of some of the labels amount to, among these labels."""
        return softmax(margins, self._temperature)

    def dump(self, path: Path) -> None:
        """Keeps what was learnt, without pickle."""
        skops.io.dump((self._features.characters, self._features.words, self._margins, self._temperature), path)

    def load(self, path: Path) -> None:
        """Takes over what was learnt before."""
        parts: Tuple[object, ...] = skops.io.load(path, trusted=["scipy.sparse._csr.csr_matrix"])
        self._features.characters, self._features.words, self._margins, self._temperature = parts  # type: ignore[assignment]


def softmax(margins: NDArray[np.float64], temperature: float) -> NDArray[np.float64]:
    """Confidences that add up to 1 in each row; a lower temperature makes them more decided."""
    scaled = margins / temperature
    exponentials = np.exp(scaled - scaled.max(axis=1, keepdims=True))
    return np.asarray(exponentials / exponentials.sum(axis=1, keepdims=True))
