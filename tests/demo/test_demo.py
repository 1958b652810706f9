"""`python -m bot demo` shows the console with made-up conversations, and touches nothing of the operator's."""

from __future__ import annotations

import hashlib
import json
import os
import re
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Dict, Iterator, List

import aiohttp
import pytest

from bot.store import ConversationFilter, Conversations, Database, Listed, State, StoredHandoffs, TurnRecords
from tests.conftest import ROOT, free_port, wait_until_ready
from tests.console.conftest import token_in
from tests.store.recorded import DAY_S

pytestmark = [pytest.mark.long, pytest.mark.timeout(600)]
TALKS = 6


@dataclass(frozen=True)
class Demo:
    """A demonstration that was started twice: what each start printed, where it is, and the operator's files."""

    folder: Path
    address: str
    first: str
    second: str
    before: List[Listed]
    operators_before: Dict[str, str]
    operators_after: Dict[str, str]

    @property
    def store(self) -> Database:
        return Database(str(self.folder / "store.sqlite"))


def files_in(folder: Path) -> Dict[str, str]:
    return {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in sorted(folder.iterdir())}


def listed(folder: Path) -> List[Listed]:
    found = Conversations(Database(str(folder / "store.sqlite"))).listed(ConversationFilter())
    return sorted(found.conversations, key=lambda one: one.conversation)


def stopped(process: "subprocess.Popen[str]") -> None:
    os.killpg(process.pid, signal.SIGTERM)
    process.wait(60)


@pytest.fixture(scope="module")
def demo(model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """Started, stopped, left alone for two days, and started again."""
    home, operators = tmp_path_factory.mktemp("demo"), tmp_path_factory.mktemp("operators")
    environment = {
        **os.environ,
        "KAKARITSUKE_VAR": str(operators),
        "KAKARITSUKE_STORE": str(operators / "store.sqlite"),
        "KAKARITSUKE_PUBLIC_URL": "https://soudan.example.jp",
    }
    # In a process of its own: where this one lets go of the store later, SQLite puts its log away then.
    subprocess.run([sys.executable, "-m", "bot", "staff", "list"], env=environment, cwd=ROOT, check=True)
    (operators / "conversations.db").write_bytes(b"theirs")
    before, port = files_in(operators), str(free_port())

    def start() -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [sys.executable, "-m", "bot", "demo", "--port", port, "--folder", str(home), "--talks", str(TALKS)],
            cwd=ROOT,
            env=environment,
            text=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    process = start()
    first = wait_until_ready(process)
    stopped(process)
    made = json.loads((home / "made.json").read_text())
    (home / "made.json").write_text(json.dumps({**made, "at": made["at"] - 2 * DAY_S}))
    there = listed(home)
    process = start()
    try:
        second = wait_until_ready(process)
        yield Demo(home, f"http://127.0.0.1:{port}", first, second, there, before, files_in(operators))
    finally:
        stopped(process)


def test_the_conversations_are_there_as_the_bot_had_them(demo: Demo) -> None:
    assert len(demo.before) == TALKS
    records = TurnRecords(demo.store)
    turns = [turn for one in demo.before for turn in records.of(one.conversation)]
    assert {one.road_at is not None for one in demo.before} == {True, False}
    assert all(turn.model and turn.said and turn.heard is not None for turn in turns)


def test_somebody_waits_for_staff(demo: Demo) -> None:
    waiting = StoredHandoffs(demo.store).waiting()
    assert waiting and {handoff.state for handoff in waiting} == {State.WAITING}


def test_it_is_made_once(demo: Demo) -> None:
    assert "talk to the bot" in demo.first
    assert "talk to the bot" not in demo.second
    assert f"demo: {TALKS} conversations" in demo.second


def test_it_is_of_today_whenever_it_is_started(demo: Demo) -> None:
    moved = {now.last_at - then.last_at for then, now in zip(demo.before, listed(demo.folder), strict=True)}
    assert {round(by / DAY_S) for by in moved} == {2}


def test_nothing_of_the_operators_was_touched(demo: Demo) -> None:
    assert demo.operators_after == demo.operators_before


async def test_whoever_has_a_password_that_it_prints_comes_in_and_sees_numbers(demo: Demo) -> None:
    signs_in = re.findall(r"demo:   (\S+ \S+)  (\S+)  \((\w+)\)", demo.second)
    assert [role for _, _, role in signs_in] == ["viewer", "reviewer", "administrator"]
    name, password, _ = signs_in[1]
    jar = aiohttp.CookieJar(unsafe=True)
    async with aiohttp.ClientSession(cookie_jar=jar) as session:
        async with session.get(f"{demo.address}/staff/sign-in") as answer:
            token = token_in(await answer.text())
        form = {"token": token, "name": name, "password": password}
        headers = {"Origin": demo.address}
        async with session.post(f"{demo.address}/staff/sign-in", data=form, headers=headers) as answer:
            assert str(answer.url) == f"{demo.address}/staff"
        async with session.get(f"{demo.address}/staff/figures?period=days_90") as answer:
            assert re.search(r"<dt>相談</dt><dd>[1-9]", await answer.text())
