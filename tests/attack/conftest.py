"""Real servers to attack, each with files of its own."""

from __future__ import annotations

import os
import signal
import subprocess
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Callable, Dict, Iterator, List

import pytest

from bot.store import Accounts, By, Database, NameTakenError, Role
from tests.conftest import free_port, start_server, wait_until_ready

_ENDS_WITHIN_S = 30


@dataclass(frozen=True)
class Server:
    """A running bot: its port, its process, and the folder in which it keeps everything."""

    port: int
    process: "subprocess.Popen[str]"
    folder: Path

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"


Begin = Callable[..., Server]


def employ_somebody(folder: Path) -> None:
    """An account of staff, without which no bot promises a person."""
    accounts = Accounts(Database(str(folder / "store.sqlite")))
    with suppress(NameTakenError):  # several servers may share a folder
        accounts.add("担当", Role.REVIEWER, "no hash, so that nobody can sign in", False, By("terminal:root", ""))


@pytest.fixture(scope="module")
def begin(model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Begin]:
    """Starts servers: `begin("--rest", KAKARITSUKE_STAFF="on")`. They end with the module."""
    running: List[Server] = []

    def start(*options: str, folder: "Path | None" = None, **environment: str) -> Server:
        folder = folder or tmp_path_factory.mktemp("var")
        port = free_port()
        kept: Dict[str, str] = {"KAKARITSUKE_VAR": str(folder), "KAKARITSUKE_STORE": str(folder / "store.sqlite")}
        if environment.get("KAKARITSUKE_STAFF") == "on":
            employ_somebody(folder)
        process = start_server("--port", str(port), *options, **{**kept, **environment})
        wait_until_ready(process)
        running.append(Server(port, process, folder))
        return running[-1]

    yield start
    for server in running:
        if server.process.poll() is None:
            os.killpg(server.process.pid, signal.SIGTERM)
    for server in running:
        try:
            server.process.wait(_ENDS_WITHIN_S)
        except subprocess.TimeoutExpired:
            os.killpg(server.process.pid, signal.SIGKILL)
            server.process.wait()


@pytest.fixture(scope="module")
def server(begin: Begin) -> Server:
    """One server for all tests of a module, with the REST webhook open."""
    return begin("--rest")
