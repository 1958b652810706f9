"""What is kept when an owner turns to another matter, and what goes."""

from __future__ import annotations

import pytest

from bot.consult.state import UNCLEAR, Consultation, Question
from tests.consult.conftest import a_consultation, a_road, matters


def test_the_prefecture_is_kept_when_the_issue_changes() -> None:
    after = a_consultation(issue="販路開拓", sub_issue="overseas", prefecture="熊本県").on("人材確保")
    assert (after.owner.prefecture, after.sub_issue) == ("熊本県", None)


def test_an_issue_left_unanswered_is_kept_among_the_others() -> None:
    assert a_consultation(issue="販路開拓").on("人材確保").others == ("販路開拓",)


def test_an_issue_that_was_answered_is_not_kept_among_the_others() -> None:
    assert a_consultation(issue="販路開拓", shown=(a_road("販路開拓"),)).on("人材確保").others == ()


def test_an_unclear_issue_is_not_kept_among_the_others() -> None:
    assert a_consultation(issue=UNCLEAR).on("人材確保").others == ()


def test_a_sub_issue_needs_an_issue() -> None:
    with pytest.raises(ValueError, match="no issue in hand"):
        Consultation().about("tax")


def test_a_sub_issue_that_is_settled_is_not_asked() -> None:
    after = a_consultation(issue="事業承継", question="sub_issue").about("tax")
    assert (after.sub_issue, after.question) == ("tax", None)
    assert Question.SUB_ISSUE in after.talk.asked


def test_a_question_is_settled_once() -> None:
    after = a_consultation(question="prefecture").settled(Question.PREFECTURE).settled(Question.PREFECTURE)
    assert after.talk.asked == (Question.PREFECTURE,)


def test_a_sub_issue_told_later_takes_the_place_of_the_one_kept_before() -> None:
    kept = a_consultation(issue="創業", later=("資金繰り/lending",)).keeping(matters("資金繰り/turnaround"))
    assert kept.roads.later == matters("資金繰り/turnaround")
    assert kept.keeping(matters("資金繰り")).roads.later == matters("資金繰り/turnaround")


def test_back_with_the_bot_the_question_that_waited_still_waits_and_none_for_call_back() -> None:
    with_staff = a_consultation(issue="資金繰り", question="prefecture", paused=True, passed_on=True)
    back = with_staff.resumed()
    assert (back.talk.paused, back.talk.passed_on, back.question) == (False, False, Question.PREFECTURE)
    assert with_staff.with_talk(question=Question.CALL_BACK).resumed().question is None


@pytest.mark.parametrize(
    ("there", "unfinished"),
    [
        (a_consultation(), False),
        (a_consultation(question="issue"), False),
        (a_consultation(issue="創業"), True),
        (a_consultation(question="which_issue"), True),
        (a_consultation(issue="創業", shown=(a_road("創業"),), question="anything_else"), False),
    ],
)
def test_what_is_unfinished_has_an_issue_without_a_road_or_a_question_on_the_way_to_one(
    there: Consultation, unfinished: bool
) -> None:
    assert there.unfinished is unfinished


def test_the_road_in_hand_is_that_of_the_issue_or_the_last_one() -> None:
    one, two = a_road("創業", "before"), a_road("資金繰り", "lending")
    assert a_consultation(issue="創業", shown=(one, two)).road_in_hand == one
    assert a_consultation(shown=(one, two)).road_in_hand == two
    assert a_consultation(issue="知的財産", shown=(one, two)).road_in_hand is None
