"""Thousands of sentences that a message is compared with, quickly enough for every clause of it."""

from __future__ import annotations

from typing import Any, Dict, Mapping

import numpy as np
from numpy.typing import NDArray

from bot.nlu.rows import products

_AXES = 128  # of the 512 dimensions: those in which the sentences that are known differ most
_COMPARED = 1024  # sentences, of which 80 or so are ever asked for; on 128 axes 1 of 2,000 of these is not among them


class KnownSentences:
    """Many sentences, to be compared with a message: on few axes at first, and what is likest there in all.

    All dimensions of 20,000 sentences are 42 MB to be read for each clause:
    1.4 ms, and 0.3 ms so (2 cores, 2026-11-30).
    """

    def __init__(self) -> None:
        self._vectors: NDArray[np.float32] = np.zeros((0, 0), dtype=np.float32)
        self._axes: NDArray[np.float32] = np.zeros((0, 0), dtype=np.float32)
        self._on_axes: NDArray[np.float32] = np.zeros((0, 0), dtype=np.float32)

    def fit(self, vectors: NDArray[np.float32]) -> None:
        """Keeps the sentences, of which each is a row of length 1."""
        _, axes = np.linalg.eigh(vectors.T @ vectors)  # the axis along which they differ most comes last
        self._take(vectors, axes[:, -_AXES:])

    def _take(self, vectors: NDArray[np.float32], axes: NDArray[np.float32]) -> None:
        self._vectors = np.ascontiguousarray(vectors, dtype=np.float32)
        self._axes = np.ascontiguousarray(axes, dtype=np.float32)
        self._on_axes = self._vectors @ self._axes

    def likeness(self, parts: NDArray[np.float32]) -> NDArray[np.float32]:
        """(parts, sentences): the cosine of each with each part, of length 1; of those that are far off, nearly so."""
        nearly = products(parts @ self._axes, self._on_axes)
        count = min(_COMPARED, nearly.shape[1])
        for part, of_part in zip(parts, nearly, strict=True):
            likest = np.argpartition(of_part, -count)[-count:]
            of_part[likest] = self._vectors.take(likest, axis=0) @ part
        return nearly

    def learnt(self) -> Dict[str, NDArray[Any]]:
        """What is known, as plain arrays; the sentences in 16 bits."""
        return {"vectors": self._vectors.astype(np.float16), "axes": self._axes}

    def take_over(self, learnt: Mapping[str, NDArray[Any]]) -> None:
        """Knows what was learnt before."""
        self._take(learnt["vectors"], learnt["axes"])
