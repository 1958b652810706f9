"""A linear machine over features that have names: what the finders of facts learn with."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Dict, Iterable, List, Sequence

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction import DictVectorizer
from sklearn.svm import LinearSVC

_FEWEST = 2  # examples that have a feature, for it to be known
_RANDOM_STATE, _TOLERANCE = 42, 0.05


class NamedFeatureMachine:
    """Margins of kinds over the names of what is seen of an example; of several kinds one against the rest."""

    def __init__(self, names: Sequence[str], weights: NDArray[Any], intercepts: NDArray[Any]) -> None:
        """`weights` have the shape (names, kinds), `intercepts` (kinds,)."""
        self._columns = {name: column for column, name in enumerate(names)}
        self._weights: NDArray[np.float32] = np.ascontiguousarray(weights, dtype=np.float32)
        self._intercepts: NDArray[np.float32] = np.asarray(intercepts, dtype=np.float32)

    @classmethod
    def trained(
        cls,
        seen: Iterable[Sequence[str]],
        told: Sequence[str],
        kinds: Sequence[str],
        C: float,  # noqa: N803 (scikit-learn's name)
    ) -> NamedFeatureMachine:
        """Learned from examples, each by what is seen of it and the kind that it is; `kinds` are those to be told.

        C: how closely the data is followed.
        """
        vectorizer = DictVectorizer(dtype=np.float32)
        matrix = vectorizer.fit_transform([dict.fromkeys(names, 1.0) for names in seen])
        known = np.flatnonzero(matrix.getnnz(axis=0) >= _FEWEST)
        names: List[str] = vectorizer.get_feature_names_out()[known].tolist()
        columns, intercepts = [], []
        machine = LinearSVC(C=C, tol=_TOLERANCE, random_state=_RANDOM_STATE)
        for kind in kinds:
            machine.fit(matrix[:, known], [one == kind for one in told])
            columns.append(machine.coef_[0])
            intercepts.append(machine.intercept_[0])
        return cls(names, np.stack(columns, axis=1), np.array(intercepts))

    def margins(self, seen: Iterable[str]) -> NDArray[np.float32]:
        """How far an example lies on the side of each kind, shape (kinds,)."""
        columns = [self._columns[name] for name in dict.fromkeys(seen) if name in self._columns]
        margins: NDArray[np.float32] = self._weights[columns].sum(axis=0) + self._intercepts
        return margins

    def write(self, path: Path) -> None:
        """Writes what was learned."""
        np.savez(path, names=np.array(list(self._columns)), weights=self._weights, intercepts=self._intercepts)

    @classmethod
    def read(cls, path: Path) -> NamedFeatureMachine:
        """What `write` wrote."""
        with np.load(path, allow_pickle=False) as kept:
            content: Dict[str, Any] = {name: kept[name] for name in kept.files}
        return cls(content["names"].tolist(), content["weights"], content["intercepts"])
