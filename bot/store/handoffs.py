"""Handoffs: which conversations wait for staff, why, and since when. The seam between the bot and the console."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime, timezone
from enum import Enum
from typing import Any, Optional, Protocol, Tuple

import sqlalchemy
from sqlalchemy import Column, Index, Integer, Text, select

from bot.store.claims import CLAIMS, release
from bot.store.database import TABLES, Database, database
from bot.store.holding import talk
from bot.store.staff_lines import Line, went

_HANDOFFS = sqlalchemy.Table(
    "handoffs",
    TABLES,
    Column("id", Integer, primary_key=True),
    Column("conversation", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("opened_at", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("call_back", Text),
)
_OF = _HANDOFFS.c
_WAITS = _OF.state == "waiting"
Index(
    "one_handoff_waits",
    _OF.conversation,
    _OF.reason,
    unique=True,
    sqlite_where=_WAITS,
    postgresql_where=_WAITS,
)


class Reason(str, Enum):
    """Why staff is called: the owner asked for a person, or is in distress."""

    ASKED = "asked"
    DISTRESS = "distress"


class State(str, Enum):
    """Where a handoff stands: with staff, back with the bot, or done with."""

    WAITING = "waiting"
    RESUMED = "resumed"
    CLOSED = "closed"


@dataclass(frozen=True)
class Handoff:
    """A conversation that staff was called to. `opened_at` is in UTC.

    `call_back` is what the owner wrote when asked whether and how to be called back, for staff's eyes only.
    """

    conversation: str
    reason: Reason
    opened_at: datetime
    state: State = State.WAITING
    call_back: Optional[str] = None


class Handoffs(Protocol):
    """All handoffs, shared by the bot and the console. Every call raises StoreError where the store fails."""

    def open(self, conversation: str, reason: Reason) -> Handoff:
        """Call staff to a conversation; where it already waits for that reason, the handoff that waits."""

    def wish_call_back(self, conversation: str, wish: str) -> bool:
        """Keep with the handoff that the owner asked for how to be called back. False where none waits."""

    def waiting(self) -> Tuple[Handoff, ...]:
        """What staff has to see to, oldest first: what waits, and what went back with a call-back still wished for."""

    def of(self, conversation: str) -> Tuple[Handoff, ...]:
        """Every handoff of a conversation, oldest first."""

    def resume(self, conversation: str) -> None:
        """Give the conversation back to the bot, also from a person who has it.

        An alert for distress goes on waiting for staff.
        """

    def close(self, conversation: str) -> None:
        """Staff has seen to the conversation: nothing of it waits any more, and wishes for call-back are erased."""

    def forget(self, before: datetime) -> int:
        """Erase what was opened before a time and waits no more, wishes for call-back with it. How many that were."""


class StoredHandoffs:
    """Handoffs in the store. Several processes may share it."""

    def __init__(self, store: Database) -> None:
        self._store = store

    def open(self, conversation: str, reason: Reason) -> Handoff:
        """As the protocol says; two processes that open at once get the same handoff."""
        opened_at = datetime.now(timezone.utc).isoformat()
        row = {"conversation": conversation, "reason": reason.value, "opened_at": opened_at, "state": "waiting"}
        with self._store.writing() as store:
            store.execute(self._store.insert_new(_HANDOFFS).values(row))
            waits = store.execute(
                select(_HANDOFFS).where(_OF.conversation == conversation, _OF.reason == reason.value, _WAITS)
            ).one()
        return _handoff(waits)

    def wish_call_back(self, conversation: str, wish: str) -> bool:
        """As the protocol says; a later wish takes the place of an earlier one."""
        with self._store.writing() as store:
            kept = store.execute(_asked_and_waits(conversation).values(call_back=wish))
        return int(kept.rowcount) > 0

    def waiting(self) -> Tuple[Handoff, ...]:
        """As the protocol says."""
        return self._where(_WAITS | ((_OF.state == State.RESUMED.value) & _OF.call_back.is_not(None)))

    def of(self, conversation: str) -> Tuple[Handoff, ...]:
        """As the protocol says."""
        return self._where(_OF.conversation == conversation)

    def resume(self, conversation: str) -> None:
        """As the protocol says."""
        with self._store.writing_alone(talk(conversation)) as store:
            store.execute(_asked_and_waits(conversation).values(state=State.RESUMED.value))
            claim = release(store, conversation)
            if claim is not None:
                went(store, self._store, claim, time.time(), Line.TAKEN_BACK)

    def close(self, conversation: str) -> None:
        """As the protocol says."""
        with self._store.writing_alone(talk(conversation)) as store:
            close_in(store, conversation)
            claim = release(store, conversation)
            if claim is not None:
                went(store, self._store, claim, time.time(), Line.LEFT)

    def forget(self, before: datetime) -> int:
        """As the protocol says; what still waits is kept, however old it is."""
        old = _OF.opened_at < before.astimezone(timezone.utc).isoformat()
        return self._store.erase(_OF.id, ~_WAITS & old)

    def _where(self, condition: Any) -> Tuple[Handoff, ...]:
        with self._store.reading() as store:
            return tuple(map(_handoff, store.execute(select(_HANDOFFS).where(condition).order_by(_OF.id))))


def waits_for_wish(conversation: str, store: sqlalchemy.engine.Connection) -> bool:
    """Whether the next words in a conversation may be the wish for call-back, within a transaction."""
    none_yet = select(_OF.id).where(*_asked_for(conversation), _WAITS, _OF.call_back.is_(None))
    return store.execute(none_yet.limit(1)).first() is not None


def waits_for_a_person(store: sqlalchemy.engine.Connection, conversation: str) -> bool:
    """Whether an owner asked for a person, and that stands, within a transaction."""
    return store.execute(select(_OF.id).where(*_asked_for(conversation), _WAITS).limit(1)).first() is not None


def is_known(store: sqlalchemy.engine.Connection, conversation: str) -> bool:
    """Whether staff was ever called to a conversation, and that is not forgotten, within a transaction."""
    return store.execute(select(_OF.id).where(_OF.conversation == conversation).limit(1)).first() is not None


def resume_in(store: sqlalchemy.engine.Connection, conversation: str) -> None:
    """A person has seen to the conversation and gives it back: nothing of it waits but a wish for call-back."""
    seen_to = _HANDOFFS.update().where(_OF.conversation == conversation, _WAITS)
    store.execute(seen_to.values(state=State.RESUMED.value))


def close_in(store: sqlalchemy.engine.Connection, conversation: str) -> None:
    """Nothing of the conversation waits any more, and wishes for call-back are erased, within a transaction."""
    closed = _HANDOFFS.update().where(_OF.conversation == conversation)
    store.execute(closed.values(state=State.CLOSED.value, call_back=None))


def with_staff() -> Any:
    """A query of the conversations that owners asked to be handed over, or that somebody of staff has."""
    asked = select(_OF.conversation).where(_OF.reason == Reason.ASKED.value, _WAITS)
    return asked.union(select(CLAIMS.c.conversation))


def _asked_and_waits(conversation: str) -> Any:
    return _HANDOFFS.update().where(*_asked_for(conversation), _WAITS)


def _asked_for(conversation: str) -> Tuple[Any, ...]:
    return _OF.conversation == conversation, _OF.reason == Reason.ASKED.value


def _handoff(row: Any) -> Handoff:
    opened_at = datetime.fromisoformat(row.opened_at)
    return Handoff(row.conversation, Reason(row.reason), opened_at, State(row.state), row.call_back)


def handoffs() -> Handoffs:
    """The handoffs in the operator's store."""
    return StoredHandoffs(database())
