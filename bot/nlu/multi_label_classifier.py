"""Which of many labels a message has, each told apart on its own, with confidences that mean what they say."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any, Dict, Mapping, Sequence, Tuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, vstack
from scipy.special import expit
from sklearn.linear_model import LogisticRegression
from sklearn.svm import LinearSVC

from bot.nlu.rows import Rows

_RANDOM_STATE = 42
_TOLERANCE = 0.1
_FOLDS = 3
_FEWEST = 3  # examples of a label, to learn it at all
_NEVER = (0.0, -20.0)  # slope and intercept of a label that was not learnt


class MultiLabelClassifier:
    """One linear support vector machine a label; `C` says how closely the data is followed.

    The machines are the mean of three, each fitted without a third of the groups. Margins become confidences by Platt's
    method (1999), on the one machine that had not seen the group of the message: a confidence says how sure a strange
    voice is understood. A machine fitted on everything would have wider margins, and be surer than it is right.
    """

    def __init__(self, C: float) -> None:  # noqa: N803 (scikit-learn's name)
        self._C = C
        self._weights: NDArray[np.float32] = np.zeros((0, 0), dtype=np.float32)
        self._intercepts: NDArray[np.float32] = np.zeros(0, dtype=np.float32)
        self._slopes: NDArray[np.float64] = np.zeros((0, 2))

    def fit(
        self,
        features: csr_matrix,
        labels: NDArray[np.bool_],
        groups: Sequence[str],
        beside: csr_matrix,
        taught: NDArray[np.int8],
    ) -> NDArray[np.float64]:
        """Learns from (messages, features), (messages, labels) and the group of each message.

        `beside` are the features of further messages, learnt from and not judged by; `taught` says for each of them
        and each label 1, 0, or -1 where it teaches nothing of it. Returns (messages, labels): the confidences of
        machines that had not seen the group of the message.
        """
        margins = np.zeros(labels.shape)
        fold_of = {group: number % _FOLDS for number, group in enumerate(sorted(set(groups)))}
        folds = np.array([fold_of[group] for group in groups])
        fitted = []
        for fold in range(_FOLDS):
            held_out = folds == fold
            weights, intercepts = self._machines(features[~held_out], labels[~held_out], beside, taught)
            margins[held_out] = features[held_out] @ weights + intercepts
            fitted.append((weights, intercepts))
        self._slopes = np.array([_platt(margins[:, label], labels[:, label]) for label in range(labels.shape[1])])
        self._weights = np.mean([weights for weights, _ in fitted], axis=0)
        self._intercepts = np.mean([intercepts for _, intercepts in fitted], axis=0)
        return self._confidences(margins)

    def _machines(
        self, features: csr_matrix, labels: NDArray[np.bool_], beside: csr_matrix, taught: NDArray[np.int8]
    ) -> Tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Weights (features, labels) and intercepts, fitted side by side: scikit-learn lets other threads run."""

        everything = vstack([features, beside]).tocsr() if beside.shape[0] else features

        def fitted(label: int) -> Tuple[NDArray[np.float64], float]:
            wanted = labels[:, label]
            if wanted.sum() < _FEWEST:
                return np.zeros(features.shape[1]), 0.0
            teaches = taught[:, label] >= 0
            seen = features
            if teaches.any():  # all of them teach of a label, or none
                seen, wanted = everything, np.concatenate([wanted, taught[:, label] == 1])
            machine = LinearSVC(C=self._C, tol=_TOLERANCE, random_state=_RANDOM_STATE).fit(seen, wanted)
            return machine.coef_[0], float(machine.intercept_[0])

        with ThreadPoolExecutor(max_workers=2) as threads:
            machines = list(threads.map(fitted, range(labels.shape[1])))
        weights = np.ascontiguousarray(np.stack([weights for weights, _ in machines], axis=1), dtype=np.float32)
        return weights, np.array([intercept for _, intercept in machines], dtype=np.float32)

    def confidences(self, features: Rows) -> NDArray[np.float64]:
        """(messages, labels), each from 0 to 1 on its own."""
        return self._confidences(features.times(self._weights) + self._intercepts)

    def _confidences(self, margins: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray(expit(margins * self._slopes[:, 0] + self._slopes[:, 1]))

    def learnt(self) -> Dict[str, NDArray[Any]]:
        """What was learnt, as plain arrays; the weights in 16 bits."""
        return {"weights": self._weights.astype(np.float16), "intercepts": self._intercepts, "slopes": self._slopes}

    def take_over(self, learnt: Mapping[str, NDArray[Any]]) -> None:
        """Knows what was learnt before."""
        self._weights = np.ascontiguousarray(learnt["weights"], dtype=np.float32)
        self._intercepts, self._slopes = learnt["intercepts"], learnt["slopes"]


def _platt(margins: NDArray[np.float64], wanted: NDArray[np.bool_]) -> Tuple[float, float]:
    if wanted.sum() < _FEWEST or wanted.all():
        return _NEVER
    fitted = LogisticRegression(C=10.0).fit(margins[:, np.newaxis], wanted)
    return float(fitted.coef_[0, 0]), float(fitted.intercept_[0])
