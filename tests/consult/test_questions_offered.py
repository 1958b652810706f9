"""Where no answer is sure, the questions that may be meant are offered; what is picked is answered, and we go on."""

from __future__ import annotations

from typing import Optional

import pytest

from bot.consult.choices import can_be_pressed, offered, picked
from bot.consult.heard import Heard
from bot.consult.moves import About, Asks, Problem
from bot.consult.state import Consultation, Question
from bot.knowledge import Knowledge
from tests.consult.conftest import Decides, Hears, a_consultation, spoken, understood

NEAR = ("cost_cashless_fee", "cost_delivery_company")
ASKED = "手数料はどのくらい引かれますか"
WAITING = a_consultation(issue="IT活用", question="sub_issue", near=NEAR, near_to=ASKED)


def may_mean(*answers: str, about: About = About.ELIGIBILITY) -> Heard:
    """A question to which none of these is sure."""
    return Heard(text=ASKED, asks=True, question=ASKED, moves=(Asks(about, near=answers),))


def labels(knowledge: Knowledge, consultation: Consultation) -> "list[str]":
    return [choice.label for choice in offered(knowledge, consultation)]


def test_each_is_shown_by_the_first_way_of_asking_it_and_then_the_way_out(knowledge: Knowledge) -> None:
    known = [knowledge.answers[name].asked_as[0] for name in NEAR]
    assert labels(knowledge, WAITING) == [*known, "この中にはない"]


@pytest.mark.parametrize("typed", ["1", "①", "一番目", "キャッシュレスの手数料はどのくらいですか。"])
def test_one_is_picked_by_its_number_or_in_its_words(knowledge: Knowledge, typed: str) -> None:
    option = picked(knowledge, WAITING, typed)
    assert option is not None
    assert option.answer == NEAR[0]


@pytest.mark.parametrize("typed", ["3", "この中にはない", "どれでもない", "ちがいます"])
def test_that_it_is_none_of_these_can_be_said_in_many_ways(knowledge: Knowledge, typed: str) -> None:
    option = picked(knowledge, WAITING, typed)
    assert option is not None
    assert option.answer == "none"


def test_what_answers_the_question_that_waits_still_does(knowledge: Knowledge) -> None:
    option = picked(knowledge, WAITING, knowledge.issues["IT活用"].sub_issues[0].label)
    assert option is not None
    assert option.question is Question.SUB_ISSUE


def test_they_can_be_pressed_as_long_as_they_are_offered(knowledge: Knowledge) -> None:
    (first, *_) = offered(knowledge, WAITING)
    assert can_be_pressed(knowledge, WAITING, first.id)
    assert not can_be_pressed(knowledge, WAITING.with_talk(near=()), first.id)


def test_they_are_offered_alone_and_the_question_that_waits_is_kept(decides: Decides) -> None:
    turn = decides(a_consultation(issue="IT活用", question="sub_issue"), may_mean(*NEAR))
    assert spoken(turn) == ("utter_which_answer",)
    assert (turn.consultation.question, turn.consultation.talk.near) == (Question.SUB_ISSUE, NEAR)


def test_a_worry_that_comes_with_the_question_is_not_held_up(decides: Decides) -> None:
    message = Heard(text=ASKED, asks=True, moves=(Asks(About.COST, near=NEAR), Problem("IT活用", "first_steps")))
    assert "utter_which_answer" not in spoken(decides(a_consultation(), message))


def test_the_same_are_not_offered_again_right_away(decides: Decides) -> None:
    assert "utter_which_answer" not in spoken(decides(WAITING, may_mean(*NEAR)))


@pytest.mark.parametrize("about", [About.CONTACT, About.FIRST_STEP, About.ORDER, About.SHEET])
def test_what_cards_tell_is_not_looked_for_among_them(decides: Decides, about: About) -> None:
    message = may_mean(*NEAR, about=about)
    assert "utter_which_answer" not in spoken(decides(a_consultation(issue="IT活用", question="sub_issue"), message))


@pytest.mark.parametrize(("typed", "answer"), [("2", NEAR[1]), ("この中にはない", None)])
def test_a_pick_is_heard_as_that_question_and_nothing_else(hears: Hears, typed: str, answer: Optional[str]) -> None:
    (asked,) = hears(WAITING, understood(typed, ("商店街振興", 0.9))).moves
    assert isinstance(asked, Asks)
    assert asked.chosen
    assert asked.answers == (() if answer is None else (answer,))


def test_what_is_picked_is_answered_and_the_question_that_waits_comes_back(hears: Hears, decides: Decides) -> None:
    turn = decides(WAITING, hears(WAITING, understood("1")))
    assert spoken(turn) == ("utter_answer", "utter_ask_sub_issue_again")
    assert turn.consultation.talk.near == ()


def test_where_it_is_none_of_these_we_say_whom_to_ask_in_the_words_of_the_question(
    hears: Hears, decides: Decides
) -> None:
    turn = decides(WAITING, hears(WAITING, understood("この中にはない")))
    assert spoken(turn)[0] == "utter_not_known_ask"
    assert dict(turn.said[0].words)["question"] == ASKED
    assert turn.consultation.roads.to_ask == (ASKED,)


def test_a_single_one_is_said_and_a_yes_takes_it(knowledge: Knowledge, decides: Decides) -> None:
    turn = decides(a_consultation(issue="IT活用", question="sub_issue"), may_mean(NEAR[0]))
    assert spoken(turn) == ("utter_which_answer_one",)
    assert picked(knowledge, turn.consultation, "はい") == picked(knowledge, turn.consultation, "1")


def test_an_answer_that_was_taken_out_meanwhile_is_offered_no_more(knowledge: Knowledge) -> None:
    before = a_consultation(issue="IT活用", question="sub_issue", near=("gone", NEAR[0]))
    assert labels(knowledge, before) == [knowledge.answers[NEAR[0]].asked_as[0], "この中にはない"]


@pytest.mark.parametrize("typed", ["3です。利益のことを聞きたいんです", "この中にはございません。うちの話です"])
def test_none_of_these_may_have_more_behind_it(hears: Hears, typed: str) -> None:
    (asked,) = hears(WAITING, understood(typed, ("知的財産", 0.9))).moves
    assert isinstance(asked, Asks)
    assert (asked.chosen, asked.answers) == (True, ())


def test_two_of_them_can_be_picked_at_once(hears: Hears) -> None:
    (asked,) = hears(WAITING, understood("1番と2番の両方でございます")).moves
    assert isinstance(asked, Asks)
    assert asked.answers == NEAR
