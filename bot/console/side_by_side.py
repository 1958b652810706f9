"""A trial with two models: which others can be tried out, how it goes with one of them, and where the two differ."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from typing import Any, Dict, FrozenSet, Iterator, List, Optional, Sequence, Tuple

from bot.console.engine import BusyEngineError, NoEngineError, why
from bot.console.learner import CannotAnswerError, Model, WhyNot
from bot.console.visit import Visit
from bot.messages import AT_ANY_TIME, Choice, Choices
from bot.plain import plain
from bot.sheets.links import PATH
from bot.store import Sent, Spoken, TurnRecord

BESIDE = "beside"  # the name of the other model in addresses and forms
_SHEET = re.compile(rf"{re.escape(PATH)}/\S+")  # each has an address of its own
_LINKS = ("link", "more_links")  # of a fact: the page shows its words alone


@dataclass(frozen=True)
class Beside:
    """The other model, and how the trial goes with it; `problem` names why that is not known."""

    model: str
    turns: Tuple[TurnRecord, ...] = ()
    problem: Optional[str] = None


@dataclass(frozen=True)
class Step:
    """A turn with the model that serves, and with the other where there is one.

    `differs` names what is not the same in both. `presses_nothing`: what was pressed had not been offered by the model
    that serves, or by the other, so it was heard as words.
    """

    turn: TurnRecord
    other: Optional[TurnRecord] = None
    differs: FrozenSet[str] = frozenset()
    presses_nothing: Tuple[bool, bool] = (False, False)


async def others(visit: Visit) -> Tuple[Model, ...]:
    """The models that can be tried out beside the one that serves, the latest first."""
    learner = visit.console.learner
    answering = learner.answering()
    there = await asyncio.to_thread(learner.models)
    return tuple(model for model in there if model.fits and model.name != answering)


def chosen(visit: Visit) -> str:
    """The name of the other model that whoever asks has chosen; empty where they have chosen none."""
    return visit.asked(BESIDE) or visit.sent(BESIDE)


async def played_beside(visit: Visit, sent: Sequence[Sent]) -> Optional[Beside]:
    """How a trial goes with the model that was chosen; None where none was."""
    name = chosen(visit)
    if not name:
        return None
    if name not in {model.name for model in await others(visit)}:
        return Beside(name, problem=WhyNot.GONE.value)
    try:
        return Beside(name, await visit.console.engine.play(sent, name))
    except CannotAnswerError as error:
        return Beside(name, problem=error.why.value)
    except (BusyEngineError, NoEngineError) as error:
        return Beside(name, problem=why(error))


def steps(turns: Sequence[TurnRecord], beside: Optional[Beside]) -> Tuple[Step, ...]:
    """The turns of a trial, each beside that of the other model."""
    if beside is None or beside.problem is not None:
        return tuple(map(Step, turns))
    pressed = zip(_presses_nothing(turns), _presses_nothing(beside.turns), strict=True)
    both = zip(turns, beside.turns, pressed, strict=True)
    return tuple(Step(one, other, _differs(one, other), nothing) for one, other, nothing in both)


def offered(turns: Sequence[TurnRecord]) -> Tuple[Choice, ...]:
    """What can be pressed below the last turn."""
    return _offered_in(turns[-1]) if turns else ()


def _offered_in(turn: TurnRecord) -> Tuple[Choice, ...]:
    parts = [spoken.message.part for spoken in turn.said]
    return tuple(choice for part in parts if isinstance(part, Choices) for choice in part.choices)


def _presses_nothing(turns: Sequence[TurnRecord]) -> Iterator[bool]:
    there: Tuple[str, ...] = ()
    for turn in turns:
        yield turn.pressed is not None and turn.pressed not in (*there, *AT_ANY_TIME)
        there = tuple(choice.id for choice in _offered_in(turn))


def _differs(one: TurnRecord, other: TurnRecord) -> FrozenSet[str]:
    """The names of what the page shows otherwise of one than of the other; how sure a model was makes no difference."""
    shown, beside = _shown(one), _shown(other)
    return frozenset(name for name in shown if shown[name] != beside[name])


def _shown(turn: TurnRecord) -> Dict[str, Any]:
    heard, decided = turn.heard, turn.decided
    return {
        "moves": heard and (heard.unsure, sorted((move.move, sorted(move.about)) for move in heard.moves)),
        "facts": heard and sorted((fact.slot, fact.value, fact.of_the_owner) for fact in heard.facts),
        "by": decided.by,
        "effects": decided.effects,
        "asked": turn.asked,
        "institutions": decided.institutions,
        "cited": decided.cited,
        "question": turn.after.question,
        "said": [_said(spoken) for spoken in turn.said],
    }


def _said(spoken: Spoken) -> List[Any]:
    part = _without_links(plain(spoken.message.part))
    return [_SHEET.sub(PATH, spoken.message.words), part]


def _without_links(part: Any) -> Any:
    if isinstance(part, dict):
        return {key: _without_links(value) for key, value in part.items() if key not in _LINKS}
    if isinstance(part, list):
        return [_without_links(each) for each in part]
    return part
