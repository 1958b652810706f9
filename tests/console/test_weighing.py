"""Two models are compared by what both were asked: what flips, how far shares fall, and what stands in the way."""

from __future__ import annotations

from typing import Dict, Sequence

import pytest

from bot.console.weighing import Objection, weighed
from bot.store import Kind, Measured, Result


def measured(**kinds: Sequence[bool]) -> Measured:
    results = [
        Result(Kind(kind), f"{number}", "digest", is_right)
        for kind, right in kinds.items()
        for number, is_right in enumerate(right)
    ]
    return Measured("a model", 0.0, tuple(results))


def shares(right: int, of: int = 1000) -> Sequence[bool]:
    return [number < right for number in range(of)]


def test_a_model_that_does_all_as_before_meets_no_objection() -> None:
    both = measured(dialogues=[True, False], turns=[True, False])
    found = weighed(both, both)
    assert (found.lost, found.won, found.objections) == ((), (), ())


def test_a_dialogue_that_goes_wrong_is_an_objection_though_another_goes_right() -> None:
    found = weighed(measured(dialogues=[True, False]), measured(dialogues=[False, True]))
    assert ([one.name for one in found.lost], [one.name for one in found.won]) == (["0"], ["1"])
    assert found.objections == (Objection.DIALOGUE_FLIPS,)


@pytest.mark.parametrize(("after", "objections"), [(900, ()), (895, ()), (894, (Objection.SHARE_FALLS,)), (950, ())])
def test_a_share_may_fall_by_half_a_point_and_no_further(after: int, objections: "tuple[Objection, ...]") -> None:
    found = weighed(measured(turns=shares(900)), measured(turns=shares(after)))
    assert found.objections == objections


def test_each_kind_has_a_share_of_its_own() -> None:
    before, after = (
        measured(turns=shares(900), distress=[True] * 60),
        measured(turns=shares(999), distress=[False, *[True] * 59]),
    )
    found = weighed(before, after)
    assert [(share.kind, share.falls) for share in found.shares] == [(Kind.TURNS, False), (Kind.DISTRESS, True)]
    assert found.objections == (Objection.SHARE_FALLS,)


def test_a_message_that_flips_is_told_and_alone_no_objection() -> None:
    found = weighed(measured(turns=shares(900)), measured(turns=[False, *shares(900)[1:]]))
    assert ([one.name for one in found.lost], found.objections) == (["0"], ())


def test_what_was_written_anew_is_not_compared() -> None:
    before = Measured("a", 0.0, (Result(Kind.DIALOGUES, "1", "as it was", True),))
    after = Measured("b", 0.0, (Result(Kind.DIALOGUES, "1", "as it is", False),))
    found = weighed(before, after)
    assert (found.shares, found.lost, found.not_compared, found.objections) == ((), (), 2, ())


@pytest.mark.parametrize(
    ("sides", "objections"),
    [
        ({"before": None, "after": measured()}, (Objection.OTHER_NOT_MEASURED,)),
        ({"before": measured(), "after": None}, (Objection.NOT_MEASURED,)),
        ({"before": None, "after": None}, (Objection.NOT_MEASURED, Objection.OTHER_NOT_MEASURED)),
    ],
)
def test_what_was_not_measured_is_an_objection(
    sides: "Dict[str, Measured | None]", objections: "tuple[Objection, ...]"
) -> None:
    assert weighed(**sides).objections == objections
