"""What owners say of a consultation at its end: whether it was of use, and why."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Optional

import sqlalchemy
from sqlalchemy import Boolean, Column, Float, Index, Text, select

from bot.masking import masked
from bot.store.database import TABLES, Database
from bot.store.turn_shape import storable
from bot.store.turn_tables import CONVERSATIONS

LONGEST_WHY = 1_000  # characters, as of any other message

RATINGS = sqlalchemy.Table(
    "ratings",
    TABLES,
    Column("conversation", Text, primary_key=True),
    Column("useful", Boolean, nullable=False),
    Column("why", Text),
    Column("rated_at", Float, nullable=False),
    Index("ratings_by_time", "rated_at"),
)
_OF = RATINGS.c


@dataclass(frozen=True)
class Rating:
    """Whether a consultation was of use to its owner, why in their own words, and when they said so (Unix seconds)."""

    useful: bool
    why: Optional[str]
    rated_at: float


class Ratings:
    """The ratings of all conversations, one each. Every call raises StoreError where the store fails."""

    def __init__(self, store: Database) -> None:
        self._store = store

    def rate(self, conversation: str, useful: bool, at: Optional[float] = None) -> bool:
        """Keep whether it was of use; who says otherwise later is believed, and a reason given for the other is gone.

        `at` is when they said so (Unix seconds), by default now.
        False where nothing of the conversation is kept, or not any more: then no rating is either.
        """
        row = {"useful": useful, "rated_at": time.time() if at is None else at}
        with self._store.writing_alone(f"conversation/{conversation}") as store:
            there = select(CONVERSATIONS.c.turns).where(CONVERSATIONS.c.conversation == conversation)
            if store.execute(there).first() is None:
                return False
            store.execute(self._store.insert_new(RATINGS).values(conversation=conversation, **row))
            changed = RATINGS.update().where(_OF.conversation == conversation, _OF.useful != useful)
            store.execute(changed.values(why=None, **row))
            listed = CONVERSATIONS.update().where(CONVERSATIONS.c.conversation == conversation)
            store.execute(listed.values(useful=useful))
        return True

    def say_why(self, conversation: str, why: str) -> bool:
        """Keep why, in the owner's words, without numbers that belong to a person. False where nothing was rated."""
        words = storable(masked(why))[:LONGEST_WHY]
        rated = RATINGS.update().where(_OF.conversation == conversation)
        with self._store.writing() as store:
            return int(store.execute(rated.values(why=words)).rowcount) == 1

    def of(self, conversation: str) -> Optional[Rating]:
        """The rating of a conversation; None where there is none."""
        with self._store.reading() as store:
            row = store.execute(select(RATINGS).where(_OF.conversation == conversation)).one_or_none()
        return Rating(row.useful, row.why, row.rated_at) if row is not None else None

    def forget(self, before: float) -> int:
        """Erase what was rated before a time (Unix seconds). Returns how many ratings those were."""
        return self._store.erase(_OF.conversation, _OF.rated_at < before)
