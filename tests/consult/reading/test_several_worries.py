"""Worries in one breath, corrections with content, and what owners say once they were told whom to see."""

from __future__ import annotations

import pytest

from bot.consult.moves import About, Apologizes, Asks, Move, NotProblem, Standing, WillGo
from bot.knowledge import Matter
from tests.consult.conftest import Hears, a_consultation, a_road, understood

MANY = understood(
    "人は来ない、金は足りない、客も減った",
    ("課題不明確", 0.9),
    other_issues={"人材確保": 0.9, "資金繰り": 0.8, "販路開拓": 0.7, "IT活用": 0.3},
)
SHOWN = a_consultation(
    issue="資金繰り",
    sub_issue="turnaround",
    shown=(a_road("資金繰り", "turnaround", "大阪府"),),
    question="anything_else",
)


def test_worries_in_one_breath_lead_alike_surest_first(hears: Hears) -> None:
    heard = hears(a_consultation(), MANY)
    assert [problem.issue for problem in heard.problems(Standing.LEADS)] == ["人材確保", "資金繰り", "販路開拓"]
    assert heard.leading is None


def test_who_cannot_name_the_matter_and_tells_one_clearly_has_told_it(hears: Hears) -> None:
    message = understood("人が来なくて、いろいろ困っている", ("課題不明確", 0.9), other_issues={"人材確保": 0.9})
    leading = hears(a_consultation(), message).leading
    assert leading is not None
    assert leading.issue == "人材確保"


def test_a_correction_that_names_the_matter_is_a_denial_and_a_worry(hears: Hears) -> None:
    there = a_consultation(issue="IT活用", sub_issue="first_steps", question="prefecture")
    heard = hears(there, understood("機械じゃなくて人の話", ("correct", 0.9), other_issues={"人材確保": 0.8}))
    assert heard.first(NotProblem) == NotProblem("IT活用")
    assert heard.leading is not None
    assert heard.leading.issue == "人材確保"


def test_half_a_correction_that_sounds_like_an_issue_is_a_denial_and_a_worry(hears: Hears) -> None:
    there = a_consultation(issue="IT活用", sub_issue="first_steps", question="prefecture")
    heard = hears(there, understood("機械じゃなくて人の話", ("人材確保", 0.5), ("correct", 0.3)))
    assert heard.has(NotProblem)
    assert heard.leading is not None
    assert heard.leading.issue == "人材確保"


def test_a_correction_to_the_issue_in_hand_is_no_denial(hears: Hears) -> None:
    there = a_consultation(issue="商店街振興", sub_issue="vision_and_plan", question="prefecture")
    heard = hears(there, understood("店のじゃなくて通りの", ("correct", 0.9), other_issues={"商店街振興": 0.8}))
    assert not heard.has(NotProblem)
    assert heard.leading is not None
    assert heard.leading.issue == "商店街振興"


@pytest.mark.parametrize(
    ("intent", "kind", "move"),
    [
        ("affirm", "goes", WillGo()),
        ("thank", "apology", Apologizes()),
        ("ask_why", "doubts", Asks(About.CHANCE)),
    ],
)
def test_what_owners_say_after_a_road_are_moves_of_their_own(hears: Hears, intent: str, kind: str, move: Move) -> None:
    assert hears(SHOWN, understood("では", (intent, 0.9), sub_issues={intent: (kind, 0.9)})).moves == (move,)


def test_the_loan_of_a_founder_is_no_second_worry(hears: Hears) -> None:
    def beside(sub_issue: str) -> "tuple[Matter, ...]":
        message = understood(
            "開業したい。300万借りたい",
            ("創業", 0.95),
            other_issues={"資金繰り": 0.9},
            sub_issues={"資金繰り": (sub_issue, 0.9)},
        )
        return hears(a_consultation(), message).matters(Standing.BESIDE)

    assert beside("lending") == ()
    assert beside("turnaround") == (Matter("資金繰り", "turnaround"),)
