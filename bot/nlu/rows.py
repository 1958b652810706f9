"""Rows of features, hardly any of which are not 0: as a matrix to learn from, or at once times weights."""

from __future__ import annotations

from typing import List, NamedTuple, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack

_FEW = 10
_AT_ONCE = 2**18  # numbers: what stays in a core's own memory


class Row(NamedTuple):
    """The columns of one message that are not 0, and what stands in them."""

    columns: NDArray[np.int64]
    values: NDArray[np.float64]


class Terms(NamedTuple):
    """A row a message over the terms that are known, `width` of them."""

    rows: Sequence[Row]
    width: int

    def matrix(self) -> csr_matrix:
        """(messages, terms)."""
        ends = np.cumsum([0, *(len(row.columns) for row in self.rows)])
        columns = np.concatenate([row.columns for row in self.rows]) if self.rows else np.zeros(0, dtype=np.int64)
        values = np.concatenate([row.values for row in self.rows]) if self.rows else np.zeros(0)
        return csr_matrix((values, columns, ends), shape=(len(self.rows), self.width))


class Rows:
    """Features of some messages: terms side by side, each kind with its weight, and other columns behind them.

    SciPy's matrices check and copy themselves at each step, which costs a single message far more than the arithmetic:
    1.8 ms for the margins of all moves, 0.08 ms here (2 slow cores, 2026-11-29).
    """

    def __init__(self, terms: Sequence[Terms], weights: Sequence[float], dense: NDArray[np.float32]) -> None:
        """`dense` has the shape (messages, columns); its columns stand behind those of the terms."""
        self._terms = terms
        self._weights = weights
        self._dense = dense

    def matrix(self) -> csr_matrix:
        """(messages, features)."""
        weighted = [weight * terms.matrix() for weight, terms in zip(self._weights, self._terms, strict=True)]
        return hstack([*weighted, csr_matrix(self._dense)]).tocsr()

    def times(self, weights: NDArray[np.float32]) -> NDArray[np.float32]:
        """(messages, labels), for weights of the shape (features, labels)."""
        first = sum(terms.width for terms in self._terms)
        last = first + self._dense.shape[1]
        margins: NDArray[np.float32] = np.asarray(self._dense, dtype=np.float32) @ weights[first:last]
        for message, margin in enumerate(margins if self._terms else ()):
            row = self._row(message)
            margin += row.values.astype(np.float32) @ weights.take(row.columns, axis=0)
        return margins

    def _row(self, message: int) -> Row:
        """All terms of a message, at their places among the features."""
        columns: List[NDArray[np.int64]] = []
        values: List[NDArray[np.float64]] = []
        first = 0
        for weight, (rows, width) in zip(self._weights, self._terms, strict=True):
            columns.append(rows[message].columns + first)
            values.append(weight * rows[message].values)
            first += width
        return Row(np.concatenate(columns), np.concatenate(values))


def products(rows: NDArray[np.float32], known: NDArray[np.float32]) -> NDArray[np.float32]:
    """(rows, known): the product of each row with each that is known.

    A few are multiplied one by one with a part of what is known at a time, so that memory is read once. For several at
    once BLAS would copy it first (7,520 of 512 columns with three rows: 2.2 ms for 4.7 ms, 2 slow cores, 2026-11-29).
    """
    if len(rows) > _FEW:
        return np.asarray(rows @ known.T)
    found = np.empty((len(rows), len(known)), dtype=np.float32)
    step = max(1, _AT_ONCE // max(1, known.shape[1]))
    for first in range(0, len(known), step):
        for row, products_of_row in zip(rows, found, strict=True):
            np.dot(known[first : first + step], row, out=products_of_row[first : first + step])
    return found
