"""Deleted is deleted: what an owner wrote is in no file of the running bot after a press, after a word, by command."""

from __future__ import annotations

import asyncio
import json
import os
import sqlite3
import subprocess
import sys
import time
import uuid
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, AsyncIterator, Dict, Iterator, List, Optional

import pytest
import requests
from redis import Redis
from redis.exceptions import RedisError

from bot.channels.slack.settings import EVENTS_PATH
from tests.attack.conftest import Begin, Server
from tests.attack.doors import opened_to, until
from tests.channels.web_owner import Owner, new_id
from tests.conftest import ROOT
from tests.fakes.line import FakeLine, text, user
from tests.fakes.slack import FakeSlack

TIMEOUT_S = 30
REDIS = os.environ.get("KAKARITSUKE_TEST_REDIS", "redis://127.0.0.1:6379/15")
NUMBERS = ("090-0000-0001", "4242 4242 4242 4242", "mise@example.jp")


@dataclass(frozen=True)
class Doors:
    """A server that answers at all doors, the settings that open them, and LINE and Slack before it."""

    server: Server
    settings: Dict[str, str]
    line: FakeLine
    slack: FakeSlack


@pytest.fixture(scope="module")
def redis() -> Iterator[Optional["Redis[bytes]"]]:
    """Where it is counted how often somebody wrote; None where there is no Redis here."""
    redis = Redis.from_url(REDIS, socket_connect_timeout=1)
    try:
        redis.ping()
        yield redis
    except RedisError:
        yield None
    finally:
        redis.close()


@pytest.fixture(scope="module")
async def doors(begin: Begin, redis: Optional["Redis[bytes]"]) -> AsyncIterator[Doors]:
    line, slack = FakeLine(checked=False), FakeSlack()
    await line.start()
    await slack.start()
    settings = {**opened_to(line, slack), "KAKARITSUKE_STAFF": "on", **({"KAKARITSUKE_REDIS": REDIS} if redis else {})}
    server = await asyncio.to_thread(begin, "--rest", **settings)
    line.webhook, slack.events_url = f"{server.address}/webhooks/line/webhook", f"{server.address}{EVENTS_PATH}"
    yield Doors(server, settings, line, slack)
    await line.stop()
    await slack.stop()


@pytest.fixture(scope="module")
def server(doors: Doors) -> Server:
    return doors.server


def nonsense() -> str:
    """A word that nobody has written before; of letters alone: eleven digits in a row may be a telephone number."""
    return "zq" + "".join(chr(ord("a") + int(digit, 16)) for digit in uuid.uuid4().hex) + "xv"


def files_with(server: Server, *words: str) -> List[str]:
    """The files of the bot that hold one of these words."""
    files = [path for path in server.folder.rglob("*") if path.is_file()]
    assert {"store.sqlite", "conversations.db"} <= {path.name for path in files}
    return sorted(f"{path.name}: {word}" for path in files for word in words if word.encode() in _bytes(path))


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:  # a journal that was taken away meanwhile
        return b""


def make_older(server: Server, days: float, word: str) -> None:
    """All that was said and done at the server was so many days earlier, once the turn with this word is recorded."""
    with closing(sqlite3.connect(server.folder / "store.sqlite", timeout=10)) as store:
        given_up_at = time.monotonic() + 10
        while not store.execute("SELECT id FROM turn_records WHERE words LIKE ?", (f"%{word}%",)).fetchall():
            assert time.monotonic() < given_up_at, "the turn is not recorded"
            time.sleep(0.02)
    for file, table, column in (
        ("store.sqlite", "transcripts", "said_at"),
        ("store.sqlite", "turn_records", "at"),
        ("store.sqlite", "conversation_matters", "at"),
        ("store.sqlite", "owners_words", "begun_at"),
        ("store.sqlite", "conversations", "last_at"),
        ("conversations.db", "events", "timestamp"),
    ):
        with closing(sqlite3.connect(server.folder / file, timeout=10)) as store, store:
            store.execute(f"UPDATE {table} SET {column} = {column} - {days * 86_400}")


def rest(server: Server, sender: str, message: str) -> List[Dict[str, Any]]:
    body = {"sender": sender, "message": message}
    response = requests.post(f"{server.address}/webhooks/rest/webhook", json=body, timeout=TIMEOUT_S)
    assert response.status_code == 200
    replies: List[Dict[str, Any]] = response.json()
    return replies


