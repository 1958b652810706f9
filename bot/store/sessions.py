"""The sessions of staff in the console: a digest of each token, so that nobody who reads the store can use one."""

from __future__ import annotations

import hashlib
import secrets
import time
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Callable, Optional

import sqlalchemy
from sqlalchemy import Column, Float, Integer, Text, select

from bot.store.accounts import ACCOUNTS, Account, account_of
from bot.store.database import TABLES, Database

LONGEST_S = 12 * 3600.0
LONGEST_IDLE_S = 2 * 3600.0
LONGEST_HALF_S = 10 * 60.0  # between the password and the second factor
TOKEN_LENGTH = 43
_TOKEN_BYTES = 32  # 43 characters
_SEEN_EVERY_S = 60.0

_SESSIONS = sqlalchemy.Table(
    "staff_sessions",
    TABLES,
    Column("digest", Text, primary_key=True),
    Column("account", Integer, nullable=False),
    Column("epoch", Integer, nullable=False),
    Column("stage", Text, nullable=False),
    Column("secret", Text),
    Column("began_at", Float, nullable=False),
    Column("seen_at", Float, nullable=False),
)
_OF = _SESSIONS.c


class Stage(str, Enum):
    """How far somebody has come: the password was right and the second factor is asked for, or they are in."""

    HALF = "half"
    IN = "in"


@dataclass(frozen=True)
class Session:
    """A session that is still on. `secret` is the second factor that is being set up in it."""

    account: Account
    stage: Stage
    secret: Optional[str] = field(repr=False)


class Sessions:
    """All sessions. Every call raises StoreError where the store fails.

    A session ends after `LONGEST_S`, after `LONGEST_IDLE_S` in which nothing was asked for, when it is ended, and when
    its account ends all of its sessions (`Account.epoch`) or is disabled.
    """

    def __init__(self, store: Database, clock: Callable[[], float] = time.time) -> None:
        self._store = store
        self._clock = clock

    def begin(self, account: Account, stage: Stage) -> str:
        """A new session. Returns its token, which is kept nowhere: 256 random bits in URL-safe letters."""
        token, now = secrets.token_urlsafe(_TOKEN_BYTES), self._clock()
        row = {
            "digest": _digest(token),
            "account": account.id,
            "epoch": account.epoch,
            "stage": stage.value,
            "began_at": now,
            "seen_at": now,
        }
        with self._store.writing() as store:
            store.execute(_SESSIONS.insert().values(row))
        return token

    def find(self, token: str, by_itself: bool = False) -> Optional[Session]:
        """The session of a token, if it is still on. A page that asks `by_itself` does not keep it from being idle."""
        now = self._clock()
        its = _OF.digest == _digest(token)
        asked = (
            select(ACCOUNTS, _OF.stage, _OF.secret.label("new_secret"), _OF.seen_at)
            .join_from(_SESSIONS, ACCOUNTS, _OF.account == ACCOUNTS.c.id)
            .where(its, _OF.epoch == ACCOUNTS.c.epoch, ~ACCOUNTS.c.disabled, _is_on(now))
        )
        with self._store.reading() as store:
            row = store.execute(asked).one_or_none()
        if row is None:
            return None
        if not by_itself and now - row.seen_at >= _SEEN_EVERY_S:
            with self._store.writing() as store:
                store.execute(_SESSIONS.update().where(its).values(seen_at=now))
        return Session(account_of(row), Stage(row.stage), row.new_secret)

    def offer_secret(self, token: str, secret: str) -> None:
        """The second factor that is being set up in a session."""
        with self._store.writing() as store:
            store.execute(_SESSIONS.update().where(_OF.digest == _digest(token)).values(secret=secret))

    def end(self, token: str) -> None:
        """The session is over; nothing is done where it was already."""
        with self._store.writing() as store:
            store.execute(_SESSIONS.delete().where(_OF.digest == _digest(token)))


def forget_sessions(store: Database, now: float) -> int:
    """Erase the sessions whose time is over. Returns how many those were."""
    return store.erase(_OF.digest, ~_is_on(now))


def _is_on(now: float) -> Any:
    half = _OF.stage == Stage.HALF.value
    return (
        (_OF.began_at > now - LONGEST_S)
        & (_OF.seen_at > now - LONGEST_IDLE_S)
        & (~half | (_OF.began_at > now - LONGEST_HALF_S))
    )


def _digest(token: str) -> str:
    """The token has 256 random bits, so that nothing slower is needed to keep it from being guessed."""
    return hashlib.sha256(token.encode()).hexdigest()
