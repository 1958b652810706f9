"""A store that a test puts out of order for a while."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import Iterator

from sqlalchemy.engine import Connection

from bot.store import Database, StoreError


class UnsteadyStore(Database):
    """A store on a file. While it `fails`, nothing can be written; while it is `hanging`, whoever writes waits."""

    def __init__(self, address: str) -> None:
        super().__init__(address)
        self.fails = False
        self._goes_on = threading.Event()
        self._goes_on.set()

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        if self.fails:
            raise StoreError("no space left")
        self._goes_on.wait()
        with super().writing() as connection:
            yield connection

    @contextmanager
    def hanging(self) -> Iterator[None]:
        self._goes_on.clear()
        try:
            yield
        finally:
            self._goes_on.set()

    @contextmanager
    def failing(self) -> Iterator[None]:
        self.fails = True
        try:
            yield
        finally:
            self.fails = False

    def done(self) -> int:
        """How many events were worked off: answered, or given up."""
        return self._events("done_at IS NOT NULL")

    def undone(self) -> int:
        """How many events were kept and are not worked off yet: they are worked on, or wait."""
        return self._events("done_at IS NULL")

    def _events(self, condition: str) -> int:
        with self.reading() as connection:
            return int(connection.exec_driver_sql(f"SELECT count(*) FROM inbox WHERE {condition}").scalar_one())
