"""Filters that staff keeps under a name, each for whoever saved it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any, Dict, Optional, Tuple

import sqlalchemy
from pydantic import ValidationError, parse_obj_as
from sqlalchemy import Column, Text, select

from bot.store.conversations import ConversationFilter
from bot.store.database import TABLES, Database
from bot.store.turn_shape import storable

_VERSION = 1
# Nothing of a conversation: what staff looks for, in their words.
_SAVED = sqlalchemy.Table(
    "saved_filters",
    TABLES,
    Column("staff", Text, primary_key=True),
    Column("name", Text, primary_key=True),
    Column("wanted", Text, nullable=False),
)
_OF = _SAVED.c


@dataclass(frozen=True)
class SavedFilter:
    """A filter under its name. `wanted` is None where another version of the bot saved it otherwise."""

    name: str
    wanted: Optional[ConversationFilter]


class SavedFilters:
    """The filters of one person of the staff. Every call raises StoreError where the store fails."""

    def __init__(self, store: Database, staff: str) -> None:
        self._store = store
        self._staff = staff

    def save(self, name: str, wanted: ConversationFilter) -> None:
        """Keep a filter; one of the same name is replaced."""
        mine = (_OF.staff == self._staff) & (_OF.name == name)
        row = {"staff": self._staff, "name": name, "wanted": filter_to_json(wanted)}
        with self._store.writing_alone(f"saved_filters/{self._staff}") as store:
            store.execute(_SAVED.delete().where(mine))
            store.execute(_SAVED.insert().values(row))

    def all(self) -> Tuple[SavedFilter, ...]:
        """Their filters, by name."""
        mine = select(_SAVED).where(_OF.staff == self._staff).order_by(_OF.name)
        with self._store.reading() as store:
            return tuple(SavedFilter(row.name, filter_from_json(row.wanted)) for row in store.execute(mine))

    def remove(self, name: str) -> None:
        """Keep a filter no longer; nothing is done where there is none of that name."""
        with self._store.writing() as store:
            store.execute(_SAVED.delete().where(_OF.staff == self._staff, _OF.name == name))

    def remove_all(self) -> None:
        """Keep none of theirs: they have left."""
        with self._store.writing() as store:
            store.execute(_SAVED.delete().where(_OF.staff == self._staff))


def filter_to_json(wanted: ConversationFilter) -> str:
    """A filter, as the store keeps it."""
    set_ones = {name: value for name, value in asdict(wanted).items() if value is not None}
    return storable(json.dumps({"version": _VERSION, **set_ones}, ensure_ascii=False))


def filter_from_json(text: str) -> Optional[ConversationFilter]:
    """The filter that the JSON stands for; None where another version of the bot wrote it otherwise."""
    kept: Dict[str, Any] = json.loads(text)
    if kept.pop("version", None) != _VERSION:
        return None
    try:
        return parse_obj_as(ConversationFilter, kept)
    except ValidationError:  # such as a reason that is none any more
        return None
