"""Lets the demonstration be of today: all that was said in it moves on by whole days."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any, Callable

import sqlalchemy
from sqlalchemy import Float, select
from sqlalchemy.engine import Connection

from bot.store import Database
from bot.store.database import TABLES
from bot.store.turn_tables import CONVERSATIONS

_DAY_S = 86_400.0
_HANDOFFS = TABLES.tables["handoffs"]


def move_on(store: Database, days: int) -> None:
    """Every time of a conversation is so many days later. What staff did and when they signed in stays."""
    by = timedelta(days=days)
    tables = [table for table in TABLES.sorted_tables if "conversation" in table.c]
    with store.writing() as connection:
        for table in tables:
            later = {column: column + days * _DAY_S for column in table.c if _is_time(column)}
            if later:
                connection.execute(table.update().values(later))
        _move_text(connection, CONVERSATIONS.c.begun_on, lambda text: (date.fromisoformat(text) + by).isoformat())
        _move_text(connection, _HANDOFFS.c.opened_at, lambda text: (datetime.fromisoformat(text) + by).isoformat())


def _move_text(connection: Connection, column: "sqlalchemy.Column[Any]", later: Callable[[str], str]) -> None:
    """Write each value later; the latest first, so that none is moved twice."""
    for text in sorted(connection.execute(select(column).distinct()).scalars(), reverse=True):
        same = column == text
        connection.execute(column.table.update().where(same).values({column: later(text)}))


def _is_time(column: "sqlalchemy.Column[Any]") -> bool:
    """Seconds since 1970, such as `at` and `last_at`; not how long something took."""
    return isinstance(column.type, Float) and (column.name == "at" or column.name.endswith("_at"))
