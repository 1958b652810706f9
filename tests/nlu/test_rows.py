"""Rows times weights are what SciPy's matrix gives, and products what NumPy's gives, for one message and for many."""

from __future__ import annotations

import numpy as np
import pytest

from bot.nlu.rows import Rows, products
from bot.nlu.term_weights import TermWeights

TEXTS = ["店 を 開く", "店 を 畳む", "店 店 店 借入", "知らない", ""]
LABELS = 7


def rows_of(*texts: str) -> Rows:
    terms = []
    for fewest in (1, 2):
        known = TermWeights(fewest)
        known.fit([text.split() for text in TEXTS[:3]])
        terms.append(known.of([text.split() for text in texts]))
    dense = np.random.default_rng(1).standard_normal((len(texts), 5)).astype(np.float32)
    return Rows(terms, [1.0, 0.4], dense)


@pytest.mark.parametrize("texts", [TEXTS, TEXTS[:1], TEXTS[3:4], []])
def test_rows_times_weights_are_what_the_matrix_gives(texts: "list[str]") -> None:
    rows = rows_of(*texts)
    weights = np.random.default_rng(2).standard_normal((rows_of(*TEXTS).matrix().shape[1], LABELS)).astype(np.float32)
    assert np.allclose(rows.times(weights), (rows.matrix() @ weights) if texts else np.zeros((0, LABELS)), atol=1e-6)


def test_rows_without_terms_are_their_dense_columns() -> None:
    dense = np.eye(3, dtype=np.float32)
    assert (Rows([], [], dense).times(dense) == dense).all()


@pytest.mark.parametrize("count", [0, 1, 3, 40])
@pytest.mark.parametrize("known", [1, 5000])
def test_products_are_what_the_matrix_gives(count: int, known: int) -> None:
    random = np.random.default_rng(3)
    rows = random.standard_normal((count, 256)).astype(np.float32)
    others = random.standard_normal((known, 256)).astype(np.float32)
    assert np.allclose(products(rows, others), rows @ others.T, atol=1e-4)
