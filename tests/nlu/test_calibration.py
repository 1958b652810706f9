"""Confidences of moves and facts say how often strange voices are understood: they are made on groups left out."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from bot.nlu.multi_label_classifier import MultiLabelClassifier
from bot.nlu.named_features import NamedFeatureMachine
from bot.nlu.rows import Rows

MESSAGES, WORDS, SAID, SHARE_RIGHT, NEAR = 600, 400, 12, 0.8, 0.12
VOICES = [f"v{number % 30}" for number in range(MESSAGES)]


def drawn(seed: int) -> "tuple[NDArray[Any], NDArray[np.bool_]]":
    """A sign that is right in eight of ten, among words that mean nothing and can be learnt by heart."""
    random = np.random.RandomState(seed)
    told = random.rand(MESSAGES) < 0.5
    rows = np.zeros((MESSAGES, WORDS + 1))
    for row in rows:
        row[random.choice(WORDS, SAID, replace=False)] = 1
    rows[:, WORDS] = np.where(random.rand(MESSAGES) < SHARE_RIGHT, told, ~told)
    return rows, told


def gap(confidences: NDArray[np.float64], told: NDArray[np.bool_]) -> float:
    """How far the mean confidence of what is named lies from the share of it that is right."""
    named = confidences >= 0.5
    return abs(float(confidences[named].mean() - told[named].mean()))


def test_a_fact_is_as_sure_as_it_is_right() -> None:
    (rows, told), (strange, right) = drawn(1), drawn(2)
    names = [[f"word {word}" for word in np.flatnonzero(row)] for row in rows]
    kinds = ["own" if one else "others" for one in told]
    machine = NamedFeatureMachine.trained(names, kinds, ("own",), VOICES, 1.0)
    margins = [machine.margins([f"word {word}" for word in np.flatnonzero(row)])[0] for row in strange]
    assert gap(np.array([machine.confidence(0, float(margin)) for margin in margins]), right) < NEAR


def test_a_move_is_as_sure_as_it_is_right() -> None:
    (rows, told), (strange, right) = drawn(1), drawn(2)
    classifier = MultiLabelClassifier(1.0)
    nothing, teaches_nothing = csr_matrix((0, WORDS + 1)), np.zeros((0, 1), dtype=np.int8)
    classifier.fit(csr_matrix(rows), told[:, np.newaxis], VOICES, nothing, teaches_nothing)
    assert gap(classifier.confidences(Rows([], [], strange))[:, 0], right) < NEAR
