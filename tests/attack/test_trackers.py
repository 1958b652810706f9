"""A tracker store that fails costs a turn and nobody's memory: its owner hears of it, and the message works later."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import stat
import subprocess
import sys
import uuid
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Dict, Iterator, List
from urllib.parse import urlsplit

import psycopg2
import pytest
import requests
from redis import Redis
from redis.exceptions import RedisError

from tests.attack.proxy import Proxy
from tests.channels.web_owner import Owner, new_id
from tests.conftest import ROOT, free_port
from tests.store.conftest import POSTGRESQL

WORDS = "のれんを新しくしたい"
TIMEOUT_S = 30
_ENDS_WITHIN_S = 30


@dataclass(frozen=True)
class Bot:
    """A running bot, its folder, and the file in which everything lies that it printed."""

    address: str
    folder: Path
    printed: Path
    process: "subprocess.Popen[bytes]"

    @property
    def conversations(self) -> Path:
        return self.folder / "conversations.db"

    def parts(self) -> Dict[str, bool]:
        parts: Dict[str, bool] = requests.get(f"{self.address}/readyz", timeout=TIMEOUT_S).json()
        return parts

    def status(self, path: str) -> int:
        return requests.get(self.address + path, timeout=TIMEOUT_S).status_code

    def rest(self, sender: str, message: str) -> requests.Response:
        body = {"sender": sender, "message": message}
        return requests.post(f"{self.address}/webhooks/rest/webhook", json=body, timeout=TIMEOUT_S)

    def log(self) -> str:
        return self.printed.read_text(encoding="utf-8")


@contextmanager
def running(started_in: Path, folder: Path, **environment: str) -> Iterator[Bot]:
    """A bot that was started in another folder than the project's."""
    port, printed = free_port(), started_in / "printed"
    kept = {"KAKARITSUKE_VAR": str(folder), "KAKARITSUKE_STORE": str(folder / "store.sqlite"), "PYTHONPATH": str(ROOT)}
    with printed.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "bot", "run", "--rest", "--port", str(port)],
            cwd=started_in,
            env={**os.environ, **kept, **environment},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    bot = Bot(f"http://127.0.0.1:{port}", folder, printed, process)
    try:
        while "\nready:" not in bot.log():
            with pytest.raises(subprocess.TimeoutExpired):  # it runs on
                process.wait(0.1)
        yield bot
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(_ENDS_WITHIN_S)


@pytest.fixture(scope="module")
def bot(model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bot]:
    with running(tmp_path_factory.mktemp("elsewhere"), tmp_path_factory.mktemp("var")) as bot:
        yield bot


@contextmanager
def locked(file: Path) -> Iterator[None]:
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        yield


def owners_words(file: Path) -> List[str]:
    """What the tracker store has of owners, in order."""
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as trackers:
        rows = trackers.execute("SELECT data FROM events WHERE type_name = 'user' ORDER BY id")
        return [json.loads(data)["text"] for (data,) in rows]


def is_refused(owner: Owner, message: Dict[str, str]) -> bool:
    answer = owner.post(message)
    return (answer.status_code, answer.json()) == (503, {"error": "busy"}) and int(answer.headers["Retry-After"]) > 0


def card_in(messages: List[Dict[str, Any]]) -> List[str]:
    return [message["part"]["type"] for message in messages if message["part"]]


def test_conversations_lie_in_their_folder_wherever_the_bot_was_started(bot: Bot) -> None:
    owner = Owner(bot.address)
    owner.say(f"{WORDS}。場所は福井県")
    assert f"{WORDS}。場所は福井県" in owners_words(bot.conversations)
    assert [path.name for path in bot.printed.parent.iterdir()] == ["printed"]


def test_nobody_else_can_read_what_owners_wrote(bot: Bot) -> None:
    Owner(bot.address).say(WORDS)
    assert stat.S_IMODE(bot.folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in bot.folder.glob("conversations.db*")} == {0o600}


def test_a_message_that_meets_a_locked_database_is_answered_right_when_it_comes_again(bot: Bot) -> None:
    owner, body = Owner(bot.address), {"id": new_id(), "text": "福島です"}
    owner.say("商標を取りたい")
    before = owners_words(bot.conversations)
    with locked(bot.conversations):
        assert is_refused(owner, body)
        assert bot.parts() == {"ready": False, "model": True, "tracker_store": False, "store": True}
        assert (bot.status("/readyz"), bot.status("/healthz")) == (503, 200)
        page = requests.get(f"{bot.address}/", timeout=TIMEOUT_S)
        assert (page.status_code, int(page.headers["Retry-After"]) > 0) == (503, True)
        assert "ただいま、ご相談をお受けできません。" in page.content.decode()
    assert (bot.status("/readyz"), bot.status("/")) == (200, 200)
    assert owners_words(bot.conversations) == before
    said = owner.post(body).json()["messages"]
    assert card_in(said)[0] == "referral"
    assert owner.post(body).json()["messages"] == said
    assert owners_words(bot.conversations) == [*before, "福島です"]
    assert "database is locked" in bot.log()
    assert "福島" not in bot.log()


