"""The database behind the store: one SQLite file by default, PostgreSQL where the operator names one."""

from __future__ import annotations

import logging
import threading
import time
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from pathlib import Path
from typing import Any, Iterator, Optional

import sqlalchemy
from sqlalchemy.dialects import postgresql as postgresql_dialect
from sqlalchemy.dialects import sqlite as sqlite_dialect
from sqlalchemy.engine import Connection, make_url
from sqlalchemy.exc import ArgumentError, DataError, DBAPIError, IntegrityError, OperationalError, SQLAlchemyError

from bot.operator.places import var_folder
from bot.operator.store import STORE, store_address
from bot.private import keep_file_private
from bot.store import postgresql, sqlite
from bot.store.postgresql import ANSWERS_WITHIN_S
from bot.store.sqlite import ERASED_WITHIN_S

TABLES = sqlalchemy.MetaData()
_LOOK_AGAIN_S = 0.02
_TABLES_WITHIN_S = 10.0  # forty of them, once: a busy server needs more than for a turn
_ROWS_AT_ONCE = 200
_INSERTS = {"sqlite": sqlite_dialect.insert, "postgresql": postgresql_dialect.insert}
# Too long for an index (program_limit_exceeded), and what a type cannot hold (data_exception):
# https://www.postgresql.org/docs/current/errcodes-appendix.html
_UNFIT_CLASSES = ("22", "54")
_LOGGER = logging.getLogger(__name__)


class StoreError(Exception):
    """The store cannot be read or written; the message names it and the reason."""


class UnfitError(StoreError):
    """What was to be written is nothing that the database can hold, and never will be; the store is well."""


