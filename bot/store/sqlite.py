"""What the bot asks of every SQLite file: what is erased is gone from it, and from its log, and it grows smaller.

An engine of anybody's may be given here; only `prepare` changes it.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import Any, Iterator

import sqlalchemy
from sqlalchemy.engine import Engine

_INCREMENTAL = 2  # https://www.sqlite.org/pragma.html#pragma_auto_vacuum
_PAGES_AT_ONCE = 200  # 0.8 MB: writers wait for some milliseconds
_WAIT_FOR_READERS_MS = 200  # writers wait that long too


def prepare(engine: Engine) -> None:
    """What is erased through `engine` is overwritten, however SQLite was built. Call it before the first connection."""
    sqlalchemy.event.listen(engine, "connect", _overwrite_what_is_erased)


def let_shrink(engine: Engine) -> None:
    """Let the file give room back from now on; one that could not is written anew, once (some seconds a gigabyte).

    Raises OperationalError where others are at work in it or the disk has no room.
    """
    with _driver(engine) as connection:
        if connection.execute("PRAGMA auto_vacuum").fetchone()[0] != _INCREMENTAL:
            connection.execute(f"PRAGMA auto_vacuum = {_INCREMENTAL}")
            connection.execute("VACUUM")


def shrink(engine: Engine) -> None:
    """Give the room of what was erased back to the disk, in small steps between which others write."""
    with _driver(engine) as connection:
        left = connection.execute("PRAGMA freelist_count").fetchone()[0]
        while left:
            connection.execute(f"PRAGMA incremental_vacuum({_PAGES_AT_ONCE})").fetchall()  # works while it is fetched
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
