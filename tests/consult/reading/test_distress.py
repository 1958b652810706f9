"""Distress is heard in any sentence; weariness with questions is not taken for it."""

from __future__ import annotations

import json

import pytest

from bot.consult.moves import Distress
from bot.consult.reading.distress import speaks_of_dying
from bot.messages import IN_DISTRESS
from tests.conftest import ROOT
from tests.consult.conftest import Hears, a_consultation, understood

ROWS = [
    json.loads(line)
    for name in ("distress.jsonl", "intents.jsonl", "sub_issues.jsonl", "several.jsonl")
    for line in (ROOT / "data" / "evaluation" / name).read_text("utf-8").splitlines()
]


def is_heard(hears: Hears, text: str, distress: float, **place: object) -> bool:
    message = understood(text, ("資金繰り", 1 - distress), ("distress", distress))
    return hears(a_consultation(**place), message).has(Distress)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "text", ["返せなくて、もう死ぬしかないのかな", "借入が苦しい。死にたい", "手形が落ちない、首を吊るしかない"]
)
def test_words_of_dying_are_heard_in_a_sentence_about_money(hears: Hears, text: str) -> None:
    assert is_heard(hears, text, 0.1)


@pytest.mark.parametrize("question", ["triage", "sub_issue", "prefecture", "issue", "anything_else"])
def test_weariness_with_a_question_is_not_distress(hears: Hears, question: str) -> None:
    state = {"issue": "人材確保", "question": question, "symptom": "change" if question == "triage" else None}
    assert not is_heard(hears, "疲れました、もういいです", 0.6, **state)


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
    hears: Hears, text: str, distress: float, question: "str | None"
) -> None:
    assert is_heard(hears, text, distress, issue="人材確保", question=question)


def test_after_distress_weariness_is_heard_as_distress_again(hears: Hears) -> None:
    assert is_heard(hears, "もう疲れた", 0.5, question="prefecture", comforted=True)


def test_no_row_about_anything_else_has_words_of_dying() -> None:
    others = [row["text"] for row in ROWS if row["intent"] != "distress"]
    assert [text for text in others if speaks_of_dying(text)] == []


def test_distress_is_heard_before_anything_that_is_surer(hears: Hears) -> None:
    assert is_heard(hears, "もう終わりにしたい", 0.57)


def test_distress_is_heard_even_where_a_question_waits(hears: Hears) -> None:
    assert is_heard(hears, "もう死にたいです", 0.9, issue="資金繰り", question="sub_issue")


@pytest.mark.parametrize("at_the_end", ["もう死にたいです", "もう死ぬしかない", "消えてしまいたい"])
def test_words_of_dying_are_heard_at_the_end_of_a_message_too_long_to_be_read(hears: Hears, at_the_end: str) -> None:
    assert is_heard(hears, "店の話です。" * 400 + at_the_end, 0.01)


def test_distress_is_heard_in_a_long_message_by_its_beginning(hears: Hears) -> None:
    assert is_heard(hears, "つらい。" * 400, 0.6)


def test_a_long_story_without_distress_is_not_taken_for_it(hears: Hears) -> None:
    assert not is_heard(hears, "店の話です。" * 400, 0.01)


@pytest.mark.parametrize(
    "place", [{}, {"question": "issue"}, {"paused": True}], ids=["at first", "asked", "with staff"]
)
def test_a_press_for_help_is_distress_wherever_the_owner_is(hears: Hears, place: "dict[str, object]") -> None:
    assert hears(a_consultation(**place), understood("", pressed=IN_DISTRESS)).has(Distress)  # type: ignore[arg-type]


def test_who_says_unasked_that_no_death_is_meant_is_not_given_the_list_but_somebody_who_listens(hears: Hears) -> None:
    message = understood("死にたいとかではないんですが、もう情けなくて", ("distress", 0.95))
    heard = hears(a_consultation(), message)
    assert not heard.has(Distress)
    assert heard.strained


@pytest.mark.parametrize(
    "text", ["死にたいわけじゃないけど、消えてしまいたい", "死にたいわけではない。もう死ぬしかない"]
)
def test_a_denial_with_words_of_dying_beside_it_is_distress(hears: Hears, text: str) -> None:
    assert is_heard(hears, text, 0.9)
