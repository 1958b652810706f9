"""A PostgreSQL server that falls silent is noticed in time: no call waits for it longer than it may."""

from __future__ import annotations

import select
import time
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Dict, Iterator, Optional

import psycopg2.extensions
import sqlalchemy
from sqlalchemy.engine import Engine

ANSWERS_WITHIN_S = 3.0
# The server's own word comes first: the connection lives on then. Whoever waits for a lock hears it too.
_STATEMENT_SHARE = 5 / 6
# A process that stands still in the middle of a transaction holds its locks no longer than that.
_STANDS_STILL_MS = 10_000
_BY: ContextVar[Optional[float]] = ContextVar("by", default=None)


def connecting() -> Dict[str, Any]:
    """What libpq is told about each connection (https://www.postgresql.org/docs/current/libpq-connect.html)."""
    return {
        "connect_timeout": int(ANSWERS_WITHIN_S),
        "tcp_user_timeout": int(ANSWERS_WITHIN_S * 1000),
        "keepalives_idle": 5,
        "keepalives_interval": 1,
        "keepalives_count": 3,
    }


def prepare(engine: Engine, answers_within_s: float) -> None:
    """No statement lasts long, no transaction stands still, and a server that says nothing is given up."""
    statement_ms = int(answers_within_s * _STATEMENT_SHARE * 1000)

    def limit(connection: Any, record: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                f"SET statement_timeout = {statement_ms}; SET idle_in_transaction_session_timeout = {_STANDS_STILL_MS}"
            )
        connection.commit()

    give_up_silent_servers()
    sqlalchemy.event.listen(engine, "connect", limit)


def give_up_silent_servers() -> None:
    """No call of this process to a server waits longer than `within` says, or else `ANSWERS_WITHIN_S`.

    That cannot be left to the network: where something between us takes what we send and passes nothing on, as a
    firewall or a proxy may, all its time limits are met. psycopg2 has one way to wait with a limit, for all connections
    of the process (https://www.psycopg.org/docs/advanced.html#support-for-coroutine-libraries), whoever asks for it.
    """
    psycopg2.extensions.set_wait_callback(_wait)


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """All that is asked of servers in here is answered within so many seconds together, or fails."""
    before = _BY.set(time.monotonic() + seconds)
    try:
        yield
    finally:
        _BY.reset(before)


def _wait(connection: Any) -> None:
    """Wait until a call is answered. Raises OperationalError, upon which psycopg2 closes the connection."""
    by = _BY.get() or time.monotonic() + ANSWERS_WITHIN_S
    while (state := connection.poll()) != psycopg2.extensions.POLL_OK:
        left_s = by - time.monotonic()
        reads = state == psycopg2.extensions.POLL_READ
        ready = select.poll()  # not select(): that takes no more than 1,024 open files
        ready.register(connection.fileno(), select.POLLIN if reads else select.POLLOUT)
        if left_s <= 0 or not ready.poll(left_s * 1000):
            raise psycopg2.OperationalError("no answer in time")
