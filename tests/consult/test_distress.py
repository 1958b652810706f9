"""Distress is heard in any sentence; weariness with questions is not taken for it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.consult.acts import DISTRESS, Thresholds
from bot.consult.consultation import Consultation
from bot.consult.distress import OF_DYING
from bot.consult.heard import Heard
from bot.consult.reading import read
from bot.knowledge import Knowledge

THRESHOLDS = Thresholds(
    sure=0.6, pair=0.6, sub_issue=0.8, other=0.5, change=0.9, explicit=0.97, distress=0.4, dying=0.05, weary=0.8
)
ROWS = [
    json.loads(line)
    for name in ("distress.jsonl", "intents.jsonl", "sub_issues.jsonl", "several.jsonl")
    for line in (Path(__file__).resolve().parents[2] / "data" / "evaluation" / name).read_text("utf-8").splitlines()
]


def act(knowledge: Knowledge, text: str, distress: float, **state: object) -> str:
    heard = Heard(text, (("資金繰り", 1 - distress), ("distress", distress)))
    return read(knowledge, Consultation(**state), heard, THRESHOLDS).act  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "text", ["返せなくて、もう死ぬしかないのかな", "借入が苦しい。死にたい", "手形が落ちない、首を吊るしかない"]
)
def test_words_of_dying_are_heard_in_a_sentence_about_money(knowledge: Knowledge, text: str) -> None:
    assert act(knowledge, text, 0.1) == DISTRESS


@pytest.mark.parametrize("question", ["triage", "sub_issue", "prefecture", "issue", "anything_else"])
def test_weariness_with_a_question_is_not_distress(knowledge: Knowledge, question: str) -> None:
    state = {"issue": "人材確保", "question": question, "symptom": "change" if question == "triage" else None}
    assert act(knowledge, "疲れました、もういいです", 0.6, **state) != DISTRESS


@pytest.mark.parametrize(
    ("text", "distress", "question"),
    [
        ("疲れました、もういいです", 0.6, None),
        ("疲れました、もういいです", 0.85, "prefecture"),
        ("もう疲れた、消えたい", 0.6, "prefecture"),
        ("もういい。死にたい", 0.2, "prefecture"),
    ],
    ids=["nothing was asked", "very sure", "a grave word", "words of dying"],
)
def test_weariness_is_distress_where_it_may_be(
    knowledge: Knowledge, text: str, distress: float, question: "str | None"
) -> None:
    assert act(knowledge, text, distress, issue="人材確保", question=question) == DISTRESS


def test_after_distress_weariness_is_heard_as_distress_again(knowledge: Knowledge) -> None:
    assert act(knowledge, "もう疲れた", 0.5, question="prefecture", comforted=True) == DISTRESS


def test_no_row_about_anything_else_has_words_of_dying() -> None:
    others = [row["text"] for row in ROWS if row["intent"] != "distress"]
    assert [text for text in others if OF_DYING.search(text)] == []
