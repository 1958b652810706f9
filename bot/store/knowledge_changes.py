"""Changes of what the bot knows, as staff proposes them: who said what to each, and what was written."""

from __future__ import annotations

import secrets
import time
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum
from typing import Any, Callable, FrozenSet, Iterator, Optional, Tuple

import sqlalchemy
from sqlalchemy import Column, Float, Index, Integer, Text, select
from sqlalchemy.engine import Connection

from bot.store.audit import Action, By, note
from bot.store.database import TABLES, Database
from bot.store.reviews import GoneError, OwnProposalError, ProposalState, TooLateError

_CHANGES = sqlalchemy.Table(
    "knowledge_changes",
    TABLES,
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("file", Text, nullable=False),
    Column("entry", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("before", Text, nullable=False),
    Column("after", Text, nullable=False),
    Column("why", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("who", Text, nullable=False),
    Column("at", Float, nullable=False),
    Column("decided_by", Text),
    Column("decided_at", Float),
    Index("knowledge_changes_of", "file", "entry", "id"),
    Index("knowledge_changes_by_state", "state", "id"),
)
_OF = _CHANGES.c
_OPEN = (ProposalState.PROPOSED, ProposalState.APPROVED)
_IS_OPEN = _OF.state.in_([state.value for state in _OPEN])
# Of two who change the same entry at once, one is first.
Index("one_change_is_open", _OF.file, _OF.entry, unique=True, sqlite_where=_IS_OPEN, postgresql_where=_IS_OPEN)
_STEPS = sqlalchemy.Table(
    "knowledge_change_steps",
    TABLES,
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False),
    Column("step", Text, nullable=False),
    Column("who", Text, nullable=False),
    Column("at", Float, nullable=False),
    Index("knowledge_change_steps_of", "name", "id"),
)
_ALONE = "knowledge changes"
_NAME_BYTES = 9


class ChangeStep(str, Enum):
    """What somebody did with a change."""

    PROPOSED = "proposed"
    WITHDRAWN = "withdrawn"
    REFUSED = "refused"
    APPROVED = "approved"
    WRITTEN = "written"
    UNDONE = "undone"


@dataclass(frozen=True)
class StepTaken:
    """A step, whose it was and when (Unix seconds)."""

    step: ChangeStep
    who: str
    at: float


@dataclass(frozen=True)
class KnowledgeText:
    """A part of a file before and after a change: an entry of a kind, or (`entry` empty) the whole file."""

    file: str
    entry: str
    kind: str
    before: str
    after: str


@dataclass(frozen=True)
class KnowledgeChange:
    """A change that somebody proposed at `at` (Unix seconds), why, and what became of it."""

    name: str
    text: KnowledgeText
    why: str
    state: ProposalState
    who: str
    at: float
    decided_by: Optional[str] = None
    decided_at: Optional[float] = None

    @property
    def is_open(self) -> bool:
        """Whether somebody has something to do with it still."""
        return self.state in _OPEN

    def is_of(self, who: str) -> bool:
        """Whether this person proposed it."""
        return self.who.casefold() == who.casefold()


class KnowledgeChanges:
    """All changes, and all steps that led to where they stand; they are kept as long as the store.

    Every call raises StoreError where the store fails. Each step is noted in the transaction that takes it.
    """

    def __init__(self, store: Database, clock: Callable[[], float] = time.time) -> None:
        self._store = store
        self._clock = clock

    def propose(self, text: KnowledgeText, why: str, by: By) -> str:
        """Keep a change for another person to look at. Returns its name.

        Raises TooLateError where another of the same entry waits.
        """
        name = secrets.token_hex(_NAME_BYTES)
        with self._store.writing_alone(_ALONE) as store:
            other = _open_one(store, text.file, text.entry)
            if other is not None:
                raise TooLateError(other.who)
            row = {"name": name, "why": why, "state": ProposalState.PROPOSED.value, "who": by.who, "at": self._clock()}
            store.execute(_CHANGES.insert().values(**row, **text.__dict__))
            self._take(store, name, ChangeStep.PROPOSED, by, Action.CHANGE_PROPOSED, text)
        return name

    def of(self, name: str) -> Optional[KnowledgeChange]:
        """The change of this name."""
        with self._store.reading() as store:
            return _named(store, name)

    def steps(self, name: str) -> Tuple[StepTaken, ...]:
        """All that was done with it, the first step first."""
        its = _STEPS.c
        with self._store.reading() as store:
            rows = store.execute(select(_STEPS).where(its.name == name).order_by(its.id))
            return tuple(StepTaken(ChangeStep(row.step), row.who, row.at) for row in rows)

    def all_in(self, *states: ProposalState, most: int = 100) -> Tuple[KnowledgeChange, ...]:
        """Changes that stand so, the oldest first."""
        of_them = select(_CHANGES).where(_OF.state.in_([state.value for state in states]))
        with self._store.reading() as store:
            return tuple(map(_change, store.execute(of_them.order_by(_OF.id).limit(most))))

    def decided(self, most: int) -> Tuple[KnowledgeChange, ...]:
        """Those that were decided last, the latest first."""
        of_them = select(_CHANGES).where(_OF.decided_at.is_not(None)).order_by(_OF.decided_at.desc(), _OF.id.desc())
        with self._store.reading() as store:
            return tuple(map(_change, store.execute(of_them.limit(most))))

    def history(self, file: str, entry: str, most: int) -> Tuple[KnowledgeChange, ...]:
        """The changes of an entry, the latest first."""
        of_it = select(_CHANGES).where(_OF.file == file, _OF.entry == entry).order_by(_OF.id.desc())
        with self._store.reading() as store:
            return tuple(map(_change, store.execute(of_it.limit(most))))

    def open_entries(self) -> FrozenSet[Tuple[str, str]]:
        """The entries (file and name) of which a change is open."""
        with self._store.reading() as store:
            rows = store.execute(select(_OF.file, _OF.entry).where(_IS_OPEN))
            return frozenset((row.file, row.entry) for row in rows)

    def withdraw(self, name: str, by: By) -> None:
        """Take it back before anybody decided. Raises GoneError, TooLateError."""
        with self._deciding(name, ProposalState.PROPOSED) as (store, change):
            _set(store, name, state=ProposalState.UNDONE)
            self._take(store, name, ChangeStep.WITHDRAWN, by, Action.CHANGE_UNDONE, change.text)

    def refuse(self, name: str, by: By) -> None:
        """Another person says no. Raises GoneError, TooLateError, OwnProposalError."""
        with self._deciding(name, ProposalState.PROPOSED) as (store, change):
            _check_another(change, by)
            self._decide(store, name, by, ProposalState.REFUSED)
            self._take(store, name, ChangeStep.REFUSED, by, Action.CHANGE_REFUSED, change.text)

    def approve(self, name: str, by: By, write: Optional[Callable[[], None]]) -> None:
        """Another person says yes. `write` puts it into its file; None where that cannot be written.

        What `write` raises leaves the change as it was; an OSError would count as the store's. Raises GoneError,
        TooLateError, OwnProposalError.
        """
        with self._deciding(name, ProposalState.PROPOSED) as (store, change):
            _check_another(change, by)
            self._decide(store, name, by, ProposalState.WRITTEN if write is not None else ProposalState.APPROVED)
            self._take(store, name, ChangeStep.APPROVED, by, Action.CHANGE_APPROVED, change.text)
            if write is not None:
                self._step(store, name, ChangeStep.WRITTEN, by)
                write()

    def write_down(self, name: str, by: By, write: Callable[[], None]) -> None:
        """What was approved while its file could not be written is written. Raises GoneError, TooLateError."""
        with self._deciding(name, ProposalState.APPROVED) as (store, change):
            _set(store, name, state=ProposalState.WRITTEN)
            self._take(store, name, ChangeStep.WRITTEN, by, Action.CHANGE_APPROVED, change.text)
            write()

    def undo(self, name: str, by: By, take_out: Callable[[], None]) -> None:
        """A decision is taken back: it stands before another person once more, and what was written is taken out.

        Raises GoneError, TooLateError; also where another change of the same entry was proposed since.
        """
        decided = (ProposalState.APPROVED, ProposalState.WRITTEN, ProposalState.REFUSED)
        with self._deciding(name, *decided) as (store, change):
            other = _open_one(store, change.text.file, change.text.entry)
            if other is not None and other.name != name:
                raise TooLateError(other.who)
            _set(store, name, state=ProposalState.PROPOSED, decided_by=None, decided_at=None)
            self._take(store, name, ChangeStep.UNDONE, by, Action.CHANGE_UNDONE, change.text)
            if change.state is ProposalState.WRITTEN:
                take_out()

    @contextmanager
    def _deciding(self, name: str, *from_states: ProposalState) -> Iterator[Tuple[Connection, KnowledgeChange]]:
        """The change of this name, in a transaction. Raises GoneError; TooLateError where it stands otherwise."""
        with self._store.writing_alone(_ALONE) as store:
            change = _named(store, name)
            if change is None:
                raise GoneError
            if change.state not in from_states:
                raise TooLateError(change.decided_by or change.who)
            yield store, change

    def _decide(self, store: Connection, name: str, by: By, state: ProposalState) -> None:
        _set(store, name, state=state, decided_by=by.who, decided_at=self._clock())

    def _take(
        self, store: Connection, name: str, step: ChangeStep, by: By, action: Action, text: KnowledgeText
    ) -> None:
        """A step, in the history of the entry and in the log."""
        self._step(store, name, step, by)
        note(store, self._clock(), by, action, text.entry or text.file, text.file)

    def _step(self, store: Connection, name: str, step: ChangeStep, by: By) -> None:
        store.execute(_STEPS.insert().values(name=name, step=step.value, who=by.who, at=self._clock()))


def _check_another(change: KnowledgeChange, by: By) -> None:
    if change.is_of(by.who):
        raise OwnProposalError


def _set(store: Connection, name: str, state: ProposalState, **values: Any) -> None:
    store.execute(_CHANGES.update().where(_OF.name == name).values(state=state.value, **values))


def _open_one(store: Connection, file: str, entry: str) -> Optional[KnowledgeChange]:
    row = store.execute(select(_CHANGES).where(_OF.file == file, _OF.entry == entry, _IS_OPEN)).first()
    return _change(row) if row is not None else None


def _named(store: Connection, name: str) -> Optional[KnowledgeChange]:
    row = store.execute(select(_CHANGES).where(_OF.name == name)).one_or_none()
    return _change(row) if row is not None else None


def _change(row: Any) -> KnowledgeChange:
    return KnowledgeChange(
        name=row.name,
        text=KnowledgeText(row.file, row.entry, row.kind, row.before, row.after),
        why=row.why,
        state=ProposalState(row.state),
        who=row.who,
        at=row.at,
        decided_by=row.decided_by,
        decided_at=row.decided_at,
    )
