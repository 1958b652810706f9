"""Trainings and measurings of models: one at a time over all processes of the bot, with steps, a log and an end."""

from __future__ import annotations

import time
from dataclasses import dataclass
from enum import Enum
from typing import Any, Callable, Optional, Tuple

import sqlalchemy
from sqlalchemy import Boolean, Column, Float, Integer, Text, select
from sqlalchemy.engine import Connection

from bot.store.audit import Action, By, note
from bot.store.database import TABLES, Database

LEASE_S = 60.0  # renewed every second or two; whoever works it off is dead, or stands still, after that
KEPT = 5
MOST_LINES = 2_000
_LONGEST_LINE = 500
_TRAININGS = sqlalchemy.Table(
    "trainings",
    TABLES,
    Column("id", Integer, primary_key=True),
    Column("task", Text, nullable=False),
    Column("who", Text, nullable=False),
    Column("began_at", Float, nullable=False),
    Column("until", Float, nullable=False),
    Column("state", Text, nullable=False),
    Column("step", Text, nullable=False),
    Column("done", Integer, nullable=False),
    Column("of", Integer, nullable=False),
    Column("model", Text),
    Column("reason", Text),
    Column("ended_at", Float),
    Column("to_stop", Boolean, nullable=False),
)
_LOG = sqlalchemy.Table(
    "training_log",
    TABLES,
    Column("training", Integer, primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("at", Float, nullable=False),
    Column("line", Text, nullable=False),
)
_OF, _SAID = _TRAININGS.c, _LOG.c


class Task(str, Enum):
    """What is to be done: train what changed and measure what comes of it, or measure a model that is there."""

    TRAIN = "train"
    MEASURE = "measure"


class Step(str, Enum):
    """How far it is."""

    BEGINS = "begins"
    TRAINS = "trains"
    MEASURES = "measures"


class Outcome(str, Enum):
    """What became of it. LOST: whoever worked it off has not been heard of any more."""

    UNDER_WAY = "under_way"
    DONE = "done"
    FAILED = "failed"
    STOPPED = "stopped"
    LOST = "lost"


@dataclass(frozen=True)
class Training:
    """One training: who began it and when (Unix seconds), and how far it is.

    That is `done` of `of`, 0 of 0 where it is not known. `model` is what is measured, or came of the training; `reason`
    what was said where it failed.
    """

    id: int
    task: Task
    who: str
    began_at: float
    outcome: Outcome
    step: Step
    done: int
    of: int
    model: Optional[str]
    reason: Optional[str]
    ended_at: Optional[float]
    to_stop: bool


@dataclass(frozen=True)
class Line:
    """A line of the log, and when it was said (Unix seconds)."""

    number: int
    at: float
    text: str


class UnderWayError(Exception):
    """Another training is under way."""


class Trainings:
    """All of them. Every call raises StoreError where the store fails."""

    def __init__(self, store: Database, clock: Callable[[], float] = time.time) -> None:
        self._store = store
        self._clock = clock

    def begin(self, by: By, task: Task, model: Optional[str] = None) -> int:
        """Note that one begins, for whoever works it off. Returns its number. Raises UnderWayError."""
        now = self._clock()
        with self._store.writing_alone("trainings") as store:
            if store.execute(select(_OF.id).where(_is_under_way(now))).first() is not None:
                raise UnderWayError()
            lost = _OF.state == Outcome.UNDER_WAY.value
            store.execute(_TRAININGS.update().where(lost).values(state=Outcome.LOST.value, ended_at=_OF.until))
            row = {
                "task": task.value,
                "who": by.who,
                "began_at": now,
                "until": now + LEASE_S,
                "state": Outcome.UNDER_WAY.value,
                "step": Step.BEGINS.value,
                "done": 0,
                "of": 0,
                "model": model,
                "to_stop": False,
            }
            number = int(store.execute(_TRAININGS.insert().values(row)).inserted_primary_key[0])
            _let_old_ones_go(store)
            action = Action.TRAINING_BEGUN if task is Task.TRAIN else Action.MEASURING_BEGUN
            note(store, now, by, action, model)
        return number

    def go_on(self, number: int, step: Optional[Step] = None, done: int = 0, of: int = 0) -> bool:
        """It is being worked on, and this far. False: it is to end, since somebody said so or another has begun."""
        now, mine = self._clock(), _mine(number)
        values = {} if step is None else {"step": step.value, "done": done, "of": of}
        with self._store.writing() as store:
            changed = store.execute(_TRAININGS.update().where(mine).values(until=now + LEASE_S, **values)).rowcount
            to_stop = store.execute(select(_OF.to_stop).where(_OF.id == number)).scalar_one_or_none()
        return bool(changed == 1 and not to_stop)

    def say(self, number: int, line: str) -> None:
        """One more line of its log; beyond the 2,000th nothing is added."""
        last = select(sqlalchemy.func.coalesce(sqlalchemy.func.max(_SAID.number), 0)).where(_SAID.training == number)
        with self._store.writing_alone(f"training_log/{number}") as store:
            next_one = int(store.execute(last).scalar_one()) + 1
            if next_one <= MOST_LINES:
                text = line.replace("\0", "")[:_LONGEST_LINE]
                row = {"training": number, "number": next_one, "at": self._clock(), "line": text}
                store.execute(_LOG.insert().values(row))

    def end(self, number: int, outcome: Outcome, model: Optional[str] = None, reason: Optional[str] = None) -> None:
        """It has come to its end; nothing is done where it was taken for lost, or has ended."""
        values = {"state": outcome.value, "reason": reason, "ended_at": self._clock()}
        with self._store.writing() as store:
            store.execute(
                _TRAININGS.update()
                .where(_mine(number))
                .values(model=sqlalchemy.func.coalesce(model, _OF.model), **values)
            )

    def stop(self, by: By) -> bool:
        """Ask the one under way to end. False where there is none."""
        now = self._clock()
        with self._store.writing_alone("trainings") as store:
            changed = store.execute(_TRAININGS.update().where(_is_under_way(now)).values(to_stop=True)).rowcount
            if changed:
                note(store, now, by, Action.TRAINING_STOPPED)
        return bool(changed)

    def latest(self) -> Optional[Training]:
        """The one that began last."""
        with self._store.reading() as store:
            row = store.execute(select(_TRAININGS).order_by(_OF.id.desc()).limit(1)).one_or_none()
        return _training(row, self._clock()) if row is not None else None

    def one(self, number: int) -> Optional[Training]:
        """The one with this number."""
        with self._store.reading() as store:
            row = store.execute(select(_TRAININGS).where(_OF.id == number)).one_or_none()
        return _training(row, self._clock()) if row is not None else None

    def log(self, number: int, most: int) -> Tuple[Line, ...]:
        """The last lines of its log, in their order."""
        lines = select(_LOG).where(_SAID.training == number).order_by(_SAID.number.desc()).limit(most)
        with self._store.reading() as store:
            found = [Line(row.number, row.at, row.line) for row in store.execute(lines)]
        return tuple(reversed(found))


def _mine(number: int) -> Any:
    return (_OF.id == number) & (_OF.state == Outcome.UNDER_WAY.value)


def _is_under_way(now: float) -> Any:
    """One whose lease ends far ahead is from before the clock was set back."""
    return (_OF.state == Outcome.UNDER_WAY.value) & (_OF.until > now) & (_OF.until < now + 2 * LEASE_S)


def _let_old_ones_go(store: Connection) -> None:
    old = store.execute(select(_OF.id).order_by(_OF.id.desc()).offset(KEPT)).scalars().all()
    store.execute(_LOG.delete().where(_SAID.training.in_(old)))
    store.execute(_TRAININGS.delete().where(_OF.id.in_(old)))


def _training(row: Any, now: float) -> Training:
    outcome = Outcome(row.state)
    if outcome is Outcome.UNDER_WAY and not now < row.until < now + 2 * LEASE_S:
        outcome = Outcome.LOST
    return Training(
        row.id,
        Task(row.task),
        row.who,
        row.began_at,
        outcome,
        Step(row.step),
        row.done,
        row.of,
        row.model,
        row.reason,
        row.ended_at if outcome is not Outcome.LOST else row.until,
        bool(row.to_stop),
    )
