"""A bot that cannot work says why in one line and ends within seconds; nothing it finds makes it start over."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Dict, Iterator, List

import pytest

from tests.conftest import free_port, start_server

ENDS_WITHIN_S = 200  # seconds of it count; the rest is for loading the libraries on a busy machine
RUBBISH = b"\x01not what you think" * 500


@pytest.fixture(scope="module")
def printed(model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dict[str, List[str]]]:
    """What bots print that cannot start, by what is wrong; all of them begin at once."""
    faults = {name: tmp_path_factory.mktemp(name) for name in ("store.sqlite", "conversations.db", "broker")}
    for name in ("store.sqlite", "conversations.db"):
        (faults[name] / name).write_bytes(RUBBISH)
    endpoints = faults["broker"] / "endpoints.yml"
    endpoints.write_text("event_broker: {type: pika, url: 127.0.0.1, port: 1, username: guest, password: guest}\n")
    processes: Dict[str, "subprocess.Popen[str]"] = {}
    for name, folder in faults.items():
        environment = {"KAKARITSUKE_VAR": str(folder), "KAKARITSUKE_STORE": str(folder / "store.sqlite")}
        if name == "broker":
            environment["KAKARITSUKE_ENDPOINTS"] = str(endpoints)
        processes[name] = start_server("--port", str(free_port()), **environment)
    try:
        yield {name: process.communicate(timeout=ENDS_WITHIN_S)[0].splitlines() for name, process in processes.items()}
        assert {process.returncode for process in processes.values()} == {1}
    finally:
        for process in processes.values():
            if process.poll() is None:
                os.killpg(process.pid, 9)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("store.sqlite", "store.sqlite: file is not a database"),
        ("conversations.db", "conversations.db: file is not a database"),
        ("broker", "event_broker in endpoints.yml: 127.0.0.1: [Errno 111]"),
    ],
)
def test_what_is_wrong_is_one_line(printed: Dict[str, List[str]], wrong: str, said: str) -> None:
    start, *rest = printed[wrong]
    assert start.startswith("start: ")
    assert len(rest) == 1
    assert rest[0].startswith("error: the bot cannot start: ")
    assert said in rest[0]
