"""Little is asked, nothing twice, and no road is shown twice."""

from __future__ import annotations

from bot.consult.asking import Step, next_step
from bot.consult.road import road
from bot.consult.state import Question
from bot.knowledge import Knowledge
from tests.consult.conftest import a_consultation


def test_at_most_two_questions_come_before_any_referral(knowledge: Knowledge) -> None:
    for issue in knowledge.issues:
        state, asked = a_consultation(issue=issue, over=True), 0
        while (step := next_step(knowledge, state)) is not Step.REFER:
            state, asked = state.settled(Question(step.value)), asked + 1
        assert asked <= 2


def test_what_was_said_is_not_asked(knowledge: Knowledge) -> None:
    told = a_consultation(issue="事業承継", sub_issue="tax", prefecture="福島県")
    assert next_step(knowledge, told) is Step.REFER


def test_a_road_that_was_shown_is_not_shown_again(knowledge: Knowledge) -> None:
    told = a_consultation(issue="事業承継", sub_issue="tax", prefecture="福島県")
    assert next_step(knowledge, told.with_roads(shown=(road(knowledge, told).key,))) is Step.SAME_ROAD


def test_a_city_named_after_the_road_leads_to_a_new_one_where_it_brings_a_network(knowledge: Knowledge) -> None:
    told = a_consultation(issue="創業", sub_issue="before", prefecture="石川県")
    shown = told.with_roads(shown=(road(knowledge, told).key,))
    assert next_step(knowledge, shown.with_owner(municipality="ないまち市")) is Step.SAME_ROAD
    assert next_step(knowledge, shown.with_owner(municipality="七尾市")) is Step.REFER


def test_a_town_named_after_the_road_leads_to_a_new_one_where_an_office_there_is_known_by_name(
    knowledge: Knowledge,
) -> None:
    told = a_consultation(issue="販路開拓", sub_issue="local_trader", prefecture="福島県")
    shown = told.with_roads(shown=(road(knowledge, told).key,))
    assert next_step(knowledge, shown.with_owner(municipality="会津若松市")) is Step.REFER
    assert next_step(knowledge, shown.with_owner(municipality="ないまち市")) is Step.SAME_ROAD


def test_without_an_issue_the_issue_is_asked(knowledge: Knowledge) -> None:
    assert next_step(knowledge, a_consultation(prefecture="福島県")) is Step.ASK_ISSUE


def test_an_owner_without_a_clear_issue_is_asked_about_symptoms_then_told_what_they_point_to(
    knowledge: Knowledge,
) -> None:
    assert next_step(knowledge, a_consultation(issue="課題不明確")) is Step.ASK_SYMPTOM
    told = ("time_spent/talks", "first_relief/future", "five_years/nobody")
    found = a_consultation(issue="課題不明確", told=told, symptoms_asked=tuple(knowledge.triage.symptoms))
    assert next_step(knowledge, found) is Step.NAME_FINDINGS
    assert next_step(knowledge, found.with_search(over=True)) not in (Step.ASK_SYMPTOM, Step.NAME_FINDINGS)


def test_where_the_matter_is_unclear_five_questions_at_most_come_before_the_road(knowledge: Knowledge) -> None:
    asked_twice = a_consultation(issue="課題不明確", put=3)
    assert next_step(knowledge, asked_twice) is not Step.ASK_SYMPTOM
    assert next_step(knowledge, a_consultation(issue="課題不明確", prefecture="福島県", put=3)) is Step.ASK_SYMPTOM


def test_of_which_kind_it_is_is_not_asked_where_that_would_be_a_question_too_many(knowledge: Knowledge) -> None:
    assert next_step(knowledge, a_consultation(issue="人材確保", put=1)) is Step.ASK_PREFECTURE
    assert next_step(knowledge, a_consultation(issue="人材確保", prefecture="福島県", put=1)) is Step.ASK_SUB_ISSUE


def test_a_cause_that_the_answers_make_clear_is_not_asked_about_again(knowledge: Knowledge) -> None:
    told = ("comes_with/in_the_red", "why_loss/buyer", "unit_price/buyer")
    shown = a_consultation(issue="課題不明確", told=told, symptoms_asked=("why_loss", "unit_price"))
    assert next_step(knowledge, shown) is Step.SETTLE
