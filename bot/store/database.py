"""The database behind the store: one SQLite file by default, PostgreSQL where the operator names one."""

from __future__ import annotations

import os
import threading
import time
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any, Iterator, Optional

import sqlalchemy
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection, make_url
from sqlalchemy.exc import ArgumentError, OperationalError, SQLAlchemyError

from bot.paths import VAR

STORE = "KAKARITSUKE_STORE"
TABLES = sqlalchemy.MetaData()
_WAIT_FOR_OTHERS_S = 10.0
_LOOK_AGAIN_S = 0.02
_ERASED_WITHIN_S = 5.0
_INSERTS = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


class StoreError(Exception):
    """The store cannot be read or written; the message names it and the reason."""


class Database:
    """All tables of the store in one database, shared by every process of the bot and by the console.

    `address` is a file (made on first use, readable by its owner alone) or the URL of a PostgreSQL database; StoreError
    is raised for any other. A call takes about 3 ms with a file; nothing is kept that another process could not see.

    What is erased in a file is overwritten: SQLite's log, which still holds it, is put away by the first call after
    some seconds. Connections stay open for that; SQLite puts the log away whenever the last one closes, in 20 ms.
    """

    def __init__(self, address: str) -> None:
        self._made = False
        self._making = threading.Lock()
        self._log_begun_at: Optional[float] = None
        self._file: Optional[Path] = None
        try:
            if "://" in address:
                url = make_url(address)
                self._engine = sqlalchemy.create_engine(url, pool_pre_ping=True, hide_parameters=True)
            else:
                self._file = Path(address)
                self._engine = sqlalchemy.create_engine(
                    f"sqlite:///{address}",
                    poolclass=sqlalchemy.pool.QueuePool,
                    hide_parameters=True,  # what owners said stands in no error, and so in no log
                    connect_args={"timeout": _WAIT_FOR_OTHERS_S, "check_same_thread": False},
                )
                sqlalchemy.event.listen(self._engine, "connect", _prepare_sqlite)
        except (ArgumentError, ModuleNotFoundError) as error:
            raise StoreError(f"{STORE}: expected a path or postgresql://…, found one that fails: {error}") from error
        if self._engine.dialect.name not in _INSERTS:
            raise StoreError(f"{STORE}: expected a path or postgresql://…, found {self._engine.dialect.name}")

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A connection for one transaction: committed at the end, rolled back where anything is raised.

        Writers wait for each other. Raises StoreError where the database fails.
        """
        with self._transaction("BEGIN IMMEDIATE") as connection:
            yield connection
            self._log_begun_at = self._log_begun_at or time.monotonic()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection that sees one state of the database. Raises StoreError where the database fails."""
        with self._transaction("BEGIN") as connection:
            yield connection

    @contextmanager
    def writing_alone(self, name: str) -> Iterator[Connection]:
        """As `writing`, while others who write alone under the same name wait."""
        with self.writing() as connection:
            self.hold(connection, name)
            yield connection

    def insert_new(self, table: sqlalchemy.Table) -> Any:
        """An INSERT into `table` that leaves an equal row alone; `rowcount` of its result says whether it was new."""
        return _INSERTS[self._engine.dialect.name](table).on_conflict_do_nothing()

    def hold(self, connection: Connection, name: str) -> None:
        """Keep others who hold the same name out until the transaction ends; writers to a file are alone as it is."""
        if self._file is None:
            connection.execute(sqlalchemy.select(sqlalchemy.func.pg_advisory_xact_lock(sqlalchemy.func.hashtext(name))))

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[Connection]:
        try:
            self._make_tables()
            with self._engine.connect() as connection, connection.begin():
                if self._file is not None:
                    connection.exec_driver_sql(begin)
                yield connection
            self._put_log_away_in_time()
        except (SQLAlchemyError, OSError) as error:
            raise self._failed(error) from error

    def _failed(self, error: Exception) -> StoreError:
        reason = getattr(error, "orig", None) or error
        where = self._file or repr(self._engine.url)  # its repr hides the password
        return StoreError(f"{where}: {reason}; see {STORE} in docs/operations.md")

    def put_log_away(self) -> None:
        """Write SQLite's log into the file and empty it, now: what was erased is then in neither. Raises StoreError.

        Where somebody reads an earlier state meanwhile, the next call that comes some seconds later does it.
        """
        if self._file is None:
            return
        try:
            with self._engine.connect() as connection:
                busy = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").first()[0]
        except SQLAlchemyError as error:
            raise self._failed(error) from error
        self._log_begun_at = time.monotonic() if busy else None

    def _put_log_away_in_time(self) -> None:
        if self._log_begun_at is not None and time.monotonic() - self._log_begun_at >= _ERASED_WITHIN_S:
            self.put_log_away()

    def _make_tables(self) -> None:
        with self._making:
            if not self._made or (self._file is not None and not self._file.exists()):
                self._make_them()

    def _make_them(self) -> None:
        if self._file is not None:
            self._engine.dispose()  # connections to a file that was taken away
            self._file.parent.mkdir(parents=True, exist_ok=True)
            self._file.touch(mode=0o600)
            self._write_ahead()
        with self._engine.begin() as connection:
            if self._file is not None:
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            self.hold(connection, "tables")  # PostgreSQL fails where two make the same table at once
            TABLES.create_all(connection)
        self._made = True

    def _write_ahead(self) -> None:
        """Readers of the file do not wait for a writer from now on. SQLite does not wait for others by itself here."""
        until = time.monotonic() + _WAIT_FOR_OTHERS_S
        while True:
            try:
                with self._engine.connect() as connection:
                    connection.exec_driver_sql("PRAGMA journal_mode = WAL")
                return
            except OperationalError:
                if time.monotonic() > until:
                    raise
                time.sleep(_LOOK_AGAIN_S)


def _prepare_sqlite(connection: Any, record: object) -> None:
    """Transactions begin when we say so, and what is erased is overwritten."""
    connection.isolation_level = None
    connection.execute("PRAGMA secure_delete = ON")


def database() -> Database:
    """The database that the environment names (KAKARITSUKE_STORE), by default var/store.sqlite."""
    return _database(os.environ.get(STORE) or str(VAR / "store.sqlite"))


@lru_cache(maxsize=8)
def _database(address: str) -> Database:
    return Database(address)
