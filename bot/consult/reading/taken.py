"""What a message is taken for: its moves, or that they are not clear."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Optional, Tuple

from bot.consult.choices import Option
from bot.consult.moves import Move, Pick, Problem, Standing
from bot.consult.reading.understood import Understood
from bot.consult.state import Question
from bot.knowledge import Matter


@dataclass(frozen=True)
class Taken:
    """`moves` beside the facts that a message tells; `unsure` where nothing in it is clear.

    `in_place`: they are as it was learned to be read where it stands. `leans`: its words lean the search for the issue.
    `described`: it tells of the matter in the owner's own words.
    """

    moves: Tuple[Move, ...] = ()
    unsure: bool = False
    leans: bool = False
    described: bool = False
    in_place: bool = False


UNSURE = Taken(unsure=True, leans=True)
ONLY_FACTS = Taken(described=True)


def taken(*moves: Move) -> Taken:
    """A message that makes these moves."""
    return Taken(moves)


def pick(question: Question, answer: str, symptom: Optional[str] = None) -> Taken:
    """A message that picks an answer."""
    return Taken((Pick(Option(question, answer, symptom=symptom)),))


def beside(matters: Tuple[Matter, ...]) -> Tuple[Problem, ...]:
    """What a message brings up beside."""
    return tuple(Problem(matter.issue, matter.sub_issue, Standing.BESIDE) for matter in matters)


def closely(issue: str, understood: Understood, least: float) -> Matter:
    """The issue, with the sub-issue where the message makes that clear with at least this confidence."""
    return Matter(issue, understood.sub_issue(issue, least))
