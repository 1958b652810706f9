"""What staff looked for lately, each under a random name: so that words of owners stand in no address."""

from __future__ import annotations

import secrets
import time
from dataclasses import replace
from typing import Callable, Optional

import sqlalchemy
from sqlalchemy import Column, Float, Index, Text, select

from bot.masking import masked
from bot.store.conversations import ConversationFilter
from bot.store.database import TABLES, Database
from bot.store.saved_filters import filter_from_json, filter_to_json

KEPT_S = 86_400.0  # longer than a session lasts
_MOST = 20  # of one person: as many pages as somebody has open
_NAME_BYTES = 12
# Nothing of a conversation, but words that may be an owner's: gone after a day, and with every search beyond the 20th.
_SEARCHES = sqlalchemy.Table(
    "staff_searches",
    TABLES,
    Column("name", Text, primary_key=True),
    Column("staff", Text, nullable=False),
    Column("wanted", Text, nullable=False),
    Column("at", Float, nullable=False),
    Index("staff_searches_of_somebody", "staff", "at"),
)
_OF = _SEARCHES.c


class Searches:
    """What one person of the staff looked for. Every call raises StoreError where the store fails."""

    def __init__(self, store: Database, staff: str, clock: Callable[[], float] = time.time) -> None:
        self._store = store
        self._staff = staff
        self._clock = clock

    def keep(self, wanted: ConversationFilter) -> str:
        """Keep it for a day. Returns its name, which nobody can guess. Numbers that belong to a person are hidden."""
        name = secrets.token_urlsafe(_NAME_BYTES)
        row = {"name": name, "staff": self._staff, "wanted": filter_to_json(_without_numbers(wanted))}
        mine = select(_OF.name).where(_OF.staff == self._staff).order_by(_OF.at.desc(), _OF.name)
        with self._store.writing_alone(f"searches/{self._staff}") as store:
            store.execute(_SEARCHES.insert().values(**row, at=self._clock()))
            too_many = store.execute(mine.offset(_MOST)).scalars().all()
            store.execute(_SEARCHES.delete().where(_OF.name.in_(too_many)))
        return name

    def get(self, name: str) -> Optional[ConversationFilter]:
        """What was looked for under this name; None where that is nothing of theirs, or not any more."""
        mine = select(_OF.wanted).where(_OF.name == name, _OF.staff == self._staff, _OF.at > self._clock() - KEPT_S)
        with self._store.reading() as store:
            kept = store.execute(mine).scalar_one_or_none()
        return filter_from_json(kept) if kept is not None else None


def forget_searches(store: Database, now: float) -> int:
    """Erase what was looked for more than a day ago. Returns how many searches that were."""
    return store.erase(_OF.name, _OF.at <= now - KEPT_S)


def _without_numbers(wanted: ConversationFilter) -> ConversationFilter:
    return replace(wanted, words=masked(wanted.words)) if wanted.words else wanted
