"""A linear classifier whose confidences mean what they say, for intents and for sub-issues."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any, Dict, List, Mapping

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from scipy.sparse import csr_matrix
from sklearn.model_selection import train_test_split
from sklearn.svm import LinearSVC

_HELD_OUT = 0.25
_FEWEST_EXAMPLES_TO_CALIBRATE = 4
_RANDOM_STATE = 42
_TOLERANCE = 0.01  # a tenth of it changes no figure of docs/evaluation.md and takes half as long again


class CalibratedClassifier:
    """A linear support vector machine whose margins are made confidences.

    A softmax does that, with the temperature that has the least log loss on a held-out quarter of the training data, so
    that of the messages read with confidence 0.8 about eight of ten are right. `C` says how closely the data is
    followed. Training is repeatable.
    """

    def __init__(self, C: float) -> None:  # noqa: N803 (scikit-learn's name)
        self._C = C
        self._weights: NDArray[np.float32] = np.zeros((0, 0), dtype=np.float32)
        self._intercepts: NDArray[np.float32] = np.zeros(0, dtype=np.float32)
        self._temperature = 1.0
        self.classes: List[str] = []

    def fit(self, features: csr_matrix, labels: List[str]) -> None:
        """Learns from one row of features and one label a message; `classes` then has the labels in column order.

        The two machines, for use and for calibration, are fitted side by side: scikit-learn lets other threads run.
        """
        with ThreadPoolExecutor(max_workers=2) as threads:
            for_use = threads.submit(self._machine().fit, features, labels)
            for_calibration = threads.submit(self._fitted_temperature, features, np.array(labels))
            model, self._temperature = for_use.result(), for_calibration.result()
        two_classes = len(model.classes_) == 2
        self._weights = _in_32_bits(np.vstack([-model.coef_, model.coef_]).T if two_classes else model.coef_.T)
        self._intercepts = _in_32_bits(
            np.hstack([-model.intercept_, model.intercept_]) if two_classes else model.intercept_
        )
        self.classes = [str(label) for label in model.classes_]

    def _machine(self) -> LinearSVC:
        return LinearSVC(C=self._C, tol=_TOLERANCE, random_state=_RANDOM_STATE)

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

    def margins(self, features: csr_matrix) -> NDArray[np.float64]:
        """(messages, labels): how far each message lies on the side of each label."""
        return np.asarray(features @ self._weights + self._intercepts)

    def confidences(self, margins: NDArray[np.float64]) -> NDArray[np.float64]:
        """(messages, labels): what margins of all or some of the labels amount to; each row adds up to 1."""
        return softmax(margins, self._temperature)

    def learnt(self) -> Dict[str, NDArray[Any]]:
        """What was learnt, as plain arrays; the weights in 16 bits, which changes no decision and halves the model."""
        return {
            "weights": self._weights.astype(np.float16),
            "intercepts": self._intercepts,
            "temperature": np.array(self._temperature),
            "classes": np.array(self.classes),
        }

    def take_over(self, learnt: Mapping[str, NDArray[Any]]) -> None:
        """Knows what was learnt before."""
        self._weights, self._intercepts = _in_32_bits(learnt["weights"]), learnt["intercepts"]
        self._temperature = float(learnt["temperature"])
        self.classes = learnt["classes"].tolist()


def _in_32_bits(array: NDArray[np.float64]) -> NDArray[np.float32]:
    """In the order in which SciPy multiplies without copying: a copy of the weights would cost 5 ms a message."""
    return np.ascontiguousarray(array, dtype=np.float32)


def softmax(margins: NDArray[np.float64], temperature: float) -> NDArray[np.float64]:
    """Confidences that add up to 1 in each row; a lower temperature makes them more decided."""
    scaled = margins / temperature
    exponentials = np.exp(scaled - scaled.max(axis=1, keepdims=True))
    return np.asarray(exponentials / exponentials.sum(axis=1, keepdims=True))
