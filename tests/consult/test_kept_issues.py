"""An issue that is put off is kept with what was clear of it."""

from __future__ import annotations

from bot.consult.acts import Reading
from bot.consult.consultation import PREFECTURE, SUB_ISSUE, Consultation
from bot.consult.heard import Heard
from bot.consult.listening import listen
from bot.knowledge import Knowledge


def test_an_issue_told_beside_keeps_the_sub_issue_that_was_clear(knowledge: Knowledge) -> None:
    reading = Reading("知的財産", "sub_issue.protection", ("販路開拓/overseas",))
    state = listen(knowledge, Consultation(), Heard("輸出と商標"), reading)
    assert (state.other_issues, state.kept_sub_issues) == (("販路開拓",), ("販路開拓/overseas",))


def test_taken_up_again_its_sub_issue_is_not_asked() -> None:
    state = Consultation(issue="知的財産", other_issues=("販路開拓",), kept_sub_issues=("販路開拓/overseas",))
    taken_up = state.on("販路開拓")
    assert taken_up.sub_issue == "overseas"
    assert SUB_ISSUE in taken_up.asked
    assert taken_up.other_issues == ("知的財産",)
    assert taken_up.kept_sub_issues == ()


def test_an_issue_left_for_another_keeps_its_sub_issue() -> None:
    state = Consultation(issue="資金繰り", sub_issue="lending", asked=(SUB_ISSUE, PREFECTURE)).on("事業承継")
    assert state.kept_sub_issues == ("資金繰り/lending",)
    assert state.asked == (PREFECTURE,)
    assert state.on("資金繰り").sub_issue == "lending"


def test_what_was_answered_is_not_kept() -> None:
    state = Consultation(issue="資金繰り", sub_issue="lending", referred=("資金繰り/lending/",)).on("事業承継")
    assert (state.other_issues, state.kept_sub_issues) == ((), ())
