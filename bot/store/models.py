"""Trained models as staff knows them: what each was measured to do, which was chosen, and which answers where."""

from __future__ import annotations

import time
from dataclasses import dataclass
from enum import Enum
from typing import Any, Callable, Dict, Optional, Sequence, Tuple

import sqlalchemy
from sqlalchemy import Boolean, Column, Float, Integer, Text, select

from bot.store.audit import Action, By, note
from bot.store.database import TABLES, Database

LONGEST_REASON = 300
_SEEN_FOR_S = 30.0  # a process says every few seconds which model answers in it
_ROWS_AT_ONCE = 500
_KEPT_MEASURES = 20
_LOOKED_AT_FOR_S = 600.0  # who has looked at a model decides soon, or looks again
# Saved dialogues and held-out messages are written by those who look after the bot; nothing is an owner's.
_MEASURES = sqlalchemy.Table(
    "model_measures",
    TABLES,
    Column("model", Text, primary_key=True),
    Column("at", Float, nullable=False),
)
_RESULTS = sqlalchemy.Table(
    "model_results",
    TABLES,
    Column("model", Text, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("name", Text, primary_key=True),
    Column("content", Text, nullable=False),
    Column("is_right", Boolean, nullable=False),
    Column("found", Text, nullable=False),
)
_ACTIVATIONS = sqlalchemy.Table(
    "model_activations",
    TABLES,
    Column("id", Integer, primary_key=True),
    Column("at", Float, nullable=False),
    Column("who", Text, nullable=False),
    Column("model", Text, nullable=False),
    Column("before", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("back", Boolean, nullable=False),
)
_PROCESSES = sqlalchemy.Table(
    "model_processes",
    TABLES,
    Column("process", Text, primary_key=True),
    Column("at", Float, nullable=False),
    Column("model", Text, nullable=False),
    Column("problem", Text),
)
_PREPARATIONS = sqlalchemy.Table(
    "model_preparations",
    TABLES,
    Column("id", Integer, primary_key=True),
    Column("at", Float, nullable=False),
    Column("model", Text, nullable=False),
)
_M, _R, _A, _P = _MEASURES.c, _RESULTS.c, _ACTIVATIONS.c, _PROCESSES.c


class Kind(str, Enum):
    """What was looked at: saved dialogues, or held-out messages of a kind."""

    DIALOGUES = "dialogues"
    TURNS = "turns"
    INTENTS = "intents"
    SUB_ISSUES = "sub_issues"
    DISTRESS = "distress"


@dataclass(frozen=True)
class Result:
    """Whether a model did one thing right, and what it did, to read.

    `name` says which, `content` is a digest of what was asked and expected: results of other content do not compare.
    """

    kind: Kind
    name: str
    content: str
    is_right: bool
    found: str = ""


@dataclass(frozen=True)
class Measured:
    """All results of a model, and when it was measured (Unix seconds)."""

    model: str
    at: float
    results: Tuple[Result, ...]


@dataclass(frozen=True)
class Activation:
    """Somebody chose a model in place of another, with what they said of it. `back`: it was the one before."""

    id: int
    at: float
    who: str
    model: str
    before: str
    reason: str
    back: bool


@dataclass(frozen=True)
class Answering:
    """Which model answers in a process of the bot, and why not the one that was chosen, where it does not."""

    process: str
    model: str
    problem: Optional[str]


class ChosenMeanwhileError(Exception):
    """Somebody else has chosen a model since the page was shown."""


class Models:
    """What is known of the models. Every call raises StoreError where the store fails."""

    def __init__(self, store: Database, clock: Callable[[], float] = time.time) -> None:
        self._store = store
        self._clock = clock

    def keep(self, model: str, results: Sequence[Result]) -> None:
        """Keep what a model was measured to do, in place of what was kept of it before."""
        rows = [
            {
                "model": model,
                "kind": result.kind.value,
                "name": result.name,
                "content": result.content,
                "is_right": result.is_right,
                "found": result.found,
            }
            for result in results
        ]
        with self._store.writing_alone("model_measures") as store:
            latest = store.execute(select(_M.model).where(_M.model != model).order_by(_M.at.desc())).scalars().all()
            gone = [model, *latest[_KEPT_MEASURES - 1 :]]
            store.execute(_RESULTS.delete().where(_R.model.in_(gone)))
            store.execute(_MEASURES.delete().where(_M.model.in_(gone)))
            store.execute(_MEASURES.insert().values(model=model, at=self._clock()))
            for begin in range(0, len(rows), _ROWS_AT_ONCE):
                store.execute(_RESULTS.insert(), rows[begin : begin + _ROWS_AT_ONCE])

    def measured(self, model: str) -> Optional[Measured]:
        """What a model was measured to do; None where it was not measured."""
        with self._store.reading() as store:
            at = store.execute(select(_M.at).where(_M.model == model)).scalar_one_or_none()
            if at is None:
                return None
            rows = store.execute(select(_RESULTS).where(_R.model == model).order_by(_R.kind, _R.name)).all()
        results = (Result(Kind(row.kind), row.name, row.content, bool(row.is_right), row.found) for row in rows)
        return Measured(model, at, tuple(results))

    def shares(self) -> Dict[str, Dict[Kind, Tuple[int, int]]]:
        """Of every model that was measured: how many were right, of how many, by kind."""
        right = sqlalchemy.func.sum(sqlalchemy.case((_R.is_right, 1), else_=0))
        counted = select(_R.model, _R.kind, right, sqlalchemy.func.count()).group_by(_R.model, _R.kind)
        found: Dict[str, Dict[Kind, Tuple[int, int]]] = {}
        with self._store.reading() as store:
            for model, kind, hits, total in store.execute(counted):
                found.setdefault(model, {})[Kind(kind)] = (int(hits), int(total))
        return found

    def measured_at(self) -> Dict[str, float]:
        """When each model was measured (Unix seconds)."""
        with self._store.reading() as store:
            return {row.model: row.at for row in store.execute(select(_MEASURES))}

    def choose(self, by: By, model: str, before: str, reason: str, back: bool, latest: Optional[int]) -> int:
        """Somebody chooses the model that is to answer in every process. Returns the number of this choice.

        `latest` is the choice that they knew of. Raises ChosenMeanwhileError where another was made since.
        """
        now = self._clock()
        with self._store.writing_alone("model_activations") as store:
            if store.execute(select(sqlalchemy.func.max(_A.id))).scalar_one_or_none() != latest:
                raise ChosenMeanwhileError()
            row = {"at": now, "who": by.who, "model": model, "before": before, "reason": reason, "back": back}
            number = int(store.execute(_ACTIVATIONS.insert().values(row)).inserted_primary_key[0])
            action = Action.MODEL_BROUGHT_BACK if back else Action.MODEL_CHOSEN
            note(store, now, by, action, model, reason or None)
        return number

    def prepare(self, by: By, model: str) -> None:
        """Somebody looks at a model to choose it: every process may load it now, so that the change takes no time."""
        now = self._clock()
        with self._store.writing() as store:
            store.execute(_PREPARATIONS.delete().where(_PREPARATIONS.c.at < now - _LOOKED_AT_FOR_S))
            store.execute(_PREPARATIONS.insert().values(at=now, model=model))
            note(store, now, by, Action.MODEL_MADE_READY, model)

    def to_prepare(self) -> Optional[str]:
        """The model that somebody looked at last, a while ago at most."""
        lately = _PREPARATIONS.c.at > self._clock() - _LOOKED_AT_FOR_S
        latest = select(_PREPARATIONS.c.model).where(lately).order_by(_PREPARATIONS.c.id.desc()).limit(1)
        with self._store.reading() as store:
            found: Optional[str] = store.execute(latest).scalar_one_or_none()
        return found

    def activations(self, most: int) -> Tuple[Activation, ...]:
        """The latest choices, the latest first."""
        latest = select(_ACTIVATIONS).order_by(_A.id.desc()).limit(most)
        with self._store.reading() as store:
            return tuple(_activation(row) for row in store.execute(latest))

    def answers(self, process: str, model: str, problem: Optional[str] = None) -> None:
        """A process says which model answers in it; it is known until it says so no more."""
        now = self._clock()
        row: Dict[str, Any] = {"at": now, "model": model, "problem": problem}
        with self._store.writing() as store:
            store.execute(_PROCESSES.delete().where(_P.at < now - 2 * _SEEN_FOR_S))
            new = self._store.insert_new(_PROCESSES).values(process=process, **row)
            if store.execute(new).rowcount != 1:
                store.execute(_PROCESSES.update().where(_P.process == process).values(**row))

    def answering(self) -> Tuple[Answering, ...]:
        """Which model answers in which process, of those that said so lately."""
        lately = select(_PROCESSES).where(_P.at > self._clock() - _SEEN_FOR_S).order_by(_P.process)
        with self._store.reading() as store:
            return tuple(Answering(row.process, row.model, row.problem) for row in store.execute(lately))


def _activation(row: Any) -> Activation:
    return Activation(row.id, row.at, row.who, row.model, row.before, row.reason, bool(row.back))
