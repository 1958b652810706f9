"""Handoffs: which conversations wait for staff, why, and since when. The seam between the bot and the console."""

from __future__ import annotations

import logging
import os
import sqlite3
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timezone
from enum import Enum
from pathlib import Path
from typing import Iterator, Optional, Protocol, Tuple

from bot.desk import desk
from bot.paths import VAR

STORE = "KAKARITSUKE_STORE"
_WAIT_FOR_OTHERS_S = 10.0
_LOGGER = logging.getLogger(__name__)

_TABLE = """
CREATE TABLE IF NOT EXISTS handoffs (
    id INTEGER PRIMARY KEY,
    conversation TEXT NOT NULL,
    reason TEXT NOT NULL,
    opened_at TEXT NOT NULL,
    state TEXT NOT NULL,
    call_back TEXT
)
"""
_ONE_WAITS = """
CREATE UNIQUE INDEX IF NOT EXISTS one_handoff_waits ON handoffs (conversation, reason) WHERE state = 'waiting'
"""
_COLUMNS = "conversation, reason, opened_at, state, call_back"


class StoreError(Exception):
    """The store cannot be read or written; the message names the file and the reason."""


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
        """Give the conversation back to the bot. An alert for distress goes on waiting for staff."""

    def close(self, conversation: str) -> None:
        """Staff has seen to the conversation: nothing of it waits any more, and wishes for call-back are erased."""


class SqliteHandoffs:
    """Handoffs in one SQLite file, made on first use and readable by its owner alone. Several processes may share it.

    Each call opens the file anew: about 1 ms, and nothing is kept that another process could not see.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def open(self, conversation: str, reason: Reason) -> Handoff:
        """As the protocol says; two processes that open at once get the same handoff."""
        now = datetime.now(timezone.utc).isoformat()
        with self._store() as store:
            store.execute(
                "INSERT INTO handoffs (conversation, reason, opened_at, state) VALUES (?, ?, ?, 'waiting') "
                "ON CONFLICT DO NOTHING",
                (conversation, reason.value, now),
            )
            row = store.execute(
                f"SELECT {_COLUMNS} FROM handoffs WHERE conversation = ? AND reason = ? AND state = 'waiting'",
                (conversation, reason.value),
            ).fetchone()
        return _handoff(row)

    def wish_call_back(self, conversation: str, wish: str) -> bool:
        """As the protocol says; a later wish takes the place of an earlier one."""
        with self._store() as store:
            kept = store.execute(
                "UPDATE handoffs SET call_back = ? WHERE conversation = ? AND reason = 'asked' AND state = 'waiting'",
                (wish, conversation),
            )
        return kept.rowcount > 0

    def waiting(self) -> Tuple[Handoff, ...]:
        """As the protocol says."""
        return self._where("state = 'waiting' OR (state = 'resumed' AND call_back IS NOT NULL)")

    def of(self, conversation: str) -> Tuple[Handoff, ...]:
        """As the protocol says."""
        return self._where("conversation = ?", conversation)

    def resume(self, conversation: str) -> None:
        """As the protocol says."""
        with self._store() as store:
            store.execute(
                "UPDATE handoffs SET state = 'resumed' "
                "WHERE conversation = ? AND reason = 'asked' AND state = 'waiting'",
                (conversation,),
            )

    def close(self, conversation: str) -> None:
        """As the protocol says."""
        with self._store() as store:
            store.execute(
                "UPDATE handoffs SET state = 'closed', call_back = NULL WHERE conversation = ?", (conversation,)
            )

    def _where(self, condition: str, *values: str) -> Tuple[Handoff, ...]:
        with self._store() as store:
            rows = store.execute(f"SELECT {_COLUMNS} FROM handoffs WHERE {condition} ORDER BY id", values).fetchall()
        return tuple(_handoff(row) for row in rows)

    @contextmanager
    def _store(self) -> Iterator[sqlite3.Connection]:
        """A connection for one transaction: committed at the end, rolled back where anything is raised."""
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._path.touch(mode=0o600)
            connection = sqlite3.connect(self._path, timeout=_WAIT_FOR_OTHERS_S)
            try:
                connection.execute("PRAGMA journal_mode = WAL")
                connection.execute("PRAGMA secure_delete = ON")  # a wish that is erased is overwritten in the file
                with connection:
                    connection.execute(_TABLE)
                    connection.execute(_ONE_WAITS)
                    yield connection
            finally:
                connection.close()
        except (sqlite3.Error, OSError) as error:
            raise StoreError(f"{self._path}: {error}; see {STORE} in docs/operations.md") from error


def _handoff(row: Tuple[str, str, str, str, Optional[str]]) -> Handoff:
    conversation, reason, opened_at, state, call_back = row
    return Handoff(conversation, Reason(reason), datetime.fromisoformat(opened_at), State(state), call_back)


def handoffs() -> Handoffs:
    """The handoffs in the file that the environment names (KAKARITSUKE_STORE), by default var/store.sqlite."""
    return SqliteHandoffs(Path(os.environ.get(STORE) or VAR / "store.sqlite"))


def is_with_staff(conversation: str) -> bool:
    """Whether staff still has the conversation that an owner asked to be handed over.

    Not so where staff was switched off, or the store is lost or fails (that is logged): an owner is never left in
    silence because of it.
    """
    if not desk().staff:
        return False
    try:
        of_it = handoffs().of(conversation)
    except StoreError:
        _LOGGER.exception("whether staff has the conversation is not known; the bot answers")
        return False
    return any(handoff.reason is Reason.ASKED and handoff.state is State.WAITING for handoff in of_it)