class Database:
    """All tables of the store in one database, shared by every process of the bot and by the console.

    `address` is a file (made on first use, readable by its owner alone) or the URL of a PostgreSQL database; StoreError
    is raised for any other. A call takes about 3 ms with a file; nothing is kept that another process could not see.
    One that is not answered within `answers_within_s` fails. As long as the database does not answer, one call at a
    time waits for it, and all others fail at once.

    What is erased in a file is overwritten: SQLite's log, which still holds it, is put away by the first call after
    `erased_within_s` seconds. Connections stay open for that; SQLite puts the log away whenever the last one closes, in
    20 ms.
    """

    def __init__(
        self, address: str, answers_within_s: float = ANSWERS_WITHIN_S, erased_within_s: float = ERASED_WITHIN_S
    ) -> None:
        self._within_s = answers_within_s
        self._made = False
        self._making = threading.Lock()
        self._writing = threading.Lock()
        self._reads, self._writes = _Patience(), _Patience()
        self._log: Optional[sqlite.Log] = None
        self._file: Optional[Path] = None
        try:
            if "://" in address:
                self._engine = sqlalchemy.create_engine(
                    make_url(address),
                    hide_parameters=True,
                    pool_pre_ping=True,
                    pool_timeout=answers_within_s,
                    connect_args=postgresql.connecting(),
                )
            else:
                self._file = Path(address)
                self._engine = sqlalchemy.create_engine(
                    f"sqlite:///{address}",
                    hide_parameters=True,
                    poolclass=sqlalchemy.pool.QueuePool,
                    pool_timeout=answers_within_s,
                    connect_args={"timeout": answers_within_s, "check_same_thread": False},
                )
                sqlalchemy.event.listen(self._engine, "connect", _begin_when_told)
        except (ArgumentError, ModuleNotFoundError) as error:
            raise StoreError(f"{STORE}: expected a path or postgresql://…, found one that fails: {error}") from error
        if self._engine.dialect.name not in _INSERTS:
            raise StoreError(f"{STORE}: expected a path or postgresql://…, found {self._engine.dialect.name}")
        if self._file is None:
            postgresql.prepare(self._engine, answers_within_s)
        else:
            sqlite.prepare(self._engine)
            self._log = sqlite.Log(self._engine, str(self._file), erased_within_s)

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A connection for one transaction: committed at the end, rolled back where anything is raised.

        Writers wait for each other. Raises StoreError where the database fails.
        """
        with self._transaction("BEGIN IMMEDIATE", self._writes) as connection:
            yield connection
        if self._log is not None:
            self._log.begin()
            self._log.put_away_in_time()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection that sees one state of the database. Raises StoreError where the database fails."""
        with self._transaction("BEGIN", self._reads) as connection:
            yield connection
        if self._log is not None:
            self._log.put_away_in_time()

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
        """Keep others who hold the same name out until the transaction ends; writers to a file are alone as it is.

        Stores in other schemas of the same database are others' and do not wait.
        """
        if self._file is None:
            here = sqlalchemy.func.concat(name, sqlalchemy.func.current_schema())
            lock = sqlalchemy.func.pg_advisory_xact_lock(sqlalchemy.func.hashtext(here))
            connection.execute(sqlalchemy.select(lock))

    def erase(self, key: sqlalchemy.Column[Any], condition: Any) -> int:
        """Erase the rows of the table of `key` that meet a condition. Returns how many those were. Raises StoreError.

        It takes one short transaction for some keys at a time, so that nobody waits for it.
        """
        erased = 0
        while True:
            some = sqlalchemy.select(key).where(condition).limit(_ROWS_AT_ONCE)
            with self.writing() as connection:
                keys = connection.execute(some).scalars().all()
                if keys:
                    rows = key.table.delete().where(key.in_(keys), condition)
                    erased += int(connection.execute(rows).rowcount)
            if len(keys) < _ROWS_AT_ONCE:
                return erased

    def give_room_back(self) -> None:
        """After much was erased: a file grows smaller, and its log is emptied. Raises StoreError.

        PostgreSQL sees to that by itself.
        """
        if self._log is None:
            return
        try:
            sqlite.shrink(self._engine)
        except SQLAlchemyError as error:
            raise self._failure(error) from error
        self._log.put_away()

    @contextmanager
    def _transaction(self, begin: str, patience: "_Patience") -> Iterator[Connection]:
        with patience.one_at_a_time_once_lost(f"{self._name}: no answer; see {STORE} in docs/operations.md"):
            try:
                if self._file is None:
                    self._make_tables()  # with a limit of its own, before that of what is asked
                with postgresql.within(self._within_s), self._alone(begin) as left_s:
                    self._make_tables()
                    with self._engine.connect() as connection, connection.begin():
                        if self._file is not None:
                            driver: Any = connection.connection.dbapi_connection
                            driver.execute(f"PRAGMA busy_timeout = {int(left_s * 1000)}")
                            connection.exec_driver_sql(begin)
                        yield connection
            except (SQLAlchemyError, OSError) as error:
                patience.lost = _is_silence(error)
                raise self._failure(error) from error
            patience.lost = False

    @contextmanager
    def _alone(self, begin: str) -> Iterator[float]:
        """The seconds that are left. One thread of ours at a time writes to a file.

        SQLite lets who waits for others look again from time to time, and some never get their turn.
        """
        if self._file is None or begin == "BEGIN":
            yield self._within_s
            return
        until = time.monotonic() + self._within_s
        if not self._writing.acquire(timeout=self._within_s):
            raise TimeoutError(f"no turn to write within {self._within_s:.0f} s")
        try:
            yield max(0.0, until - time.monotonic())
        finally:
            self._writing.release()

    @property
    def _name(self) -> str:
        return str(self._file or repr(self._engine.url))  # its repr hides the password

    def _failure(self, error: Exception) -> StoreError:
        said = str(getattr(error, "orig", None) or error).splitlines()  # PostgreSQL's second line quotes the row
        reason = said[0] if said else type(error).__name__
        kind = UnfitError if _is_unfit(error) else StoreError
        return kind(f"{self._name}: {reason}; see {STORE} in docs/operations.md")

    def _make_tables(self) -> None:
        if not self._making.acquire(timeout=self._within_s):
            raise TimeoutError(f"no tables within {self._within_s:.0f} s")
        try:
            if not self._made or (self._file is not None and not self._file.exists()):
                self._make_them()
        finally:
            self._making.release()

    def _make_them(self) -> None:
        if self._file is not None:
            self._engine.dispose()  # connections to a file that was taken away
            self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            keep_file_private(self._file)
            sqlite.check_sound(self._engine)
            self._let_shrink()
            self._write_ahead()
        with postgresql.within(self._within_s):  # a server that is silent from the start is given up soon
            connection = self._engine.connect()
        with connection, postgresql.within(_TABLES_WITHIN_S), connection.begin():
            if self._file is not None:
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            else:
                connection.exec_driver_sql(f"SET LOCAL statement_timeout = {int(_TABLES_WITHIN_S * 1000)}")
            self.hold(connection, "tables")  # PostgreSQL fails where two make the same table at once
            TABLES.create_all(connection)
        self._made = True

    def _let_shrink(self) -> None:
        """Nothing depends on it: where others are at work in the file, the next start does it."""
        try:
            sqlite.let_shrink(self._engine)
        except OperationalError as error:
            _LOGGER.error("%s cannot be made to shrink now; the next start tries again: %s", self._name, error.orig)

    def _write_ahead(self) -> None:
        """Readers of the file do not wait for a writer from now on. SQLite does not wait for others by itself here."""
        until = time.monotonic() + self._within_s
        while True:
            try:
                with self._engine.connect() as connection:
                    connection.exec_driver_sql("PRAGMA journal_mode = WAL")
                return
            except OperationalError:
                if time.monotonic() > until:
                    raise
                time.sleep(_LOOK_AGAIN_S)


