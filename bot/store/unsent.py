"""Which messages owners took back after sending them, so that staff does not see them."""

from __future__ import annotations

from typing import FrozenSet

import sqlalchemy
from sqlalchemy import Column, Text, UniqueConstraint, select

from bot.store.database import TABLES, Database

_UNSENT = sqlalchemy.Table(
    "unsent",
    TABLES,
    Column("conversation", Text, nullable=False),
    Column("message_id", Text, nullable=False),
    UniqueConstraint("conversation", "message_id"),
)
_OF = _UNSENT.c


class Unsent:
    """Messages taken back, by the id that the tracker keeps with each. Calls raise StoreError where the store fails."""

    def __init__(self, store: Database) -> None:
        self._store = store

    def add(self, conversation: str, message_id: str) -> None:
        """An owner took a message back; doing it twice changes nothing more."""
        row = {"conversation": conversation, "message_id": message_id}
        with self._store.writing() as store:
            store.execute(self._store.insert_new(_UNSENT).values(row))

    def of(self, conversation: str) -> FrozenSet[str]:
        """The ids (`UserUttered.message_id`) of what was taken back in a conversation; staff must not be shown it."""
        with self._store.reading() as store:
            rows = store.execute(select(_OF.message_id).where(_OF.conversation == conversation))
            return frozenset(row.message_id for row in rows)
