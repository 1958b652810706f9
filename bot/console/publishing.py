"""Counts as they may be published: none so small that somebody could be found by it, also not by subtraction."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import List, Optional, Sequence, Tuple

from bot.store import Count

LEAST = 5  # what is less is not told


class Told(str, Enum):
    """What is told of a count: itself, that it is less than LEAST, or nothing, since a smaller one would be found."""

    EXACTLY = "exactly"
    FEW = "few"
    NOTHING = "nothing"


@dataclass(frozen=True)
class Cell:
    """A count as it is published; `count` is None where it is not told exactly."""

    name: Optional[str]
    told: Told
    count: Optional[int] = None


def published(counts: Sequence[Count]) -> Optional[Tuple[Cell, ...]]:
    """The counts, where whoever reads them knows their sum as well. None where nothing may be told.

    What is less than LEAST is told as that. From the sum and the others, which are told, it could be computed; so the
    smallest of these are held back too, until each small count might be any number from 1 to LEAST - 1. What is told
    exactly comes first, most first; the rest is in the order of its names, which tells nothing.
    """
    there = sorted((one for one in counts if one.count > 0), key=lambda one: -one.count)
    few = [one for one in there if one.count < LEAST]
    exact = [one for one in there if one.count >= LEAST]
    held_back: List[Count] = []
    while few and not _is_safe(few, held_back, exact):
        if not exact:
            return None
        held_back.append(exact.pop())
    rest = [*((one, Told.FEW) for one in few), *((one, Told.NOTHING) for one in held_back)]
    return (
        *(Cell(one.name, Told.EXACTLY, one.count) for one in exact),
        *(Cell(one.name, told) for one, told in sorted(rest, key=lambda each: each[0].name or "")),
    )


def told_alone(count: int) -> Cell:
    """One count by itself; nobody was there is told as it is."""
    return Cell(None, Told.EXACTLY, count) if count == 0 or count >= LEAST else Cell(None, Told.FEW)


def _is_safe(few: Sequence[Count], held_back: Sequence[Count], exact: Sequence[Count]) -> bool:
    """Whether each of the few might be any number from 1 to LEAST - 1, for whoever knows the sum of all that is hidden.

    They also know that what is held back is not less than LEAST, and not more than any that is told exactly.
    """
    together = sum(one.count for one in (*few, *held_back))
    most_held_back = exact[-1].count if exact else together
    others_at_least = len(few) - 1 + LEAST * len(held_back)
    others_at_most = (LEAST - 1) * (len(few) - 1) + most_held_back * len(held_back)
    return together - others_at_least >= LEAST - 1 and together - others_at_most <= 1
