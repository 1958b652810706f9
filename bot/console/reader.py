"""What the console asks of the model that serves: how it reads a message now, what is like it, what may be a name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Optional, Protocol, Sequence, Tuple

from bot.store import ProposedMove, Stood


@dataclass(frozen=True)
class ReadNow:
    """How a message is read at its place: its moves, surest first; the intent of its words alone, and the sub-issue."""

    moves: Tuple[ProposedMove, ...]
    intent: str
    sub_issue: Optional[str] = None


class Reader(Protocol):
    """The model. Whoever serves hands it in; the console knows nothing of how it is made."""

    async def read(self, words: str, stood: Stood) -> Optional[ReadNow]:
        """How a message is read where it stood; None as long as there is no model."""

    async def likeness(self, words: str, others: Sequence[str]) -> Tuple[float, ...]:
        """How like each of the others is in meaning: a cosine, from -1 to 1."""

    async def names_in(self, words: str) -> Tuple[str, ...]:
        """The parts that may be the name of a person or a firm, in their order."""


class NoModel:
    """Nobody who reads: nothing is known of what a model would say, and nothing is like anything."""

    async def read(self, words: str, stood: Stood) -> Optional[ReadNow]:
        """Nothing."""
        return None

    async def likeness(self, words: str, others: Sequence[str]) -> Tuple[float, ...]:
        """Nothing is like it."""
        return (0.0,) * len(others)

    async def names_in(self, words: str) -> Tuple[str, ...]:
        """None is known."""
        return ()
