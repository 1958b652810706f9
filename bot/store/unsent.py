"""Which messages owners took back after sending them; staff does not see them, and their record loses its content."""

from __future__ import annotations

from typing import FrozenSet

import sqlalchemy
from sqlalchemy import Column, Text, UniqueConstraint, bindparam, func, select
from sqlalchemy.engine import Connection

from bot.store.database import TABLES, Database
from bot.store.review_tables import PROPOSALS
from bot.store.trials import TRIALS
from bot.store.turn_shape import said_to_json
from bot.store.turn_tables import ASKED, CONVERSATIONS, REASONS, TURNS, WORDS, line, lines, spelled

_UNSENT = sqlalchemy.Table(
    "unsent",
    TABLES,
    Column("conversation", Text, nullable=False),
    Column("message_id", Text, nullable=False),
    UniqueConstraint("conversation", "message_id"),
)
_OF = _UNSENT.c
_IS_THERE = select(_OF.message_id).where(_OF.conversation == bindparam("this"), _OF.message_id == bindparam("message"))


class Unsent:
    """Messages taken back, by the id that the tracker keeps with each. Calls raise StoreError where the store fails."""

    def __init__(self, store: Database) -> None:
        self._store = store

    def add(self, conversation: str, message_id: str) -> None:
        """An owner took a message back; doing it twice changes nothing more."""
        row = {"conversation": conversation, "message_id": message_id}
        with self._store.writing_alone(f"conversation/{conversation}") as store:
            store.execute(self._store.insert_new(_UNSENT).values(row))
            _erase_content(store, conversation, message_id)

    def of(self, conversation: str) -> FrozenSet[str]:
        """The ids (`UserUttered.message_id`) of what was taken back in a conversation; staff must not be shown it."""
        with self._store.reading() as store:
            rows = store.execute(select(_OF.message_id).where(_OF.conversation == conversation))
            return frozenset(row.message_id for row in rows)


def is_unsent(store: Connection, conversation: str, message_id: str) -> bool:
    """Whether a message was taken back, within a transaction."""
    return store.execute(_IS_THERE, {"this": conversation, "message": message_id}).first() is not None


def _erase_content(store: Connection, conversation: str, message_id: str) -> None:
    """Of the record of a turn its owner's words go, and what repeats them; that there was a turn stays."""
    this = (TURNS.c.conversation == conversation, TURNS.c.message_id == message_id)
    row = store.execute(select(TURNS.c.number, TURNS.c.words).where(*this)).one_or_none()
    if row is None:
        return
    store.execute(TURNS.update().where(*this).values(words="", heard=None, said=said_to_json(()), taken_back=True))
    for table in (ASKED, REASONS, PROPOSALS):
        store.execute(table.delete().where(table.c.conversation == conversation, table.c.number == row.number))
    tried = (TRIALS.c.conversation == conversation, TRIALS.c.number >= row.number)
    store.execute(TRIALS.delete().where(*tried))
    rest = func.replace(WORDS.c.words, line(spelled(row.words)), "\n")
    store.execute(WORDS.update().where(WORDS.c.conversation == conversation).values(words=rest))
    left = store.execute(select(REASONS.c.reason).where(REASONS.c.conversation == conversation).distinct()).scalars()
    of_it = CONVERSATIONS.update().where(CONVERSATIONS.c.conversation == conversation)
    store.execute(of_it.values(reasons=lines(*left)))
