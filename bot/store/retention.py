"""Forgets what owners said, when it was kept long enough or at once: the one place that removes it from the store."""

from __future__ import annotations

import time
from datetime import datetime, timezone
from typing import Mapping, Tuple

import sqlalchemy

from bot.store.database import TABLES, Database
from bot.store.forgotten import is_forgotten, note
from bot.store.handoffs import StoredHandoffs
from bot.store.inbox import forget_done
from bot.store.questions import forget_questions
from bot.store.sheets import Sheets
from bot.store.transcripts import Transcripts

_DAY_S = 86_400


def of_conversations() -> Tuple[sqlalchemy.Table, ...]:
    """Every table that holds something of a conversation: each has a column with its name."""
    return tuple(table for table in TABLES.sorted_tables if "conversation" in table.c)


def forget_conversation(store: Database, conversation: str) -> Mapping[str, int]:
    """Erase all that the store holds of a conversation, also what still waits. Returns how many rows of which table.

    One transaction; SQLite's log, which may still hold what was erased, is emptied after it. Raises StoreError.
    """
    gone = {}
    with store.writing() as connection:
        for table in of_conversations():
            removed = connection.execute(table.delete().where(table.c.conversation == conversation))
            gone[table.name] = int(removed.rowcount)
        note(connection, conversation)
    store.put_log_away()
    return gone


def was_forgotten(store: Database, conversation: str, since: float) -> bool:
    """Whether a conversation was forgotten at or after a time (Unix seconds). Raises StoreError."""
    with store.reading() as connection:
        return is_forgotten(connection, conversation, since)


def forget_old(store: Database, days: float) -> int:
    """Remove what is older than so many days. Returns how many rows that were. Raises StoreError.

    What still waits for staff, or was never worked off, stays.
    """
    before = time.time() - days * _DAY_S
    handoffs = StoredHandoffs(store).forget(datetime.fromtimestamp(before, timezone.utc))
    delivered = forget_done(store, before) + forget_questions(store, before)
    return Transcripts(store).forget(before) + Sheets(store).forget(before) + delivered + handoffs