def forget(server: Server, *arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    where = {"KAKARITSUKE_STORE": str(server.folder / "store.sqlite"), "KAKARITSUKE_VAR": str(server.folder)}
    command = [sys.executable, "-m", "bot", "forget", *arguments]
    return subprocess.run(
        command,
        cwd=ROOT,
        env={**os.environ, **where, **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_after_a_press_and_a_yes_no_file_holds_what_was_written(server: Server) -> None:
    owner, word = Owner(server.address), nonsense()
    owner.say(f"{word}の商標を取りたいです")
    assert files_with(server, word) != []
    page = owner.listen(last_seen=0)
    page.until(word)
    asked = owner.press("talk.forget")
    assert [choice["id"] for choice in asked[-1]["part"]["choices"]] == ["forget.yes", "forget.no"]
    assert files_with(server, word) != []
    told = owner.press("forget.yes")
    assert told[-1]["part"] == {"type": "forgotten"}
    assert files_with(server, word) == []
    assert page.ended.wait(10)
    again: Iterator[requests.Response] = (
        owner.get("/web/messages"),
        owner.get("/web/events"),
        owner.post({"id": new_id(), "text": "もう一つ"}),
    )
    assert [(answer.status_code, answer.json()) for answer in again] == [(410, {"error": "forgotten"})] * 3
    assert files_with(server, word) == []


def test_a_no_deletes_nothing(server: Server) -> None:
    owner, word = Owner(server.address), nonsense()
    owner.say(f"{word}の商標を取りたいです")
    owner.press("talk.forget")
    owner.press("forget.no")
    assert files_with(server, word) != []
    assert any(word in message["text"] for message in owner.messages())


def test_by_words_over_rest(server: Server) -> None:
    sender, word = f"rest-{uuid.uuid4().hex}", nonsense()
    rest(server, sender, f"{word}の商標を取りたいです")
    assert files_with(server, word) != []
    rest(server, sender, "記録を消してほしい")
    assert rest(server, sender, "はい")[-1]["custom"] == {"type": "forgotten"}
    assert files_with(server, word) == []


def test_by_command_while_the_bot_serves(server: Server) -> None:
    sender, word = f"rest-{uuid.uuid4().hex}", nonsense()
    rest(server, sender, f"{word}の商標を取りたいです")
    done = forget(server, sender)
    assert (done.returncode, done.stderr) == (0, "")
    assert "forgotten: tracker: " in done.stdout
    assert files_with(server, word) == []


def test_another_conversation_is_not_touched(server: Server) -> None:
    first, second, word = Owner(server.address), Owner(server.address), nonsense()
    second.say(f"{word}の商標を取りたいです")
    first.press("talk.forget")
    first.press("forget.yes")
    assert any(word in message["text"] for message in second.messages())


@pytest.mark.parametrize("channel", ["web", "rest"])
def test_numbers_of_a_person_are_in_no_file(server: Server, channel: str) -> None:
    said = f"商標を取りたい。{'、'.join(NUMBERS)}、売上は1200000円"
    sender = f"rest-{uuid.uuid4().hex}"
    replies = Owner(server.address).say(said) if channel == "web" else rest(server, sender, said)
    assert "残さずに消しました" in json.dumps(replies, ensure_ascii=False)
    assert files_with(server, *NUMBERS) == []
    assert files_with(server, "1200000") != []


def test_what_is_younger_than_so_many_days_stays(server: Server) -> None:
    owner, word = Owner(server.address), nonsense()
    owner.say(f"{word}の商標を取りたいです")
    began = time.monotonic()
    assert "forgotten: " in forget(server, "--older-than", "1").stdout
    assert files_with(server, word) != []
    assert time.monotonic() - began < 120


def test_what_is_older_than_so_many_days_is_in_no_file(server: Server) -> None:
    owner, word = Owner(server.address), nonsense()
    owner.say(f"{word}の商標を取りたいです")
    make_older(server, days=31, word=word)
    done = forget(server, "--older-than", "30")
    assert (done.returncode, done.stderr) == (0, "")
    assert files_with(server, word) == []


@pytest.mark.parametrize("arguments", [(), ("--older-than", "x"), ("a", "--older-than", "1"), ("--older-than", "-1")])
def test_a_command_that_says_nothing_clear_does_nothing(server: Server, arguments: Optional[List[str]]) -> None:
    done = forget(server, *(arguments or []))
    assert done.returncode != 0
    assert "Traceback" not in done.stderr


# LINE and Slack, and what is counted


async def test_on_line_and_in_slack_neither_words_nor_ids_of_their_owner_are_left(doors: Doors) -> None:
    server, line, slack = doors.server, doors.line, doors.slack
    hanako, taro, word = user(f"hanako {uuid.uuid4()}"), f"U{uuid.uuid4().hex[:12].upper()}", nonsense()
    at_line = hanako["userId"]

    async def on_line(kind: str, **content: Any) -> Any:
        before = len(line.to(at_line))
        await line.deliver_until_taken(line.event(kind, hanako, **content))
        await until(lambda: len(line.to(at_line)) > before, "LINE's answer")
        return line.to(at_line)[-1].messages

    async def in_slack(words: str) -> str:
        before = len(slack.said_to(taro))
        await slack.write(taro, words)
        await until(lambda: len(slack.said_to(taro)) > before, "Slack's answer")
        return json.dumps(slack.said_to(taro)[-1], ensure_ascii=False)

    async def no_file_has(*secrets: str) -> None:
        """The inbox is done with an event just after its answer was sent."""
        await until(lambda: files_with(server, *secrets) == [], "the end of what was written")

    _, notice, *_ = await on_line("follow", follow={"isUnblocked": False})
    button = notice["contents"]["body"]["contents"][-1]["action"]["data"]
    await on_line("message", message=text(f"{word}の商標を取りたいです"))
    await in_slack(f"{word}の商標を取りたいです")
    await in_slack("人に相談する")
    assert files_with(server, word) != []
    await on_line("postback", postback={"data": button})
    assert "すべて消しました" in json.dumps(await on_line("message", message=text("はい")), ensure_ascii=False)
    await no_file_has(at_line)
    await in_slack("記録を消してほしい")
    assert "すべて消しました" in await in_slack("はい")
    await no_file_has(word, at_line, taro)


def test_how_often_an_owner_wrote_is_not_known_in_redis_any_more(doors: Doors, redis: Optional["Redis[bytes]"]) -> None:
    if redis is None:
        pytest.skip("no Redis here")
    server, word = doors.server, nonsense()
    Owner(server.address).say(f"{word}の商標を取りたいです")
    with closing(sqlite3.connect(server.folder / "store.sqlite")) as store:
        found = store.execute("SELECT conversation FROM transcripts WHERE words LIKE ?", (f"%{word}%",))
        conversation = found.fetchone()[0]
    assert list(redis.scan_iter(f"*{conversation}*")) != []
    assert forget(server, conversation, **doors.settings).returncode == 0
    assert list(redis.scan_iter(f"*{conversation}*")) == []
    assert files_with(server, word) == []
