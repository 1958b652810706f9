"""An answer is trusted where a question is like its ways of asking and like no others, not for mere likeness."""

from __future__ import annotations

from typing import Dict, List

import numpy as np
import pytest
from numpy.typing import NDArray

from bot.nlu.answer_trust import AnswerTrust, Way

# Meaning in three directions: money, time, anything else.
MONEY, TIME, ELSE = np.eye(3, dtype=np.float32)


def near(direction: NDArray[np.float32], step: int) -> NDArray[np.float32]:
    """Another way of saying it: a little off, in another direction each time."""
    off = direction + 0.05 * np.roll(direction, 1 + step % 2) * (1 + step % 5)
    return np.asarray(off / np.linalg.norm(off), dtype=np.float32)


MANY = 40
WAYS: List[Way] = [
    *(Way(f"料金はいくらですか{n}", "desk", "cost", "cost") for n in range(MANY)),
    *(Way(f"何日かかりますか{n}", "desk", "duration", "duration") for n in range(MANY)),
    *(Way(f"税金の届けはどうする{n}", "tax") for n in range(MANY)),
]
TEXTS = ["料金は無料です", "一週間ほどかかります"]
VECTORS = np.vstack([near(direction, n) for direction in (MONEY, TIME, ELSE) for n in range(MANY)])


@pytest.fixture(scope="module")
def trust() -> AnswerTrust:
    learnt = AnswerTrust(WAYS)
    learnt.fit(VECTORS, TEXTS, np.vstack([MONEY, TIME]))
    return learnt


def of(trust: AnswerTrust, text: str, meaning: NDArray[np.float32]) -> Dict[str, float]:
    return trust.of(text, meaning, VECTORS @ meaning)


def test_the_answer_that_is_asked_for_is_trusted_most(trust: AnswerTrust) -> None:
    found = of(trust, "料金はいくらですか", near(MONEY, 1))
    assert next(iter(found)) == "cost"
    assert found["cost"] > 0.5


def test_a_question_that_has_no_answer_trusts_none(trust: AnswerTrust) -> None:
    assert max(of(trust, "税金の届けはどうする", near(ELSE, 1)).values()) < 0.5


def test_what_was_learnt_is_the_same_after_it_was_kept(trust: AnswerTrust) -> None:
    again = AnswerTrust(WAYS)
    again.take_over(trust.learnt())
    asked = ("何日かかりますか", near(TIME, 2))
    assert of(again, *asked) == of(trust, *asked)


def test_a_question_in_characters_that_nobody_used_is_weighed_all_the_same(trust: AnswerTrust) -> None:
    assert all(0 <= sure <= 1 for sure in of(trust, "ＺＺＺ", near(MONEY, 3)).values())
