"""Forgets what owners said, when it was kept long enough or at once: the one place that removes it from the store."""

from __future__ import annotations

import time
from datetime import datetime, timezone
from typing import Mapping, Tuple

import sqlalchemy
from sqlalchemy import select, union_all

from bot.operator.staff import staff_settings
from bot.store.audit import forget_entries, hide
from bot.store.claims import forget_marks
from bot.store.database import TABLES, Database
from bot.store.forgotten import is_forgotten, note
from bot.store.handoffs import StoredHandoffs
from bot.store.inbox import forget_done
from bot.store.questions import forget_questions
from bot.store.ratings import Ratings
from bot.store.reviews import forget_reviews
from bot.store.searches import forget_searches
from bot.store.sessions import forget_sessions
from bot.store.sheets import Sheets
from bot.store.staff_lines import StaffLines
from bot.store.tellings import forget_tellings
from bot.store.transcripts import Transcripts
from bot.store.trials import TRIALS, forget_trials
from bot.store.turn_records import TurnRecords
from bot.store.turn_tables import BESIDE_CONVERSATIONS

_DAY_S = 86_400
# What is kept about a conversation, and not of it: it stays as long as any other table knows the conversation.
_WITH_THE_REST = ("chats", "unsent", "withheld")
# What nobody has to look through to find out whether anything of a conversation is kept: `conversations` has it all.
_NOT_LOOKED_THROUGH = (*_WITH_THE_REST, TRIALS.name, *(table.name for table in BESIDE_CONVERSATIONS))


def of_conversations() -> Tuple[sqlalchemy.Table, ...]:
    """Every table that holds something of a conversation: each has a column with its name."""
    return tuple(table for table in TABLES.sorted_tables if "conversation" in table.c)


def forget_conversation(store: Database, conversation: str) -> Mapping[str, int]:
    """Erase all that the store holds of a conversation, also what still waits. Returns how many rows of which table.

    Who of staff read it stays known, without its name (`audit.py`). One transaction; SQLite's log, which may still
    hold what was erased, is emptied after it. Raises StoreError.
    """
    gone = {}
    with store.writing_alone(f"conversation/{conversation}") as connection:
        for table in of_conversations():
            removed = connection.execute(table.delete().where(table.c.conversation == conversation))
            gone[table.name] = int(removed.rowcount)
        hide(connection, conversation)
        note(connection, conversation)
    store.give_room_back()
    return gone


def was_forgotten(store: Database, conversation: str, since: float) -> bool:
    """Whether a conversation was forgotten at or after a time (Unix seconds). Raises StoreError."""
    with store.reading() as connection:
        return is_forgotten(connection, conversation, since)


def forget_old(store: Database, days: float) -> int:
    """Remove what is older than so many days. Returns how many rows that were. Raises StoreError.

    What still waits for staff, or was never worked off, stays. What staff did is kept for a time of its own, which the
    operator sets.
    """
    before = time.time() - days * _DAY_S
    forgotten = StoredHandoffs(store).forget(datetime.fromtimestamp(before, timezone.utc))
    forgotten += forget_done(store, before) + forget_questions(store, before)
    forgotten += Transcripts(store).forget(before) + Sheets(store).forget(before) + TurnRecords(store).forget(before)
    forgotten += StaffLines(store).forget(before) + forget_marks(store, before) + forget_tellings(store, before)
    forgotten += Ratings(store).forget(before) + forget_reviews(store, before)
    forgotten += _forget_with_the_rest(store) + forget_sessions(store, time.time())
    forgotten += forget_searches(store, time.time()) + forget_trials(store, time.time())
    forgotten += forget_entries(store, time.time() - staff_settings().staff_log_days * _DAY_S)
    store.give_room_back()
    return forgotten


def _forget_with_the_rest(store: Database) -> int:
    """Remove in which chat a conversation was held, and what was taken back there, once nothing else of it is left.

    The chat of a handoff that waits for staff stays, so that staff can answer. An event is kept in the transaction that
    begins its chat, so a chat that is about to be used is never without one.
    """
    others = [
        table for table in TABLES.tables.values() if "conversation" in table.c and table.name not in _NOT_LOOKED_THROUGH
    ]
    known = union_all(*(select(table.c.conversation) for table in others))
    keys = [TABLES.tables[name].c.conversation for name in _WITH_THE_REST]
    return sum(store.erase(key, key.not_in(known)) for key in keys)
