"""An issue that is put off is kept with what was clear of it."""

from __future__ import annotations

from bot.consult.heard import Heard
from bot.consult.moves import Problem, Standing
from bot.consult.state import Question
from tests.consult.conftest import Decides, a_consultation, a_road, matters


def test_an_issue_told_beside_keeps_the_sub_issue_that_was_clear(decides: Decides) -> None:
    told = (Problem("知的財産", "protection"), Problem("販路開拓", "overseas", Standing.BESIDE))
    after = decides(a_consultation(), Heard("輸出と商標", moves=told)).consultation
    assert after.roads.in_hand == matters("知的財産/protection")[0]
    assert after.roads.later == matters("販路開拓/overseas")


def test_taken_up_again_its_sub_issue_is_not_asked() -> None:
    taken_up = a_consultation(issue="知的財産", later=("販路開拓/overseas",)).on("販路開拓")
    assert taken_up.sub_issue == "overseas"
    assert Question.SUB_ISSUE in taken_up.talk.asked
    assert taken_up.roads.later == matters("知的財産")


def test_an_issue_left_for_another_keeps_its_sub_issue() -> None:
    asked = (Question.SUB_ISSUE, Question.PREFECTURE)
    state = a_consultation(issue="資金繰り", sub_issue="lending", asked=asked).on("事業承継")
    assert state.roads.later == matters("資金繰り/lending")
    assert state.talk.asked == (Question.PREFECTURE,)
    assert state.on("資金繰り").sub_issue == "lending"


def test_what_was_answered_is_not_kept() -> None:
    shown = (a_road("資金繰り", "lending"),)
    assert a_consultation(issue="資金繰り", sub_issue="lending", shown=shown).on("事業承継").roads.later == ()
