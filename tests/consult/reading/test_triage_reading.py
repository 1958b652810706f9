"""Answers to the triage in the owner's own words, in one word, or in none."""

from __future__ import annotations

from typing import Any, Dict, Optional

import pytest

from bot.consult.heard import Heard
from bot.consult.moves import NotProblem, OffTopic, Pick, Tells, Yes
from bot.consult.state import UNCLEAR, Consultation, Question
from bot.knowledge import AnswerId
from tests.consult.conftest import Hears, a_consultation, understood


def asked(symptom: str, **more: Any) -> Consultation:
    return a_consultation(issue=UNCLEAR, question="triage", symptom=symptom, **more)


def likeness(**told: Dict[str, float]) -> Dict[AnswerId, float]:
    return {AnswerId(symptom, answer): like for symptom, answers in told.items() for answer, like in answers.items()}


def answer_in(heard: Heard) -> Optional[str]:
    """The answer of the triage that a message picks."""
    pick = heard.first(Pick)
    assert pick is None or pick.option.question is Question.TRIAGE
    return f"{pick.option.symptom}/{pick.option.answer}" if pick else None


@pytest.mark.parametrize(
    ("symptom", "intent", "answer"),
    [
        ("paid_on_time", "affirm", "paid_on_time/usually"),
        ("paid_on_time", "deny", "paid_on_time/late"),
        ("buyer_words", "deny", "buyer_words/nothing"),
        ("computer", "deny", "computer/cannot"),
    ],
)
def test_a_bare_yes_or_no_is_the_answer_that_it_means(hears: Hears, symptom: str, intent: str, answer: str) -> None:
    word = {"affirm": "ええ、そう", "deny": "いやいや"}[intent]
    assert answer_in(hears(asked(symptom), understood(word, (intent, 0.95)))) == answer


def test_a_yes_that_answers_nothing_is_no_more_than_a_yes(hears: Hears) -> None:
    assert hears(asked("first_relief"), understood("うん", ("affirm", 1.0))).moves == (Yes(),)


def test_words_that_mean_an_answer_count_as_that_answer(hears: Hears) -> None:
    alike = likeness(change={"fewer": 0.8, "left": 0.5})
    assert (
        answer_in(hears(asked("change"), understood("客が減った", ("販路開拓", 0.7), symptoms=alike))) == "change/fewer"
    )


def test_words_that_mean_an_answer_to_another_question_are_not_lost(hears: Hears) -> None:
    message = understood("書類や手作業", ("IT活用", 0.7), symptoms=likeness(time_spent={"typing": 0.95}))
    assert answer_in(hears(asked("first_relief"), message)) == "time_spent/typing"


@pytest.mark.parametrize(
    ("text", "alike"),
    [
        ("客は減っていない", {"fewer": 0.8}),
        ("客も人も減った", {"fewer": 0.7, "left": 0.68}),
        ("まあいろいろ", {"fewer": 0.5}),
    ],
    ids=["a no in it", "two answers as close", "not close"],
)
def test_words_that_might_mean_the_contrary_or_two_things_are_evidence_only(
    hears: Hears, text: str, alike: Dict[str, float]
) -> None:
    heard = hears(asked("change"), understood(text, ("販路開拓", 0.5), symptoms=likeness(change=alike)))
    assert heard.moves == (Tells(),)
    assert heard.leans


def test_an_undo_takes_the_last_answer_back(hears: Hears) -> None:
    there = asked("first_relief", told=("change/age",), symptoms_asked=("change",))
    assert hears(there, understood("さっきのは間違い", ("correct", 0.95))).moves == (NotProblem(),)


def test_before_any_answer_an_undo_is_an_answer_that_is_not_known(hears: Hears) -> None:
    pick = hears(asked("first_relief"), understood("さっきのは間違い", ("correct", 0.95))).first(Pick)
    assert pick is not None
    assert pick.option.is_(Question.TRIAGE, "unknown")


def test_abuse_is_not_evidence(hears: Hears) -> None:
    message = understood("役立たず", ("out_of_scope", 0.95), sub_issues={"out_of_scope": ("abuse", 0.9)})
    heard = hears(asked("change"), message)
    assert heard.moves == (OffTopic(abuse=True),)
    assert not heard.leans


@pytest.mark.parametrize("text", ["もういいです", "疲れました", "質問が多い"])
def test_a_short_word_of_weariness_ends_the_questions(hears: Hears, text: str) -> None:
    pick = hears(asked("change"), understood(text, ("deny", 0.5))).first(Pick)
    assert pick is not None
    assert pick.option.is_(Question.TRIAGE, "refuse")


def test_an_issue_told_plainly_ends_the_questions(hears: Hears) -> None:
    heard = hears(asked("change"), understood("商標を取りたい", ("知的財産", 0.97)))
    assert heard.leading is not None
    assert heard.leading.issue == "知的財産"
