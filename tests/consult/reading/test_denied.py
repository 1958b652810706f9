"""A denial by name lets go of what it names, and of nothing else."""

from __future__ import annotations

from typing import Tuple

import pytest

from bot.consult.moves import NotProblem, Problem, every
from bot.consult.reading.denied import named_in
from bot.consult.state import UNCLEAR
from bot.knowledge import Knowledge, Matter
from tests.consult.conftest import Hears, a_consultation, a_road, understood

LENDING = a_consultation(
    issue="資金繰り", sub_issue="lending", question="anything_else", shown=(a_road("資金繰り", "lending"),)
)


@pytest.mark.parametrize(
    ("text", "denied", "meant"),
    [
        ("融資の話ちゃうねん、単価のことや", ("資金繰り/lending",), ("下請取引/price",)),
        ("輸出なんて言ってません", ("販路開拓/overseas",), ()),
        ("人手が足りないとは申しておりません。後継者のことです", ("人材確保",), ("事業承継",)),
        ("商店街? うちは商店街じゃないです", ("商店街振興",), ()),
        ("商店街が寂れてしまいました", (), ("商店街振興",)),
    ],
)
def test_each_clause_denies_or_means_what_it_names(
    knowledge: Knowledge, text: str, denied: Tuple[str, ...], meant: Tuple[str, ...]
) -> None:
    named = named_in(knowledge, text)
    assert named.denied == tuple(Matter(*name.split("/")) for name in denied)
    assert named.meant == tuple(Matter(*name.split("/")) for name in meant)


def test_what_is_denied_beside_the_matter_in_hand_leaves_that_in_hand(hears: Hears) -> None:
    moves = hears(LENDING, understood("うちは商店街じゃないです", ("商店街振興", 0.9))).moves
    assert every(moves, NotProblem) == (NotProblem("商店街振興"),)
    assert not every(moves, Problem)


def test_what_is_named_instead_is_taken_up(hears: Hears) -> None:
    moves = hears(LENDING, understood("借り入れの話じゃない。求人のことです", ("資金繰り", 0.9))).moves
    (told,) = every(moves, Problem)
    assert (told.issue, told.sub_issue) == ("人材確保", "hiring")


def test_another_kind_of_the_same_matter_is_no_other_matter(hears: Hears) -> None:
    moves = hears(LENDING, understood("借り入れじゃなくて、返済のことです", ("資金繰り", 0.9))).moves
    assert every(moves, NotProblem) == (NotProblem("資金繰り", "lending"),)
    (told,) = every(moves, Problem)
    assert told.sub_issue == "turnaround"


def test_a_question_denies_nothing(hears: Hears) -> None:
    moves = hears(LENDING, understood("借り入れじゃないとだめですか", ("ask_why", 0.9))).moves
    assert not every(moves, NotProblem)


def test_what_is_denied_while_we_search_is_denied(hears: Hears) -> None:
    asked = a_consultation(issue=UNCLEAR, question="triage", symptom="handing_over")
    moves = hears(asked, understood("店を渡す話なんかしてません", ("事業承継", 0.97))).moves
    assert every(moves, NotProblem) == (NotProblem("事業承継"),)
    assert not every(moves, Problem)
