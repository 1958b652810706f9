"""Consultation sheets: drafts and what was made of them, each for its time; what is deleted is erased."""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass, replace
from typing import Any, Optional, Tuple

import sqlalchemy
from sqlalchemy import Column, Float, Index, Text, select

from bot.sheets.shape import Sheet, sheet_from_json, sheet_to_json, today
from bot.store.database import TABLES, Database, database

_SHEETS = sqlalchemy.Table(
    "sheets",
    TABLES,
    Column("id", Text, primary_key=True),
    Column("conversation", Text, nullable=False),
    Column("road", Text, nullable=False),
    Column("draft", Text),
    Column("made", Text),
    Column("edited_at", Float),
    Column("made_at", Float),
    Column("expires_at", Float, nullable=False),
)
_OF = _SHEETS.c
Index("sheet_of_a_road", _OF.conversation, _OF.road, unique=True)

MOST_A_CONVERSATION = 5
DAY_S = 86_400.0
_ID_BYTES = 18  # 144 random bits


class TooManySheetsError(Exception):
    """The conversation has as many sheets as it may have."""


@dataclass(frozen=True)
class StoredSheet:
    """A sheet in the store: what was made, and the draft where one is being written.

    At least one of the two is there. `expires_at` is in Unix seconds: a day for a draft, the days the operator set
    for a sheet that was made, counted from its first making.
    """

    id: str
    draft: Optional[Sheet]
    made: Optional[Sheet]
    expires_at: float

    @property
    def to_edit(self) -> Sheet:
        """What the owner sees when editing: the draft, or else what was made."""
        sheet = self.draft or self.made
        assert sheet is not None, "the table holds no row without either"
        return sheet


class Sheets:
    """All sheets of the store. Every call raises StoreError where the store fails; what has expired is not there."""

    def __init__(self, store: Database) -> None:
        self._store = store

    def draft(self, conversation: str, road: str, sheet: Sheet) -> StoredSheet:
        """A draft for a road of a conversation; where there is a sheet for it, that one.

        A draft that its owner has not touched yet takes the new content. Raises TooManySheetsError.
        """
        now = time.time()
        row = {
            "id": secrets.token_urlsafe(_ID_BYTES),
            "conversation": conversation,
            "road": road,
            "draft": sheet_to_json(sheet),
            "expires_at": now + DAY_S,
        }
        mine = (_OF.conversation == conversation) & (_OF.road == road)
        with self._store.writing() as store:
            self._store.hold(store, f"sheets/{conversation}")
            store.execute(_SHEETS.delete().where(_OF.expires_at <= now))
            there = store.execute(select(_SHEETS).where(mine)).one_or_none()
            if there is None:
                count = select(sqlalchemy.func.count()).where(_OF.conversation == conversation)
                if store.execute(count).scalar_one() >= MOST_A_CONVERSATION:
                    raise TooManySheetsError(conversation)
                store.execute(_SHEETS.insert().values(row))
            elif there.made is None and there.edited_at is None:
                fresh = {"draft": row["draft"], "expires_at": row["expires_at"]}
                store.execute(_SHEETS.update().where(mine).values(fresh))
            return _stored(store.execute(select(_SHEETS).where(mine)).one())

    def of(self, conversation: str, road: str) -> Optional[StoredSheet]:
        """The sheet for a road of a conversation, or None."""
        return self._one((_OF.conversation == conversation) & (_OF.road == road))

    def get(self, sheet_id: str) -> Optional[StoredSheet]:
        """The sheet with this id, or None where it was deleted or has expired."""
        return self._one(_OF.id == sheet_id)

    def all_of(self, conversation: str) -> Tuple[StoredSheet, ...]:
        """Every sheet of a conversation, the one that is erased first before the others."""
        theirs = select(_SHEETS).where(_OF.conversation == conversation, _OF.expires_at > time.time())
        with self._store.reading() as store:
            return tuple(map(_stored, store.execute(theirs.order_by(_OF.expires_at, _OF.id))))

    def edit(self, sheet_id: str, sheet: Sheet) -> bool:
        """Keep a sheet as its owner wrote it, as a draft; what was made stays as it is. False where it is gone."""
        return self._set(sheet_id, draft=sheet_to_json(sheet), edited_at=time.time())

    def make(self, sheet_id: str, days: int) -> bool:
        """Make the draft the sheet, dated today and kept for `days` from its first making. False where it is gone."""
        now = time.time()
        with self._store.writing() as store:
            row = store.execute(select(_SHEETS).where(self._alive(sheet_id, now)).with_for_update()).one_or_none()
            if row is None:
                return False
            if row.draft is not None:
                made = replace(sheet_from_json(row.draft), day=today())
                values = {"made": sheet_to_json(made), "draft": None, "made_at": now}
                if row.made is None:
                    values["expires_at"] = now + days * DAY_S
                store.execute(_SHEETS.update().where(_OF.id == sheet_id).values(values))
        return True

    def delete(self, sheet_id: str) -> None:
        """Erase a sheet and its draft; nothing is done where it is gone already."""
        with self._store.writing() as store:
            store.execute(_SHEETS.delete().where(_OF.id == sheet_id))

    def forget(self, before: float) -> int:
        """Erase what was made, or last drafted, before a time (Unix seconds). Returns how many sheets those were."""
        last = sqlalchemy.func.coalesce(_OF.made_at, _OF.edited_at, _OF.expires_at - DAY_S)
        with self._store.writing() as store:
            return int(store.execute(_SHEETS.delete().where(last < before)).rowcount)

    def remove_expired(self) -> int:
        """Erase every sheet and draft whose time is over. Returns how many those were."""
        return self._store.erase(_OF.id, _OF.expires_at <= time.time())

    def _one(self, condition: Any) -> Optional[StoredSheet]:
        with self._store.reading() as store:
            row = store.execute(select(_SHEETS).where(condition, _OF.expires_at > time.time())).one_or_none()
        return _stored(row) if row is not None else None

    def _set(self, sheet_id: str, **values: object) -> bool:
        with self._store.writing() as store:
            changed = store.execute(_SHEETS.update().where(self._alive(sheet_id, time.time())).values(values))
        return int(changed.rowcount) == 1

    @staticmethod
    def _alive(sheet_id: str, now: float) -> Any:
        return (_OF.id == sheet_id) & (_OF.expires_at > now)


def _stored(row: Any) -> StoredSheet:
    draft, made = (sheet_from_json(text) if text else None for text in (row.draft, row.made))
    return StoredSheet(row.id, draft, made, row.expires_at)


def sheets() -> Sheets:
    """The sheets in the operator's store."""
    return Sheets(database())
