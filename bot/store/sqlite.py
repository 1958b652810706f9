"""What the bot asks of every SQLite file: what is erased is gone from it, and from its log, and it grows smaller.

An engine of anybody's may be given here; only `prepare` changes it.
"""

from __future__ import annotations

import logging
import time
from contextlib import contextmanager
from typing import Any, Callable, Iterator, Optional

import sqlalchemy
from sqlalchemy.engine import Engine
from sqlalchemy.exc import SQLAlchemyError

ERASED_WITHIN_S = 5.0  # not at once, after each call: writers wait for it, longer where readers are in its way
_KNOCK_AGAIN_S = 1.0
_INCREMENTAL = 2  # https://www.sqlite.org/pragma.html#pragma_auto_vacuum
_PAGES_AT_ONCE = 200  # 0.8 MB: writers wait for some milliseconds
_WAIT_FOR_READERS_MS = 200  # writers wait that long too
_LOGGER = logging.getLogger(__name__)


def prepare(engine: Engine) -> None:
    """What is erased through `engine` is overwritten, however SQLite was built. Call it before the first connection."""
    sqlalchemy.event.listen(engine, "connect", _overwrite_what_is_erased)


def check_sound(engine: Engine) -> None:
    """Look through the whole file: 0.8 s a gigabyte (2026-11-29, 2 cores). Raises DatabaseError with what is wrong.

    Else a damaged page is found by whoever's words lie there, again and again, while the bot says that it is ready.
    """
    with _driver(engine) as connection:
        found = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
        if found != "ok":
            raise engine.dialect.dbapi.DatabaseError(f"the file is damaged: {' '.join(str(found).split())}")


def let_shrink(engine: Engine) -> None:
    """Let the file give room back from now on; one that could not is written anew, once (some seconds a gigabyte).

    Raises OperationalError where others are at work in it or the disk has no room.
    """
    with _driver(engine) as connection:
        if connection.execute("PRAGMA auto_vacuum").fetchone()[0] != _INCREMENTAL:
            connection.execute(f"PRAGMA auto_vacuum = {_INCREMENTAL}")
            connection.execute("VACUUM")


def shrink(engine: Engine, pause: Callable[[float], None] = time.sleep) -> None:
    """Give the room of what was erased back to the disk, in small steps with pauses as long, in which others write."""
    with _driver(engine) as connection:
        left = connection.execute("PRAGMA freelist_count").fetchone()[0]
        while left:
            began = time.monotonic()
            connection.execute(f"PRAGMA incremental_vacuum({_PAGES_AT_ONCE})").fetchall()  # works while it is fetched
            pause(time.monotonic() - began)
            before, left = left, connection.execute("PRAGMA freelist_count").fetchone()[0]
            if left >= before:
                return  # others erase as fast, or the file cannot shrink


def put_log_away(engine: Engine) -> bool:
    """Write the log into the file and empty it: it still holds what was erased. False where readers are in the way."""
    with _driver(engine) as connection:
        waits_ms = connection.execute("PRAGMA busy_timeout").fetchone()[0]
        connection.execute(f"PRAGMA busy_timeout = {_WAIT_FOR_READERS_MS}")
        try:
            busy = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        finally:
            connection.execute(f"PRAGMA busy_timeout = {waits_ms}")
    return not busy


class Log:
    """The log of a file, which still holds what was erased: emptied by a call that comes within some seconds.

    Readers may be in the way, so whoever calls the file asks again each time: `put_away_in_time`.
    """

    def __init__(self, engine: Engine, name: str, erased_within_s: float = ERASED_WITHIN_S) -> None:
        self._engine = engine
        self._name = name
        self._erased_within_s = erased_within_s
        self._begun_at: Optional[float] = None

    def begin(self) -> None:
        """Something was written."""
        self._begun_at = self._begun_at or time.monotonic()

    def put_away_in_time(self) -> None:
        """Empty it where that has to be by now."""
        if self._begun_at is not None and time.monotonic() - self._begun_at >= self._erased_within_s:
            self.put_away()

    def put_away(self) -> None:
        """Empty it now, or else with a call soon after. What was written is written: it fails nobody's call."""
        self._begun_at = None
        try:
            done = put_log_away(self._engine)
        except SQLAlchemyError as error:
            _LOGGER.error("%s: the log, which holds what was erased, is not emptied: %s", self._name, error)
            done = False
        if not done:
            self._begun_at = time.monotonic() - max(0.0, self._erased_within_s - _KNOCK_AGAIN_S)


@contextmanager
def _driver(engine: Engine) -> Iterator[Any]:
    """A connection of the driver's own: SQLAlchemy does not fetch what a PRAGMA without columns returns.

    Raises what SQLAlchemy would, for the driver's own errors.
    """
    with engine.connect() as connection:
        driver = connection.connection.dbapi_connection
        try:
            yield driver
        except engine.dialect.dbapi.Error as error:
            raise sqlalchemy.exc.DBAPIError.instance(None, None, error, engine.dialect.dbapi.Error) from error


def _overwrite_what_is_erased(connection: Any, record: object) -> None:
    connection.execute("PRAGMA secure_delete = ON")
