"""Answers to the triage in the owner's own words, in one word, or in none."""

from __future__ import annotations

import pytest

from bot.consult.acts import ABUSE, ANSWER, Reading, Thresholds
from bot.consult.consultation import Consultation
from bot.consult.heard import Heard
from bot.consult.listening import listen
from bot.consult.reading import guesses, read
from bot.consult.triage import findings, leaning_after
from bot.knowledge import Knowledge

THRESHOLDS = Thresholds(
    sure=0.6, pair=0.6, sub_issue=0.8, other=0.5, change=0.9, explicit=0.97, distress=0.4, dying=0.05, weary=0.8
)


def asked(symptom: str, **more: object) -> Consultation:
    return Consultation(issue="課題不明確", question="triage", symptom=symptom, **more)  # type: ignore[arg-type]


def taken(knowledge: Knowledge, state: Consultation, heard: Heard) -> Reading:
    return read(knowledge, state, heard, THRESHOLDS)


@pytest.mark.parametrize(
    ("symptom", "intent", "answer"),
    [
        ("paid_on_time", "affirm", "paid_on_time/usually"),
        ("paid_on_time", "deny", "paid_on_time/late"),
        ("buyer_words", "deny", "buyer_words/nothing"),
        ("computer", "deny", "computer/cannot"),
    ],
)
def test_a_bare_yes_or_no_is_the_answer_that_it_means(
    knowledge: Knowledge, symptom: str, intent: str, answer: str
) -> None:
    word = {"affirm": "ええ、そう", "deny": "いやいや"}[intent]
    reading = taken(knowledge, asked(symptom), Heard(word, ((intent, 0.95),)))
    assert reading == Reading(ANSWER, f"triage.{answer}")


def test_a_yes_that_answers_nothing_brings_the_question_back_once_and_then_lets_it_go(knowledge: Knowledge) -> None:
    state, heard = asked("sleepless"), Heard("うん", (("affirm", 1.0),))
    reading = taken(knowledge, state, heard)
    once = listen(knowledge, state, heard, reading)
    assert (reading.act, once.symptom, once.misses) == ("affirm", "sleepless", 1)
    assert listen(knowledge, once, heard, reading).symptoms_asked == ("sleepless",)


def test_words_that_mean_an_answer_count_as_that_answer(knowledge: Knowledge) -> None:
    heard = Heard("客が減った", (("販路開拓", 0.7),), symptoms={"change/fewer": 0.8, "change/left": 0.5})
    assert taken(knowledge, asked("change"), heard) == Reading(ANSWER, "triage.change/fewer")


def test_words_that_mean_an_answer_to_another_question_are_not_lost(knowledge: Knowledge) -> None:
    state, heard = asked("sleepless"), Heard("書類や手作業", (("IT活用", 0.7),), symptoms={"time_spent/typing": 0.95})
    after = listen(knowledge, state, heard, taken(knowledge, state, heard))
    assert after.told == ("time_spent/typing",)
    assert set(after.symptoms_asked) == {"sleepless", "time_spent"}


@pytest.mark.parametrize(
    ("text", "symptoms"),
    [
        ("客は減っていない", {"change/fewer": 0.8}),
        ("客も人も減った", {"change/fewer": 0.7, "change/left": 0.68}),
        ("まあいろいろ", {"change/fewer": 0.5}),
    ],
    ids=["a no in it", "two answers as close", "not close"],
)
def test_words_that_might_mean_the_contrary_or_two_things_are_evidence_only(
    knowledge: Knowledge, text: str, symptoms: "dict[str, float]"
) -> None:
    heard = Heard(text, (("販路開拓", 0.5),), symptoms=symptoms)
    assert taken(knowledge, asked("change"), heard) == Reading(ANSWER, "triage.said")


def test_what_words_resemble_leans_the_belief(knowledge: Knowledge) -> None:
    plain = dict(leaning_after(knowledge.triage, (), (("課題不明確", 1.0),)))
    leaning = dict(leaning_after(knowledge.triage, (), (("課題不明確", 1.0),), {"change/age": 0.6}))
    assert leaning["事業承継"] > 2 * plain["事業承継"]


def test_an_undo_says_which_answer_is_taken_back(knowledge: Knowledge) -> None:
    state = asked("sleepless", told=("change/age",), symptoms_asked=("change",))
    heard = Heard("さっきのは間違い", (("correct", 0.95),))
    reading = taken(knowledge, state, heard)
    assert reading.choice == "triage.undo/change/age"
    assert listen(knowledge, state, heard, reading).told == ()


def test_abuse_is_not_evidence(knowledge: Knowledge) -> None:
    heard = Heard("役立たず", (("out_of_scope", 0.95),), sub_issues={"out_of_scope": ("abuse", 0.9)})
    assert taken(knowledge, asked("change"), heard).act == ABUSE


def test_nothing_but_the_usual_answer_points_nowhere(knowledge: Knowledge) -> None:
    assert findings(knowledge, Consultation(told=("change/same",))) == ()


def test_that_the_matter_is_unclear_is_never_offered_as_a_guess(knowledge: Knowledge) -> None:
    heard = Heard("うーん", (("課題不明確", 0.4), ("資金繰り", 0.3), ("人材確保", 0.2)))
    assert guesses(knowledge, heard) == ("資金繰り", "人材確保")


def test_no_question_of_the_triage_has_more_than_six_answers(knowledge: Knowledge) -> None:
    assert {symptom.id for symptom in knowledge.triage.symptoms.values() if len(symptom.answers) > 6} == set()
