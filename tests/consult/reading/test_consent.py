"""A sheet is made after a plain yes, and after nothing else."""

from __future__ import annotations

from typing import Optional

import pytest

from bot.consult.moves import Pick
from bot.consult.state import Question
from tests.consult.conftest import Hears, a_consultation, a_road, understood

ROAD = a_road("資金繰り", "lending")
ASKED = a_consultation(issue="資金繰り", sub_issue="lending", shown=(ROAD,), question="sheet")


def answer(hears: Hears, text: str, intent: str, confidence: float = 0.9) -> Optional[str]:
    """The answer to the question for a sheet that a message picks."""
    pick = hears(ASKED, understood(text, (intent, confidence))).first(Pick)
    return pick.option.answer if pick is not None and pick.option.question is Question.SHEET else None


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("はい", "affirm"),
        ("ええ、それでいいです", "affirm"),
        ("それならお願いします", "affirm"),
        ("相談シートを作ってください", "ask_sheet"),
        ("作ります", "affirm"),
        ("1", "affirm"),
        ("１", "affirm"),
    ],
)
def test_a_plain_yes_is_consent(hears: Hears, text: str, intent: str) -> None:
    assert answer(hears, text, intent) == "make"


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("はい、でも誰が見るんですか", "affirm"),
        ("いいですけど、まだ迷っています", "affirm"),
        ("相談シートって何ですか", "ask_sheet"),
        ("相談シートは何日残りますか", "ask_sheet"),
        ("そうですかね", "affirm"),
        ("ありがとう", "thank"),
        ("なぜ聞くの", "ask_why"),
        ("あとで決めます", "affirm"),
    ],
)
def test_asking_back_or_hesitating_is_no_consent(hears: Hears, text: str, intent: str) -> None:
    assert answer(hears, text, intent) != "make"


@pytest.mark.parametrize("confidence", [0.1, 0.3, 0.59])
def test_a_message_not_understood_is_no_consent(hears: Hears, confidence: float) -> None:
    assert answer(hears, "ふむふむ", "affirm", confidence) is None


@pytest.mark.parametrize(
    ("text", "intent"),
    [("いらん", "deny"), ("相談シートは作らなくていいです", "ask_sheet"), ("パス", "skip"), ("やめておきます", "deny")],
)
def test_a_no_is_a_no(hears: Hears, text: str, intent: str) -> None:
    assert answer(hears, text, intent) == "skip"


def test_to_have_something_else_made_is_no_consent(hears: Hears) -> None:
    heard = hears(ASKED, understood("事業計画書を作ってください", ("創業", 0.9)))
    assert heard.leading is not None
    assert heard.leading.issue == "創業"
