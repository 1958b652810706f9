"""What happens when the process begins: what cannot work is said in one line within seconds, and becomes no memory."""

from __future__ import annotations

import os
import socket
import time
from pathlib import Path
from typing import Iterator

import pytest
from rasa.core.agent import Agent
from rasa.shared.core.events import UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.frame.endpoints import read_endpoints, tracker_store
from bot.frame.trackers import SqlTrackers
from bot.serving.application import StartError, check_desk, ready_agent
from bot.store import By, Role, accounts

NLG = "nlg: {type: bot.frame.responses.PlannedResponses}"
PIKA = "type: pika, url: 127.0.0.1, username: guest, password: guest, queues: [events]"


@pytest.fixture(autouse=True)
def var(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for what is kept."""
    monkeypatch.setenv("KAKARITSUKE_VAR", str(tmp_path / "var"))
    return tmp_path / "var"


@pytest.fixture
def silent() -> Iterator[int]:
    """A port that lets everybody in and answers nobody."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def set_up(endpoints: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = folder / "endpoints.yml"
    file.write_text(f"{endpoints}\n{NLG}\n", encoding="utf-8")
    monkeypatch.setenv("KAKARITSUKE_ENDPOINTS", str(file))


def damage(file: Path) -> None:
    """Overwrite some pages in the middle of a file of SQLite's, which are of 4,096 bytes."""
    content = file.read_bytes()
    assert len(content) > 10 * 4096
    file.write_bytes(content[: 5 * 4096] + os.urandom(4 * 4096) + content[9 * 4096 :])


async def reason(model: Path) -> str:
    """The one line with which the bot does not start, said within seconds."""
    began = time.monotonic()
    with pytest.raises(StartError) as failed:
        await ready_agent(model)
    assert time.monotonic() - began < 8
    assert len(str(failed.value).splitlines()) == 1
    return str(failed.value)


def test_a_desk_whose_staff_could_not_be_called_does_not_open(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KAKARITSUKE_STAFF", "on")
    monkeypatch.setenv("KAKARITSUKE_STORE", str(tmp_path))
    with pytest.raises(StartError, match="KAKARITSUKE_STORE"):
        check_desk()


def test_a_desk_that_nobody_of_staff_could_answer_at_does_not_open_and_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KAKARITSUKE_STAFF", "on")
    monkeypatch.setenv("KAKARITSUKE_STORE", str(tmp_path / "store.sqlite"))
    with pytest.raises(StartError, match="python -m bot staff add NAME --role administrator") as said:
        check_desk()
    assert len(str(said.value).splitlines()) == 1
    accounts().add("花子", Role.VIEWER, "a hash", False, By("terminal:root", ""))
    check_desk()


def test_a_desk_whose_only_account_was_disabled_does_not_open(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KAKARITSUKE_STAFF", "on")
    monkeypatch.setenv("KAKARITSUKE_STORE", str(tmp_path / "store.sqlite"))
    accounts().add("花子", Role.VIEWER, "a hash", False, By("terminal:root", ""))
    accounts().disable("花子", By("terminal:root", ""))
    with pytest.raises(StartError, match="nobody of staff has an account"):
        check_desk()


@pytest.mark.parametrize(
    ("endpoints", "said"),
    [
        ("tracker_store: {type: my.module.Store}", "my.module.Store cannot be imported"),
        ("tracker_store: {type: bot.frame.trackers.Nothing}", "bot.frame.trackers.Nothing cannot be imported"),
        ("tracker_store: {type: SQL, url: 'postgresql://x@127.0.0.1:1/x'}", "Connection refused"),
        ("tracker_store: {type: SQL, db: var/conversations.db}", "expected a name such as conversations.db"),
        ("tracker_store: {type: SQL, databse: x}", "unexpected keyword argument 'databse'"),
        ("tracker_store: {type: redis, url: 127.0.0.1, port: 1}", "redis does not answer"),
        ("tracker_store: SQL", "does not say how Rasa's parts are set up"),
        ("lock_store: {type: my.module.Locks}", "my.module.Locks"),
        ("event_broker: {type: my.module.Broker}", "my.module.Broker cannot be imported"),
        (f"event_broker: {{{PIKA}, port: 1}}", "event_broker in endpoints.yml: 127.0.0.1: [Errno 111]"),
    ],
)
async def test_a_part_that_cannot_be_had_is_one_line(
    model: Path, endpoints: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_up(endpoints, tmp_path, monkeypatch)
    assert said in await reason(model)


async def test_a_broker_that_does_not_answer_is_one_line_without_its_password(
    model: Path, silent: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broker = "type: pika, url: 'amqp://guest:secret@127.0.0.1', username: guest, password: secret, queues: [events]"
    set_up(f"event_broker: {{{broker}, port: {silent}}}", tmp_path, monkeypatch)
    said = await reason(model)
    assert "no connection within 5 s" in said
    assert "secret" not in said


async def test_a_database_that_does_not_answer_is_one_line_without_its_password(
    model: Path, silent: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_up(f"tracker_store: {{type: SQL, url: 'postgresql://x:secret@127.0.0.1:{silent}/x'}}", tmp_path, monkeypatch)
    said = await reason(model)
    # libpq's own words, or ours where another test has set how long psycopg2 waits, which holds for the process.
    assert "timeout expired" in said or "no answer in time" in said
    assert "secret" not in said


async def test_a_file_of_conversations_that_holds_something_else_is_one_line(model: Path, var: Path) -> None:
    var.mkdir()
    (var / "conversations.db").write_bytes(os.urandom(8192))
    assert "conversations.db: file is not a database" in await reason(model)


async def test_a_file_of_conversations_that_is_damaged_somewhere_within_is_one_line(
    model: Path, bot: Agent, var: Path
) -> None:
    var.mkdir()
    trackers = SqlTrackers(bot.domain, db=str(var / "conversations.db"))
    said = [UserUttered("商標を取りたい") for _ in range(100)]
    await trackers.save(DialogueStateTracker.from_events("owner", said))
    trackers.engine.dispose()
    damage(var / "conversations.db")
    assert "conversations.db: the file is damaged: " in await reason(model)


@pytest.mark.parametrize("part", [0.0001, 0.5, 0.999])
async def test_a_model_that_was_cut_off_is_one_line(model: Path, part: float, tmp_path: Path) -> None:
    content = model.read_bytes()
    cut = tmp_path / "kakaritsuke-cut.tar.gz"
    cut.write_bytes(content[: int(len(content) * part)])
    assert "the model kakaritsuke-cut.tar.gz does not load" in await reason(cut)


@pytest.mark.parametrize("setting", ["KAKARITSUKE_VAR", "KAKARITSUKE_ENDPOINTS"])
async def test_a_place_that_depends_on_where_the_bot_is_started_is_one_line(
    model: Path, setting: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(setting, "var")
    assert await reason(model) == f"{setting}: expected a path that begins with /, found 'var'"


async def test_a_bot_that_is_told_no_store_keeps_conversations_in_its_folder(
    var: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_up("", tmp_path, monkeypatch)
    endpoints = read_endpoints(tmp_path / "endpoints.yml")
    tracker = (await tracker_store(endpoints.tracker_store, None)).init_tracker("owner")
    tracker.update(UserUttered("こんにちは"))
    await (await tracker_store(endpoints.tracker_store, None)).save(tracker)
    assert list(await (await tracker_store(endpoints.tracker_store, None)).keys()) == ["owner"]
    assert (var / "conversations.db").is_file()
