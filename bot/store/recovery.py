"""Codes that let an administrator in who has lost the second factor: each once, known by their argon2 hashes alone."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Callable, Optional, Sequence

import sqlalchemy
from sqlalchemy import Column, Float, Integer, Text, UniqueConstraint, func, select
from sqlalchemy.engine import Connection

from bot.store.audit import Action, By, note
from bot.store.database import TABLES, Database

_CODES = sqlalchemy.Table(
    "staff_recovery_codes",
    TABLES,
    Column("id", Integer, primary_key=True),
    Column("account", Integer, nullable=False),
    Column("number", Integer, nullable=False),
    Column("hash", Text, nullable=False),
    Column("used_at", Float),
    UniqueConstraint("account", "number"),
)
_OF = _CODES.c


@dataclass(frozen=True)
class RecoveryCode:
    """A code that was not used yet: its number among those of the account, from 0, and its hash."""

    id: int
    number: int
    hash: str = field(repr=False)


class RecoveryCodes:
    """The codes of all accounts, by the ids of these. Every call raises StoreError where the store fails."""

    def __init__(self, store: Database, clock: Callable[[], float] = time.time) -> None:
        self._store = store
        self._clock = clock

    def give(self, account: int, hashes: Sequence[str], by: By) -> None:
        """New codes in the place of all that an account has had; noted in the same transaction."""
        with self._store.writing() as store:
            forget_codes(store, account)
            rows = [{"account": account, "number": number, "hash": one} for number, one in enumerate(hashes)]
            store.execute(_CODES.insert(), rows)
            note(store, self._clock(), by, Action.RECOVERY_CODES_MADE, by.who)

    def left(self, account: int) -> int:
        """How many codes an account can still use."""
        unused = select(func.count()).where(_OF.account == account, _OF.used_at.is_(None))
        with self._store.reading() as store:
            return int(store.execute(unused).scalar_one())

    def unused(self, account: int, number: int) -> Optional[RecoveryCode]:
        """The code of this number, where it was not used yet."""
        this = select(_CODES).where(_OF.account == account, _OF.number == number, _OF.used_at.is_(None))
        with self._store.reading() as store:
            row = store.execute(this).one_or_none()
        return RecoveryCode(row.id, row.number, row.hash) if row is not None else None

    def use(self, code: RecoveryCode, by: By) -> bool:
        """Use a code up. False where that was done meanwhile, or there are new ones."""
        now = self._clock()
        mine = _CODES.update().where(_OF.id == code.id, _OF.hash == code.hash, _OF.used_at.is_(None))
        with self._store.writing() as store:
            if store.execute(mine.values(used_at=now)).rowcount != 1:
                return False
            note(store, now, by, Action.RECOVERY_CODE_USED, by.who)
        return True


def forget_codes(store: Connection, account: int) -> None:
    """An account has no codes any more, in the transaction in which its second factor ends."""
    store.execute(_CODES.delete().where(_OF.account == account))
