"""A classifier whose confidences mean what they say, for intents and for sub-issues."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any, Callable, Dict, List, Mapping, Optional

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from scipy.sparse import csr_matrix
from sklearn.model_selection import train_test_split
from sklearn.svm import LinearSVC

from bot.nlu.nearest_neighbours import NearestNeighbours
from bot.nlu.rows import Rows

_HELD_OUT = 0.25
_FEWEST_EXAMPLES_TO_CALIBRATE = 4
_RANDOM_STATE = 42
_NEIGHBOURS = "neighbours."
_ALMOST_NOTHING = 1e-12
_TOLERANCE = 0.01  # a tenth of it changes no figure of docs/evaluation.md and takes half as long again


class CalibratedClassifier:
    """A linear support vector machine whose margins are made confidences, with nearest neighbours beside it.

    A softmax makes them, with the temperature that has the least log loss on a held-out quarter of the training data,
    so that of the messages read with confidence 0.8 about eight of ten are right. `C` says how closely the data is
    followed. Where `neighbours` are asked, their shares are added with weight `beside`, and the sum is made as decided
    by a temperature of its own: alone, fifteen neighbours seldom agree. Training is repeatable.
    """

    def __init__(self, C: float, neighbours: int = 0, beside: float = 0.0) -> None:  # noqa: N803 (scikit-learn's name)
        self._C = C
        self._count = neighbours
        self._beside = beside
        self._neighbours: Optional[NearestNeighbours] = None
        self._weights: NDArray[np.float32] = np.zeros((0, 0), dtype=np.float32)
        self._intercepts: NDArray[np.float32] = np.zeros(0, dtype=np.float32)
        self._temperature = 1.0
        self._temperature_of_both = 1.0
        self.classes: List[str] = []

    def fit(self, features: csr_matrix, labels: List[str], dense: Optional[NDArray[np.float32]] = None) -> None:
        """Learns from one row of features and one label a message; `classes` then has the labels in column order.

        Neighbours are found by the `dense` features, which are expected where neighbours are asked.

        The two machines, for use and for calibration, are fitted side by side: scikit-learn lets other threads run.
        """
        with ThreadPoolExecutor(max_workers=2) as threads:
            for_use = threads.submit(self._machine().fit, features, labels)
            for_calibration = threads.submit(self._fit_temperatures, features, np.array(labels), dense)
            model, _ = for_use.result(), for_calibration.result()
        two_classes = len(model.classes_) == 2
        self._weights = _in_32_bits(np.vstack([-model.coef_, model.coef_]).T if two_classes else model.coef_.T)
        self._intercepts = _in_32_bits(
            np.hstack([-model.intercept_, model.intercept_]) if two_classes else model.intercept_
        )
        self.classes = [str(label) for label in model.classes_]
        if self._count:
            self._neighbours = self._fitted_neighbours(dense, np.searchsorted(model.classes_, labels))

    def _fitted_neighbours(self, dense: Optional[NDArray[np.float32]], rows: NDArray[np.int64]) -> NearestNeighbours:
        if dense is None:
            raise ValueError("nearest neighbours: expected the dense features of the training data")
        neighbours = NearestNeighbours(self._count)
        neighbours.fit(dense, rows)
        return neighbours

    def _machine(self) -> LinearSVC:
        return LinearSVC(C=self._C, tol=_TOLERANCE, random_state=_RANDOM_STATE)

    def _fit_temperatures(
        self, features: csr_matrix, labels: NDArray[np.str_], dense: Optional[NDArray[np.float32]]
    ) -> None:
        """They stay 1 where a label has too few examples to hold any out."""
        names, rows, counts = np.unique(labels, return_inverse=True, return_counts=True)
        if counts.min() < _FEWEST_EXAMPLES_TO_CALIBRATE or len(names) < 3 or len(rows) * _HELD_OUT < len(names):
            return
        fitted, held_out = train_test_split(
            np.arange(len(rows)), test_size=_HELD_OUT, stratify=rows, random_state=_RANDOM_STATE
        )
        margins = self._machine().fit(features[fitted], rows[fitted]).decision_function(features[held_out])
        right = rows[held_out]
        self._temperature = _least_log_loss(lambda temperature: softmax(margins, temperature), right)
        if self._count and dense is not None:
            near = self._fitted_neighbours(dense[fitted], rows[fitted]).shares(dense[held_out], len(names))
            both = self._added(softmax(margins, self._temperature), near)
            self._temperature_of_both = _least_log_loss(lambda temperature: softmax(both, temperature), right)

    def margins(self, features: Rows) -> NDArray[Any]:
        """(messages, labels): how far each message lies on the side of each label."""
        return features.times(self._weights) + self._intercepts

    def confidences(self, margins: NDArray[Any], dense: Optional[NDArray[np.float32]] = None) -> NDArray[np.float64]:
        """(messages, labels): what margins of all or some of the labels amount to; each row adds up to 1.

        The neighbours are heard where the messages' `dense` features are given.
        """
        confidences = softmax(margins, self._temperature)
        if self._neighbours is None or dense is None:
            return confidences
        both = self._added(confidences, self._neighbours.shares(dense, len(self.classes)))
        return softmax(both, self._temperature_of_both)

    def _added(self, confidences: NDArray[np.float64], shares: NDArray[np.float64]) -> NDArray[np.float64]:
        """Logarithms of the weighted sums, for a softmax."""
        return np.asarray(np.log(confidences + self._beside * shares + _ALMOST_NOTHING))

    def learnt(self) -> Dict[str, NDArray[Any]]:
        """What was learnt, as plain arrays; the weights in 16 bits, which changes no decision and halves the model."""
        neighbours = self._neighbours.learnt() if self._neighbours is not None else {}
        return {
            "weights": self._weights.astype(np.float16),
            "intercepts": self._intercepts,
            "temperatures": np.array([self._temperature, self._temperature_of_both]),
            "classes": np.array(self.classes),
            **{f"{_NEIGHBOURS}{key}": array for key, array in neighbours.items()},
        }

    def take_over(self, learnt: Mapping[str, NDArray[Any]]) -> None:
        """Knows what was learnt before."""
        self._weights, self._intercepts = _in_32_bits(learnt["weights"]), learnt["intercepts"]
        self._temperature, self._temperature_of_both = map(float, learnt["temperatures"])
        self.classes = learnt["classes"].tolist()
        near = {key[len(_NEIGHBOURS) :]: array for key, array in learnt.items() if key.startswith(_NEIGHBOURS)}
        if near:
            self._neighbours = NearestNeighbours(self._count)
            self._neighbours.take_over(near)


def _least_log_loss(of: Callable[[float], NDArray[np.float64]], right: NDArray[np.int64]) -> float:
    """The temperature whose confidences give the right columns the least log loss."""

    def log_loss(temperature: float) -> float:
        return float(-np.mean(np.log(of(temperature)[np.arange(len(right)), right] + _ALMOST_NOTHING)))

    return float(minimize_scalar(log_loss, bounds=(0.02, 5.0), method="bounded").x)


def _in_32_bits(array: NDArray[np.float64]) -> NDArray[np.float32]:
    """With the labels of a feature next to each other, as they are read for a message."""
    return np.ascontiguousarray(array, dtype=np.float32)


def softmax(margins: NDArray[np.float64], temperature: float) -> NDArray[np.float64]:
    """Confidences that add up to 1 in each row; a lower temperature makes them more decided."""
    scaled = margins / temperature
    exponentials = np.exp(scaled - scaled.max(axis=1, keepdims=True))
    return np.asarray(exponentials / exponentials.sum(axis=1, keepdims=True))