class _Patience:
    """How calls wait for a database that may not answer.

    Whoever waits holds one of a few threads. With all of them waiting in vain, hundreds of requests would wait for each
    other; so once one was not answered (`lost`), one waits at a time until one is.
    """

    def __init__(self) -> None:
        self.lost = False
        self._waits = threading.Lock()

    @contextmanager
    def one_at_a_time_once_lost(self, refusal: str) -> Iterator[None]:
        """Raises StoreError with the refusal where another waits already."""
        if not self.lost:
            yield
            return
        if not self._waits.acquire(blocking=False):
            raise StoreError(refusal)
        try:
            yield
        finally:
            self._waits.release()


def _is_silence(error: Exception) -> bool:
    """Whether nobody answered: neither the server, nor whoever holds the file."""
    if isinstance(error, (TimeoutError, sqlalchemy.exc.TimeoutError)):
        return True
    if not isinstance(error, OperationalError):
        return False
    said: Any = error.orig
    return said.pgcode is None if hasattr(said, "pgcode") else "locked" in str(said)


def _is_unfit(error: Exception) -> bool:
    if isinstance(error, (DataError, IntegrityError)):
        return True
    return isinstance(error, DBAPIError) and str(getattr(error.orig, "pgcode", None) or "").startswith(_UNFIT_CLASSES)


def _begin_when_told(connection: Any, record: object) -> None:
    connection.isolation_level = None


_INSTEAD: "ContextVar[Optional[Database]]" = ContextVar("instead", default=None)


def database() -> Database:
    """The database that the environment names (KAKARITSUKE_STORE), by default store.sqlite in KAKARITSUKE_VAR."""
    return _INSTEAD.get() or _database(store_address() or str(var_folder() / "store.sqlite"))


@contextmanager
def instead_of_the_operators(store: Database) -> Iterator[None]:
    """What is done in here is done in another store: what staff tries out calls nobody, and is in no figure."""
    before = _INSTEAD.set(store)
    try:
        yield
    finally:
        _INSTEAD.reset(before)


@lru_cache(maxsize=8)
def _database(address: str) -> Database:
    return Database(address)
