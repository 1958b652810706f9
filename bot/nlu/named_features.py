"""A linear machine over features that have names: what the finders of facts learn with."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Dict, Iterable, List, Sequence, Tuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.svm import LinearSVC

_FEWEST = 2  # examples that have a feature, for it to be known
_RANDOM_STATE, _TOLERANCE = 42, 0.05
_HELD_OUT = 3  # every third group
_FEWEST_TO_CALIBRATE = 5
_UNCALIBRATED = (4.0, 0.0)  # slope and intercept


class NamedFeatureMachine:
    """Margins of kinds over the names of what is seen of an example; of several kinds one against the rest.

    Margins become confidences by Platt's method (1999), on a third of the groups that a machine had not seen.
    """

    def __init__(
        self, names: Sequence[str], weights: NDArray[Any], intercepts: NDArray[Any], slopes: NDArray[Any]
    ) -> None:
        """`weights` have the shape (names, kinds), `intercepts` (kinds,), `slopes` (kinds, slope and intercept)."""
        self._columns = {name: column for column, name in enumerate(names)}
        self._weights: NDArray[np.float32] = np.ascontiguousarray(weights, dtype=np.float32)
        self._intercepts: NDArray[np.float32] = np.asarray(intercepts, dtype=np.float32)
        self._slopes = slopes

    @classmethod
    def trained(
        cls,
        seen: Iterable[Sequence[str]],
        told: Sequence[str],
        kinds: Sequence[str],
        groups: Sequence[str],
        C: float,  # noqa: N803 (scikit-learn's name)
    ) -> NamedFeatureMachine:
        """Learned from examples, each by what is seen of it, the kind that it is and its group.

        `kinds` are those to be told. C: how closely the data is followed.
        """
        vectorizer = DictVectorizer(dtype=np.float32)
        matrix = vectorizer.fit_transform([dict.fromkeys(names, 1.0) for names in seen])
        known = np.flatnonzero(matrix.getnnz(axis=0) >= _FEWEST)
        names: List[str] = vectorizer.get_feature_names_out()[known].tolist()
        left_out = set(sorted(set(groups))[::_HELD_OUT])
        held_out = np.array([group in left_out for group in groups])
        matrix = matrix[:, known]
        columns, intercepts, slopes = [], [], []
        machine = LinearSVC(C=C, tol=_TOLERANCE, random_state=_RANDOM_STATE)
        for kind in kinds:
            wanted = np.array([one == kind for one in told])
            slopes.append(_slope_of(machine, matrix, wanted, held_out))
            machine.fit(matrix, wanted)
            columns.append(machine.coef_[0])
            intercepts.append(machine.intercept_[0])
        return cls(names, np.stack(columns, axis=1), np.array(intercepts), np.array(slopes))

    def margins(self, seen: Iterable[str]) -> NDArray[np.float32]:
        """How far an example lies on the side of each kind, shape (kinds,)."""
        columns = [self._columns[name] for name in dict.fromkeys(seen) if name in self._columns]
        margins: NDArray[np.float32] = self._weights[columns].sum(axis=0) + self._intercepts
        return margins

    def confidence(self, kind: int, margin: float) -> float:
        """How sure an example with this margin is of the kind with this number, from 0 to 1."""
        slope, intercept = self._slopes[kind]
        return float(expit(slope * margin + intercept))

    def write(self, path: Path) -> None:
        """Writes what was learned."""
        arrays = {"weights": self._weights, "intercepts": self._intercepts, "slopes": self._slopes}
        np.savez(path, names=np.array(list(self._columns)), **arrays)

    @classmethod
    def read(cls, path: Path) -> NamedFeatureMachine:
        """What `write` wrote."""
        with np.load(path, allow_pickle=False) as kept:
            content: Dict[str, Any] = {name: kept[name] for name in kept.files}
        return cls(content["names"].tolist(), content["weights"], content["intercepts"], content["slopes"])


def _slope_of(
    machine: LinearSVC, matrix: Any, wanted: NDArray[np.bool_], held_out: NDArray[np.bool_]
) -> Tuple[float, float]:
    """Slope and intercept that make a confidence of the margin of an example whose group the machine had not seen."""
    if min(wanted[held_out].sum(), wanted[~held_out].sum()) < _FEWEST_TO_CALIBRATE or wanted.all():
        return _UNCALIBRATED
    margins = machine.fit(matrix[~held_out], wanted[~held_out]).decision_function(matrix[held_out])
    fitted = LogisticRegression(C=10.0).fit(margins[:, np.newaxis], wanted[held_out])
    return float(fitted.coef_[0, 0]), float(fitted.intercept_[0])