def test_a_database_that_was_taken_away_is_not_made_anew_and_goes_on_when_it_is_back(bot: Bot, tmp_path: Path) -> None:
    owner, body = Owner(bot.address), {"id": new_id(), "text": "福島です"}
    owner.say("商標を取りたい")
    bot.conversations.rename(tmp_path / "away")
    assert is_refused(owner, body)
    assert bot.parts()["tracker_store"] is False
    assert not bot.conversations.exists()
    (tmp_path / "away").rename(bot.conversations)
    assert bot.parts()["ready"] is True
    assert card_in(owner.post(body).json()["messages"])[0] == "referral"


def test_a_database_that_was_deleted_goes_on_from_its_copy(bot: Bot, tmp_path: Path) -> None:
    owner, body = Owner(bot.address), {"id": new_id(), "text": "福島です"}
    owner.say("商標を取りたい")
    with closing(sqlite3.connect(bot.conversations)) as now, closing(sqlite3.connect(tmp_path / "copy")) as copy:
        now.backup(copy)
    for file in bot.folder.glob("conversations.db*"):
        file.unlink()
    assert is_refused(owner, body)
    shutil.copy(tmp_path / "copy", bot.conversations)
    assert card_in(owner.post(body).json()["messages"])[0] == "referral"
    assert owners_words(bot.conversations)[-1] == "福島です"


def test_a_greeting_that_cannot_be_kept_opens_no_session(bot: Bot) -> None:
    with locked(bot.conversations):
        answer = requests.post(f"{bot.address}/web/session", json={}, timeout=TIMEOUT_S)
        assert (answer.status_code, answer.json()) == (503, {"error": "busy"})
    assert card_in(Owner(bot.address).greeting) == ["choices"]


def test_a_conversation_that_cannot_be_read_begins_anew_and_nobody_else_notices(bot: Bot) -> None:
    broken, other = (uuid.uuid4().hex for _ in range(2))
    for sender in (broken, other):
        assert bot.rest(sender, "商標を取りたい").status_code == 200
    with closing(sqlite3.connect(bot.conversations)) as trackers, trackers:
        trackers.execute(
            "UPDATE events SET data = substr(data, 1, 20) WHERE sender_id = ? AND type_name = 'user'", (broken,)
        )
        # As if another process had been at work in it: what the bot has in memory counts no longer.
        trackers.execute("UPDATE events SET timestamp = timestamp + 1 WHERE sender_id = ?", (broken,))
    told, answered = bot.rest(broken, "福島です"), bot.rest(other, "福島です")
    assert "前のお話が読めなくなりました" in told.json()[0]["text"]
    assert [reply["custom"]["type"] for reply in answered.json() if "custom" in reply][0] == "referral"
    assert "読めなくなりました" not in bot.rest(broken, "商標を取りたい").text
    with closing(sqlite3.connect(bot.conversations)) as trackers:
        aside = trackers.execute("SELECT count(*) FROM events_set_aside WHERE sender_id = ?", (broken,)).fetchone()
    assert aside[0] > 5
    assert "a conversation cannot be read (JSONDecodeError) and begins anew" in bot.log()
    assert "商標" not in bot.log()


def test_a_sender_that_is_no_text_is_refused_and_ends_nothing(bot: Bot) -> None:
    for sender in ("\ud800", "a\0b"):
        body = json.dumps({"sender": sender, "message": "こんにちは"})
        answer = requests.post(f"{bot.address}/webhooks/rest/webhook", data=body, timeout=TIMEOUT_S)
        assert answer.status_code == 400
    assert bot.rest(uuid.uuid4().hex, "こんにちは").status_code == 200
    assert bot.process.poll() is None


@pytest.fixture(scope="module")
def schema() -> Iterator[str]:
    """An empty schema in the PostgreSQL database for tests."""
    schema = f"kakaritsuke_{uuid.uuid4().hex}"
    with closing(psycopg2.connect(POSTGRESQL, connect_timeout=3)) as server:
        server.autocommit = True
        with server.cursor() as cursor:
            cursor.execute(f"CREATE SCHEMA {schema}")
            yield schema
            cursor.execute(f"DROP SCHEMA {schema} CASCADE")


