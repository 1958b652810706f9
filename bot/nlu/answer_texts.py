"""How like a question is to each answer as a whole: to the middle of its ways of asking, and to what it says."""

from __future__ import annotations

from typing import Any, Dict, List, Mapping, Tuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from bot.nlu.rows import Row, Terms

_TINY = 1e-9
_NONE = -1


class _Words:
    """What each answer has of every character sequence, sequence by sequence, to be summed over those of a question."""

    def __init__(
        self, ends: NDArray[np.int64], answers: NDArray[np.int32], values: NDArray[np.float32], n: int
    ) -> None:
        self._ends, self._answers, self._values, self._count = ends, answers, values, n

    @classmethod
    def of(cls, matrix: csr_matrix) -> "_Words":
        """Those of a matrix (answers, sequences), each row of which is made of length 1."""
        lengths = np.sqrt(np.asarray(matrix.multiply(matrix).sum(axis=1))).ravel()
        by_column = csr_matrix(matrix.multiply(1 / np.maximum(lengths, _TINY)[:, None])).tocsc()
        values = by_column.data.astype(np.float32)
        return cls(by_column.indptr.astype(np.int64), by_column.indices.astype(np.int32), values, matrix.shape[0])

    def likeness(self, row: Row) -> NDArray[np.float32]:
        """(answers): the cosine with a question, whose row is of length 1."""
        found = np.zeros(self._count, dtype=np.float32)
        for column, value in zip(row.columns.tolist(), row.values.tolist(), strict=True):
            first, end = self._ends[column], self._ends[column + 1]
            found[self._answers[first:end]] += np.float32(value) * self._values[first:end]
        return found

    def learnt(self, name: str) -> Dict[str, NDArray[Any]]:
        """As plain arrays, under names that begin so."""
        return {
            f"{name}_ends": self._ends,
            f"{name}_answers": self._answers,
            f"{name}_values": self._values,
            f"{name}_count": np.array([self._count]),
        }

    @classmethod
    def kept(cls, name: str, learnt: Mapping[str, NDArray[Any]]) -> "_Words":
        """What was learnt before."""
        count = int(learnt[f"{name}_count"][0])
        return cls(learnt[f"{name}_ends"], learnt[f"{name}_answers"], learnt[f"{name}_values"], count)


class AnswerTexts:
    """The answers as wholes: the middle of their ways of asking and what they say, in meaning and in characters.

    The likest way of asking alone finds the answer to 0.23 of ways that were left out; with these beside it is found
    for 0.37 (1,500 answers, 17,300 ways, 2026-12-01).
    """

    kinds = ("middle", "said", "words_of_middle", "words_said")

    def __init__(self) -> None:
        self._meaning: List[NDArray[np.float32]] = []
        self._words: List[_Words] = []

    def fit(
        self,
        answer_of: NDArray[np.int64],
        ways: Tuple[NDArray[np.float32], Terms],
        texts: Tuple[NDArray[np.float32], Terms],
    ) -> None:
        """Knows the answers from their ways of asking and from their texts, each in meaning and in characters.

        `answer_of` has the number of the answer of each way, -1 for none; the texts are in the order of these numbers.
        """
        members = _members(answer_of, len(texts[0]))
        self._meaning = [_of_length_1(np.asarray(members @ ways[0], dtype=np.float32)), _of_length_1(texts[0])]
        self._words = [_Words.of(csr_matrix(members @ ways[1].matrix())), _Words.of(texts[1].matrix())]

    def of(self, meaning: NDArray[np.float32], row: Row) -> NDArray[np.float32]:
        """(4, answers): how like a question is to each answer, by each of the `kinds`."""
        return np.vstack(
            [*(vectors @ meaning for vectors in self._meaning), *(words.likeness(row) for words in self._words)]
        )

    def learnt(self) -> Dict[str, NDArray[Any]]:
        """What is known, as plain arrays."""
        names = self.kinds[:2]
        of_meaning = {name: vectors.astype(np.float16) for name, vectors in zip(names, self._meaning, strict=True)}
        of_words = [words.learnt(name) for name, words in zip(self.kinds[2:], self._words, strict=True)]
        return {**of_meaning, **of_words[0], **of_words[1]}

    def take_over(self, learnt: Mapping[str, NDArray[Any]]) -> None:
        """Knows what was learnt before."""
        self._meaning = [np.ascontiguousarray(learnt[name], dtype=np.float32) for name in self.kinds[:2]]
        self._words = [_Words.kept(name, learnt) for name in self.kinds[2:]]


class WithoutItself:
    """For learning: how like each way is to the answers, the middle of its own being made without it."""

    def __init__(
        self,
        answer_of: NDArray[np.int64],
        ways: Tuple[NDArray[np.float32], Terms],
        texts: Tuple[NDArray[np.float32], Terms],
    ) -> None:
        members = _members(answer_of, len(texts[0]))
        self._answer_of = answer_of
        self._vectors, self._terms = ways[0], ways[1].matrix()
        self._sums = np.asarray(members @ self._vectors, dtype=np.float32)
        self._term_sums = csr_matrix(members @ self._terms)
        self._texts = _of_length_1(texts[0])
        text_terms = texts[1].matrix()
        self._text_terms = csr_matrix(text_terms.multiply(1 / np.maximum(_lengths(text_terms), _TINY)[:, None]))
        self._squares = (np.square(self._sums).sum(axis=1), np.square(_lengths(self._term_sums)))

    def of(self, at: NDArray[np.int64]) -> NDArray[np.float32]:
        """(ways, 4, answers), of the ways at these places."""
        vectors, terms = self._vectors[at], self._terms[at]
        middle = self._of_middles(at, vectors @ self._sums.T, self._squares[0])
        middle_words = self._of_middles(at, (terms @ self._term_sums.T).toarray(), self._squares[1])
        text_words = (terms @ self._text_terms.T).toarray()
        return np.stack([middle, vectors @ self._texts.T, middle_words, text_words], axis=1).astype(np.float32)

    def _of_middles(
        self, at: NDArray[np.int64], products: NDArray[np.float32], squares: NDArray[np.float64]
    ) -> NDArray[np.float32]:
        """The cosines with the middles, from the products with the sums: a way counts nothing in its own."""
        products = np.asarray(products, dtype=np.float64)
        lengths = np.tile(np.sqrt(squares), (len(at), 1))
        own = self._answer_of[at]
        of_one = np.flatnonzero(own != _NONE)
        with_itself = products[of_one, own[of_one]]
        lengths[of_one, own[of_one]] = np.sqrt(np.maximum(squares[own[of_one]] - 2 * with_itself + 1, 0))
        products[of_one, own[of_one]] = with_itself - 1
        return np.asarray(products / np.maximum(lengths, _TINY), dtype=np.float32)


def _members(answer_of: NDArray[np.int64], count: int) -> csr_matrix:
    """(answers, ways): 1 where a way asks for an answer."""
    at = np.flatnonzero(answer_of != _NONE)
    return csr_matrix((np.ones(len(at), dtype=np.float32), (answer_of[at], at)), shape=(count, len(answer_of)))


def _lengths(matrix: csr_matrix) -> NDArray[np.float64]:
    return np.sqrt(np.asarray(matrix.multiply(matrix).sum(axis=1), dtype=np.float64)).ravel()


def _of_length_1(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    lengths = np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), _TINY)
    return np.asarray(vectors / lengths, dtype=np.float32)
