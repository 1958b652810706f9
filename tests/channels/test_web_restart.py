"""A conversation on the website survives the death of its server, and two servers serve it together."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Dict, Iterator, List, Tuple

import pytest
import requests

from bot.messages import Message
from bot.store import Author, Transcripts
from tests.channels.conftest import NO_LIMIT
from tests.channels.test_web_isolation import conversation_of
from tests.channels.web_owner import Owner, new_id
from tests.conftest import free_port, start_server, wait_until_ready
from tests.store.conftest import address as store_address
from tests.store.conftest import postgresql_address as postgresql_address
from tests.store.patience import opened

pytestmark = pytest.mark.long

Server = Tuple["subprocess.Popen[str]", str]
address = store_address  # SQLite, and PostgreSQL where it answers


def start(store: Path, port: int) -> Server:
    process = start_server("--port", str(port), KAKARITSUKE_STORE=str(store), **NO_LIMIT)
    wait_until_ready(process)
    return process, f"http://127.0.0.1:{port}"


def stop(process: "subprocess.Popen[str]") -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait(30)


@dataclass
class Interrupted:
    """An owner whose server died over their second message; another has taken its place."""

    owner: Owner
    answered_id: str
    answered: List[Dict[str, Any]]
    interrupted: Dict[str, str]


@pytest.fixture(scope="module")
def interrupted(model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Interrupted]:
    store, port = tmp_path_factory.mktemp("restart") / "store.sqlite", free_port()
    process, here = start(store, port)
    owner, answered_id, body = Owner(here), new_id(), {"id": new_id(), "text": "福島です"}
    answered = owner.say("商標を取りたい", answered_id)
    page = owner.listen()
    page.until(": open")

    def send() -> None:
        with contextlib.suppress(requests.RequestException):
            owner.post(body)

    sending = threading.Thread(target=send)
    sending.start()
    page.until(body["id"])
    stop(process)  # the message is kept; its turn has just begun, or is over, or is being written
    sending.join()
    process, _ = start(store, port)
    yield Interrupted(owner, answered_id, answered, body)
    stop(process)


def test_a_message_that_a_dying_server_had_taken_is_answered_once_by_the_next(interrupted: Interrupted) -> None:
    owner, body = interrupted.owner, interrupted.interrupted
    said = owner.post(body).json()["messages"]
    assert said[0]["id"] == body["id"]
    assert [message["part"]["type"] for message in said if message["part"]][0] == "referral"
    assert owner.post(body).json()["messages"] == said
    assert owner.messages() == [*owner.greeting, *interrupted.answered, *said]


def test_an_answered_message_gives_the_same_after_a_restart(interrupted: Interrupted) -> None:
    assert interrupted.owner.say("商標を取りたい", interrupted.answered_id) == interrupted.answered


@pytest.fixture
def two_servers(model: Path, address: str) -> Iterator[List[str]]:
    ports = [free_port(), free_port()]
    processes = [
        start_server("--port", str(port), KAKARITSUKE_STORE=address, KAKARITSUKE_SECRET="s" * 64, **NO_LIMIT)
        for port in ports
    ]
    try:
        for process in processes:
            wait_until_ready(process)
        yield [f"http://127.0.0.1:{port}" for port in ports]
    finally:
        for process in processes:
            stop(process)


def test_two_servers_see_each_others_messages_and_take_a_message_once(
    two_servers: List[str], address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KAKARITSUKE_SECRET", "s" * 64)
    here, there = two_servers
    owner = Owner(here)
    page = owner.listen(address=there)
    page.until(": open")
    said = owner.say("商標を取りたい")
    assert page.until(f"id: {said[-1]['seq']}") < 1.5
    assert page.messages() == said

    Transcripts(opened(address)).append(conversation_of(owner), Author.STAFF, [Message("担当の佐藤です。")])
    assert page.until("担当の佐藤です。") < 1.5
    assert page.messages()[-1]["from"] == "staff"

    body, answers = {"id": new_id(), "text": "福島です"}, []
    elsewhere = Owner(there, token=owner.token)
    senders = [threading.Thread(target=lambda at=at: answers.append(at.post(body).json())) for at in (owner, elsewhere)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    assert answers[0] == answers[1]
    assert len([message for message in owner.messages() if message["from"] == "owner"]) == 2


def test_ctrl_c_ends_open_streams_and_the_server_at_once(model: Path, tmp_path: Path) -> None:
    process, here = start(tmp_path / "store.sqlite", free_port())
    owner = Owner(here)
    pages = [owner.listen() for _ in range(3)]
    for page in pages:
        page.until(": open")
    assert process.stdout is not None
    began = time.monotonic()
    process.send_signal(signal.SIGINT)
    assert process.stdout.readline() == "stopped\n"
    assert time.monotonic() - began < 3
    assert process.wait(30) == 0
    assert all(page.ended.wait(5) for page in pages)