@pytest.fixture(scope="module")
def proxy() -> Iterator[Proxy]:
    proxy = Proxy(urlsplit(POSTGRESQL).port or 5432)
    yield proxy
    proxy.close()


@pytest.fixture(scope="module")
def on_postgresql(model: Path, schema: str, proxy: Proxy, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bot]:
    """A bot whose conversations lie in PostgreSQL, behind the proxy."""
    endpoints = tmp_path_factory.mktemp("endpoints") / "endpoints.yml"
    there = urlsplit(POSTGRESQL)
    url = there._replace(netloc=f"{there.netloc.rpartition('@')[0]}@127.0.0.1:{proxy.port}").geturl()
    endpoints.write_text(
        f"tracker_store: {{type: SQL, url: '{url}'}}\nnlg: {{type: bot.frame.responses.PlannedResponses}}\n"
    )
    where = {"KAKARITSUKE_ENDPOINTS": str(endpoints), "POSTGRESQL_SCHEMA": schema}
    with running(tmp_path_factory.mktemp("elsewhere"), tmp_path_factory.mktemp("var"), **where) as bot:
        yield bot


def test_a_message_that_meets_a_stopped_postgresql_is_answered_right_when_it_is_back(
    on_postgresql: Bot, proxy: Proxy
) -> None:
    bot, owner, body = on_postgresql, Owner(on_postgresql.address), {"id": new_id(), "text": "福島です"}
    owner.say("商標を取りたい")
    proxy.cut()
    assert is_refused(owner, body)
    assert bot.parts() == {"ready": False, "model": True, "tracker_store": False, "store": True}
    proxy.mend()
    assert bot.parts()["ready"] is True
    assert card_in(owner.post(body).json()["messages"])[0] == "referral"


def test_a_postgresql_that_does_not_answer_holds_nobody_for_long(on_postgresql: Bot, proxy: Proxy) -> None:
    owner, body = Owner(on_postgresql.address), {"id": new_id(), "text": "福島です"}
    owner.say("商標を取りたい")
    proxy.fall_silent()
    answer = owner.post(body)
    assert (answer.status_code, answer.elapsed.total_seconds() < 6) == (503, True)
    assert on_postgresql.parts()["tracker_store"] is False
    proxy.speak()
    assert card_in(owner.post(body).json()["messages"])[0] == "referral"


@pytest.fixture(scope="module")
def keys() -> Iterator[str]:
    """What the keys of these tests begin with in the Redis here; they are gone afterwards."""
    prefix = uuid.uuid4().hex
    with closing(Redis()) as redis:
        try:
            redis.ping()
        except RedisError as error:
            pytest.skip(f"no Redis here: {error}")
        yield prefix
        for key in redis.scan_iter(f"*{prefix}*"):
            redis.delete(key)


@pytest.fixture(scope="module")
def on_redis(model: Path, keys: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bot]:
    """A bot whose conversations lie in Redis."""
    endpoints = tmp_path_factory.mktemp("endpoints") / "endpoints.yml"
    endpoints.write_text(
        f"tracker_store: {{type: redis, url: 127.0.0.1, key_prefix: '{keys}'}}\n"
        "nlg: {type: bot.frame.responses.PlannedResponses}\n"
    )
    where = {"KAKARITSUKE_ENDPOINTS": str(endpoints)}
    with running(tmp_path_factory.mktemp("elsewhere"), tmp_path_factory.mktemp("var"), **where) as bot:
        yield bot


def test_a_conversation_in_redis_that_cannot_be_read_begins_anew_and_nobody_else_notices(
    on_redis: Bot, keys: str
) -> None:
    bot, broken, other = on_redis, uuid.uuid4().hex, uuid.uuid4().hex
    for sender in (broken, other):
        assert bot.rest(sender, "商標を取りたい").status_code == 200
    key = f"{keys}:tracker:{broken}"
    with closing(Redis()) as redis:
        redis.set(key, redis.get(key)[:-20])
        told, answered = bot.rest(broken, "福島です"), bot.rest(other, "福島です")
        assert redis.llen(f"set_aside:{key}") == 1
    assert "前のお話が読めなくなりました" in told.json()[0]["text"]
    assert [reply["custom"]["type"] for reply in answered.json() if "custom" in reply][0] == "referral"
    assert "読めなくなりました" not in bot.rest(broken, "商標を取りたい").text
    assert bot.parts()["ready"] is True
    assert "a conversation cannot be read (JSONDecodeError) and begins anew" in bot.log()
    assert "商標" not in bot.log() and broken not in bot.log()
