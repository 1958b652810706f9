"""What is offered to a question, and which answer a press or a typed word picks."""

from __future__ import annotations

from typing import Optional

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.consult.choices import can_be_pressed, offered, options, picked
from bot.consult.state import Consultation, Question
from bot.knowledge import Knowledge
from bot.messages import AT_ANY_TIME
from tests.consult.conftest import a_consultation, a_road

WHICH = a_consultation(question="which_issue", candidates=("人材確保", "資金繰り"))


@pytest.mark.parametrize("typed", ["2", "２", "②", "2番", "二番", "2です", "２つ目", " 2。"])
def test_a_number_picks_a_choice_however_it_is_typed(knowledge: Knowledge, typed: str) -> None:
    option = picked(knowledge, a_consultation(issue="知的財産", question="sub_issue"), typed)
    assert option is not None
    assert option.id == "sub_issue.use"


@pytest.mark.parametrize("typed", ["7", "0", "99", "二", "2026", "2人"])
def test_a_number_that_is_no_choice_picks_nothing(knowledge: Knowledge, typed: str) -> None:
    assert picked(knowledge, a_consultation(issue="知的財産", question="sub_issue"), typed) is None


@pytest.mark.parametrize(
    "typed", ["相続税・贈与税が心配", "相続税・贈与税が心配です。", "相続税・贈与税のこと", "sub_issue.tax"]
)
def test_a_label_can_be_typed(knowledge: Knowledge, typed: str) -> None:
    option = picked(knowledge, a_consultation(issue="事業承継", question="sub_issue"), typed)
    assert option is not None
    assert option.id == "sub_issue.tax"


def test_every_question_offers_each_choice_once(knowledge: Knowledge) -> None:
    for issue in knowledge.issues:
        for question in Question:
            state = a_consultation(issue=issue, question=question, candidates=("創業", "資金繰り"))
            ids = [choice.id for choice in offered(knowledge, state)]
            assert len(ids) == len(set(ids))


@pytest.mark.parametrize("question", Question)
def test_every_choice_is_picked_by_its_id_and_by_its_label(knowledge: Knowledge, question: Question) -> None:
    for issue in knowledge.issues:
        state = a_consultation(issue=issue, question=question, candidates=("創業", "資金繰り"), symptom="change")
        for option in options(knowledge, state):
            assert picked(knowledge, state, "まったく別の言葉", option.id) == option
            assert picked(knowledge, state, option.label) == option
            assert can_be_pressed(knowledge, state, option.id)


def test_where_no_question_waits_nothing_is_offered(knowledge: Knowledge) -> None:
    assert options(knowledge, a_consultation(issue="創業")) == ()


def test_every_candidate_is_a_choice(knowledge: Knowledge) -> None:
    three = ("人材確保", "資金繰り", "販路開拓")
    state = a_consultation(issue="課題不明確", question="which_issue", candidates=three)
    assert [choice.id for choice in offered(knowledge, state)][:3] == [f"issue.{issue}" for issue in three]


def test_both_is_offered_of_two_and_of_no_more(knowledge: Knowledge) -> None:
    three = WHICH.with_talk(candidates=("人材確保", "資金繰り", "販路開拓"))
    assert "which_issue.both" in [option.id for option in options(knowledge, WHICH)]
    assert "which_issue.both" not in [option.id for option in options(knowledge, three)]


@pytest.mark.parametrize(
    ("typed", "issue"),
    [("前のほう", "人材確保"), ("最初の", "人材確保"), ("後のほう", "資金繰り"), ("最後の方", "資金繰り")],
)
def test_of_two_the_former_and_the_latter_can_be_said(knowledge: Knowledge, typed: str, issue: str) -> None:
    option = picked(knowledge, WHICH, typed)
    assert option is not None
    assert option.is_(Question.ISSUE, issue)


def test_the_one_issue_that_was_found_is_picked_by_a_word_of_going_on(knowledge: Knowledge) -> None:
    option = picked(knowledge, WHICH.with_talk(candidates=("資金繰り",)), "お願いします")
    assert option is not None
    assert option.is_(Question.ISSUE, "資金繰り")


def test_an_issue_can_be_pressed_at_any_time(knowledge: Knowledge) -> None:
    option = picked(knowledge, a_consultation(issue="知的財産", question="prefecture"), "商標を取りたい", "issue.創業")
    assert option is not None
    assert option.is_(Question.ISSUE, "創業")


@pytest.mark.parametrize("pressed", ["sub_issue.brand", "prefecture.__import__", "", "issue.", "nothing", None])
def test_what_is_no_longer_offered_or_never_was_is_read_by_its_words(
    knowledge: Knowledge, pressed: Optional[str]
) -> None:
    waiting = a_consultation(issue="知的財産", question="prefecture")
    assert picked(knowledge, waiting, "東京都", pressed) is None
    skipped = picked(knowledge, waiting, "言わずに進む", pressed)
    assert skipped is not None
    assert skipped.is_(Question.PREFECTURE, "skip")


@pytest.mark.parametrize("pressed", AT_ANY_TIME)
@pytest.mark.parametrize("question", [None, *Question])
def test_what_stands_at_any_time_can_be_pressed_wherever_the_talk_is(
    knowledge: Knowledge, question: Optional[Question], pressed: str
) -> None:
    assert can_be_pressed(knowledge, a_consultation(question=question), pressed)


def test_an_answer_of_the_triage_names_its_question(knowledge: Knowledge) -> None:
    there = a_consultation(issue="課題不明確", question="triage", symptom="change")
    answers = [option for option in options(knowledge, there) if option.symptom]
    assert {option.symptom for option in answers} == {"change"}
    assert "triage.change/fewer" in [option.id for option in answers]


@pytest.mark.parametrize("question", [Question.ANYTHING_ELSE, Question.OTHER_ISSUE])
def test_the_sheet_is_offered_after_a_road_until_there_is_one(knowledge: Knowledge, question: Question) -> None:
    def sheet_is_offered(consultation: Consultation) -> bool:
        return any(option.asks_for_sheet for option in options(knowledge, consultation))

    road = a_road("資金繰り", "lending")
    waiting = a_consultation(issue="資金繰り", sub_issue="lending", question=question, later=("創業",))
    assert not sheet_is_offered(waiting)
    assert sheet_is_offered(waiting.with_roads(shown=(road,)))
    assert not sheet_is_offered(waiting.with_roads(shown=(road,), sheets=(road,)))


@given(text=st.text(max_size=40), pressed=st.none() | st.text(max_size=20), question=st.sampled_from([None, *Question]))
def test_whatever_is_typed_or_pressed_only_what_is_offered_is_picked(
    knowledge: Knowledge, text: str, pressed: Optional[str], question: Optional[Question]
) -> None:
    there = a_consultation(issue="知的財産", question=question, candidates=("創業", "資金繰り"), symptom="change")
    option = picked(knowledge, there, text, pressed)
    assert option is None or option in options(knowledge, there)
