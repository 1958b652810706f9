"""Real servers for the tests of channels."""

from __future__ import annotations

import os
import signal
from contextlib import contextmanager
from pathlib import Path
from typing import Iterator

import pytest

from tests.conftest import free_port, start_server, wait_until_ready

NO_LIMIT = {
    "KAKARITSUKE_WEB_RATE_MESSAGES": "100000/minute",
    "KAKARITSUKE_WEB_RATE_SESSIONS": "100000/minute",
    "KAKARITSUKE_WEB_RATE_REQUESTS": "100000/minute",
}


@contextmanager
def running_server(*options: str, **environment: str) -> Iterator[str]:
    """The address of a server that runs until the end."""
    port = free_port()
    process = start_server("--port", str(port), *options, **environment)
    try:
        wait_until_ready(process)
        yield f"http://127.0.0.1:{port}"
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(30)


@pytest.fixture(scope="session")
def web_address(model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server as it comes, for any number of requests."""
    store = tmp_path_factory.mktemp("web") / "store.sqlite"
    with running_server("--rest", KAKARITSUKE_STORE=str(store), **NO_LIMIT) as address:
        yield address


@pytest.fixture(scope="session")
def strict_address(model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server behind a proxy, with an operator's own settings and low limits."""
    with running_server(
        KAKARITSUKE_STORE=str(tmp_path_factory.mktemp("strict") / "store.sqlite"),
        KAKARITSUKE_SECRET="s" * 64,
        KAKARITSUKE_PUBLIC_URL="https://soudan.example.jp",
        KAKARITSUKE_WEB_ORIGINS="https://www.example.jp, https://shop.example.jp:8443",
        KAKARITSUKE_PROXIES="1",
        KAKARITSUKE_WEB_RATE_MESSAGES="3/minute",
        KAKARITSUKE_WEB_RATE_SESSIONS="4/minute",
        KAKARITSUKE_WEB_RATE_REQUESTS="30/minute",
    ) as address:
        yield address
