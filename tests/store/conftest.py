"""The store on a SQLite file and, where a server answers, on PostgreSQL."""

from __future__ import annotations

import os
import uuid
from pathlib import Path
from typing import Any, Iterator

import psycopg2
import pytest
import sqlalchemy

POSTGRESQL = os.environ.get("KAKARITSUKE_TEST_POSTGRESQL", "postgresql://postgres@127.0.0.1:5432/test")


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty store."""
    if request.param == "sqlite":
        return str(tmp_path / "made" / "store.sqlite")
    found: str = request.getfixturevalue("postgresql_address")
    return found


@pytest.fixture
def postgresql_address() -> Iterator[str]:
    """The address of an empty store in PostgreSQL.

    No commit waits for the server's disk: where other tests write to it too, that takes longer than a store waits.
    """
    schema = f"kakaritsuke_{uuid.uuid4().hex}"
    try:
        server = psycopg2.connect(POSTGRESQL, connect_timeout=3)
    except psycopg2.OperationalError as error:
        pytest.skip(f"no PostgreSQL at {POSTGRESQL}: {error}")
    server.autocommit = True
    with server.cursor() as cursor:
        cursor.execute(f"CREATE SCHEMA {schema}")
        yield f"{POSTGRESQL}?options=-csearch_path%3D{schema}%20-csynchronous_commit%3Doff&application_name={schema}"
        # What a test leaves connected would stay until it is collected, and a server takes a hundred.
        cursor.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = %s", [schema])
        cursor.execute(f"DROP SCHEMA {schema} CASCADE")
    server.close()


@pytest.fixture
def built_without_overwriting() -> Iterator[None]:
    """SQLite as it is where it was built without SECURE_DELETE, which Debian's was built with."""

    def switch_off(connection: Any, record: object) -> None:
        connection.execute("PRAGMA secure_delete = OFF")

    sqlalchemy.event.listen(sqlalchemy.pool.Pool, "connect", switch_off)
    yield
    sqlalchemy.event.remove(sqlalchemy.pool.Pool, "connect", switch_off)
