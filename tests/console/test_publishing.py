"""What is published hides every small count, also from whoever subtracts."""

from __future__ import annotations

from itertools import product
from typing import Iterator, List, Optional, Sequence, Set, Tuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.console.publishing import LEAST, Cell, Told, published, told_alone
from bot.store import Count

EXACTLY, FEW, NOTHING = Told.EXACTLY, Told.FEW, Told.NOTHING


def counts(*numbers: int) -> List[Count]:
    return [Count(name, number) for name, number in zip("abcdefgh", numbers, strict=False)]


def told(cells: Optional[Sequence[Cell]]) -> List[Tuple[Optional[str], Told, Optional[int]]]:
    return [(cell.name, cell.told, cell.count) for cell in cells or ()]


def test_counts_that_are_large_enough_are_told_as_they_are_most_first() -> None:
    assert told(published(counts(5, 9))) == [("b", EXACTLY, 9), ("a", EXACTLY, 5)]


def test_one_small_count_takes_the_next_with_it_so_that_it_cannot_be_computed() -> None:
    assert told(published(counts(40, 12, 9, 3))) == [
        ("a", EXACTLY, 40),
        ("b", EXACTLY, 12),
        ("c", NOTHING, None),
        ("d", FEW, None),
    ]


def test_small_counts_that_hide_each_other_leave_the_others_alone() -> None:
    assert told(published(counts(40, 3, 2, 4))) == [
        ("a", EXACTLY, 40),
        ("b", FEW, None),
        ("c", FEW, None),
        ("d", FEW, None),
    ]


def test_what_cannot_be_hidden_is_not_published_at_all() -> None:
    assert published(counts(5, 1)) is None


def test_nobody_is_no_secret_and_no_line() -> None:
    assert told(published(counts(7, 0))) == [("a", EXACTLY, 7)]


@pytest.mark.parametrize(
    ("count", "cell"),
    [(0, Cell(None, EXACTLY, 0)), (1, Cell(None, FEW)), (4, Cell(None, FEW)), (5, Cell(None, EXACTLY, 5))],
)
def test_a_count_by_itself(count: int, cell: Cell) -> None:
    assert told_alone(count) == cell


def tables_that_look_the_same(cells: Sequence[Cell], in_all: int) -> Iterator[Tuple[int, ...]]:
    """Every table of which the same would be told: the sum, what is told exactly, and what is known of the rest."""
    exact = [cell.count for cell in cells if cell.count is not None]
    hidden = [cell for cell in cells if cell.count is None]
    most = min(exact, default=in_all)
    ranges = [range(1, LEAST) if cell.told is FEW else range(LEAST, most + 1) for cell in hidden]
    for found in product(*ranges):
        if sum(found) + sum(exact) == in_all:
            yield found


@settings(max_examples=200, deadline=None)
@given(st.lists(st.integers(0, 12), min_size=1, max_size=5))
def test_from_all_that_is_told_and_the_sum_each_small_count_might_be_any(numbers: List[int]) -> None:
    cells = published(counts(*numbers)) or ()
    hidden = [cell for cell in cells if cell.count is None]
    might_be: List[Set[int]] = [set() for _ in hidden]
    for found in tables_that_look_the_same(cells, sum(numbers)):
        for each, number in zip(might_be, found, strict=True):
            each.add(number)
    few = [each for cell, each in zip(hidden, might_be, strict=True) if cell.told is FEW]
    assert few == [set(range(1, LEAST))] * len(few)
