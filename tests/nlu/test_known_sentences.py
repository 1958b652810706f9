"""What is far off may be compared roughly; what is near has its exact likeness."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from bot.nlu.known_sentences import KnownSentences


def _of_length_1(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), dtype=np.float32)


@pytest.fixture(scope="module")
def sentences() -> NDArray[np.float32]:
    """3,000 sentences that, like real ones, differ more along some dimensions than along others."""
    chance = np.random.default_rng(1)
    return _of_length_1((chance.standard_normal((3000, 512)) * np.linspace(3, 0.1, 512)).astype(np.float32))


@pytest.fixture(scope="module")
def known(sentences: NDArray[np.float32]) -> KnownSentences:
    learnt = KnownSentences()
    learnt.fit(sentences)
    return learnt


def test_the_likest_sentences_have_their_cosine(known: KnownSentences, sentences: NDArray[np.float32]) -> None:
    parts = _of_length_1(sentences[:2] + 0.01)
    exact = parts @ sentences.T
    found = known.likeness(parts)
    likest = np.argsort(-exact, axis=1)[:, :20]
    assert np.allclose(np.take_along_axis(found, likest, 1), np.take_along_axis(exact, likest, 1), atol=1e-5)


def test_what_was_learnt_compares_alike_when_it_is_taken_over(
    known: KnownSentences, sentences: NDArray[np.float32]
) -> None:
    again = KnownSentences()
    again.take_over(known.learnt())
    assert np.allclose(again.likeness(sentences[5:6]), known.likeness(sentences[5:6]), atol=2e-3)


def test_a_handful_of_sentences_is_compared_in_all_dimensions(sentences: NDArray[np.float32]) -> None:
    few = KnownSentences()
    few.fit(sentences[:7])
    assert np.allclose(few.likeness(sentences[:1]), sentences[:1] @ sentences[:7].T, atol=1e-5)
