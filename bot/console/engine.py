"""What the console asks of the bot that serves, to try it out: turns that no owner hears of, kept nowhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Mapping, Optional, Protocol, Sequence, Tuple

from bot.messages import Choice
from bot.store import Sent, TurnRecord

BUSY, NOT_THERE = "busy", "not_there"


class BusyEngineError(Exception):
    """Owners' turns are computed now, and this one could not begin in time. Nothing has happened."""


class NoEngineError(Exception):
    """There is no bot to try out: it has not started, or the console runs without it."""


def why(error: Exception) -> str:
    """Why there is nobody to talk to now, by the name that pages say it with."""
    return BUSY if isinstance(error, BusyEngineError) else NOT_THERE


@dataclass(frozen=True)
class Difference:
    """Where a written conversation goes otherwise now.

    `line` is its line from 0, `key` what is expected there, empty where the bot only failed to catch two messages in a
    row. `now` would have to stand under the key; `leaves_nothing`: nothing can. `told` says in the words of the
    program what was found.
    """

    line: int
    key: str
    expected: Any
    now: Any
    told: str
    leaves_nothing: bool = False


@dataclass(frozen=True)
class HeldTurn:
    """A message of a written conversation and what the bot said to it, with the lines of the table that decided."""

    owner: str
    by: Tuple[str, ...]
    said: str


@dataclass(frozen=True)
class Judged:
    """How a written conversation goes now."""

    turns: Tuple[HeldTurn, ...]
    differences: Tuple[Difference, ...] = ()

    @property
    def as_written(self) -> bool:
        """Whether it goes as it is written."""
        return not self.differences


class Engine(Protocol):
    """The bot. Whoever serves hands it in. Every call raises BusyEngineError, NoEngineError and StoreError."""

    @property
    def at_any_time(self) -> Tuple[Choice, ...]:
        """What an owner can press at any time."""

    async def play(self, sent: Sequence[Sent], model: Optional[str] = None) -> Tuple[TurnRecord, ...]:
        """The turns of a conversation in which this is sent, from its beginning; numbered from 1.

        `model` names another than the one that serves, to be played with instead. Raises CannotAnswerError where that
        one cannot be.
        """

    async def judge(self, title: str, lines: Sequence[Mapping[str, Any]]) -> Judged:
        """How a conversation of tests/dialogues goes."""

    async def story_goes(self, text: str) -> Optional[str]:
        """None where the one story of this text goes as written, else what it does instead, to read."""


class NoEngine:
    """No bot: nothing can be tried out."""

    at_any_time: Tuple[Choice, ...] = ()

    async def play(self, sent: Sequence[Sent], model: Optional[str] = None) -> Tuple[TurnRecord, ...]:
        """Nobody to talk to."""
        raise NoEngineError

    async def judge(self, title: str, lines: Sequence[Mapping[str, Any]]) -> Judged:
        """Nobody to talk to."""
        raise NoEngineError

    async def story_goes(self, text: str) -> Optional[str]:
        """Nobody to talk to."""
        raise NoEngineError
