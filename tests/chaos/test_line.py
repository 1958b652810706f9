"""Two hundred owners on LINE at once, with everything that goes wrong: nobody is lost, nobody is answered twice.

What is asserted, precisely, of the real bot. LINE's view of a message is its reply token:
- Each message is answered in one call, a reply with its own token, never in two and never by a push.
- Where a call that LINE did carry out looked like a failure, the answer counts as sent; it must not come again.
- An owner's answers come in the order in which the owner wrote, and the consultation heard each message once, so.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
import sqlite3
import subprocess
import time
from pathlib import Path
from typing import Dict, List, Optional

import aiohttp
import pytest

from tests.conftest import ROOT, free_port, start_server, wait_until_ready
from tests.fakes.line import SECRET, TOKEN, FakeLine, Json, Trouble, text, user

OWNERS = 200
MESSAGES = ("商標を取りたい", "福井県です")
DUPLICATED = 0.2
IN_TROUBLE = 0.05
PATIENCE_S = 150.0  # about 45 s where nothing else runs
KILLED_AFTER_ANSWERS = 60


class Bot:
    """`python -m bot run` in a process of its own, which can be killed."""

    def __init__(self, line: FakeLine, store: Path) -> None:
        self._port = free_port()
        self._environment = {
            "KAKARITSUKE_LINE_SECRET": SECRET,
            "KAKARITSUKE_LINE_TOKEN": TOKEN,
            "KAKARITSUKE_LINE_API": line.url,
            "KAKARITSUKE_LINE_DATA_API": line.url,
            "KAKARITSUKE_STORE": str(store),
        }
        line.webhook = f"http://127.0.0.1:{self._port}/webhooks/line/webhook"
        self._process: "Optional[subprocess.Popen[str]]" = None

    async def start(self) -> None:
        self._process = start_server("--port", str(self._port), **self._environment)
        await asyncio.to_thread(wait_until_ready, self._process)

    async def end(self, how: signal.Signals) -> None:
        assert self._process is not None
        os.killpg(self._process.pid, how)
        await asyncio.to_thread(self._process.wait)


class Owners:
    """Owners who write, and LINE, which delivers until it is acknowledged, sometimes twice and later once more."""

    def __init__(self, line: FakeLine, chance: random.Random) -> None:
        self._line = line
        self._chance = chance
        self._late: List["asyncio.Task[None]"] = []
        self.waits_s: List[float] = []
        self.events: Dict[str, List[Json]] = {}

    async def write(self, number: int) -> None:
        """One owner writes several messages; LINE delivers the next when the one before was acknowledged."""
        owner = user(f"owner {number}")
        await asyncio.sleep(self._chance.uniform(0, 8))
        for words in MESSAGES:
            event = self._line.event("message", owner, message=text(words))
            self.events.setdefault(owner["userId"], []).append(event)
            await self._deliver(event)
            await asyncio.sleep(self._chance.uniform(0, 3))

    async def _deliver(self, event: Json) -> None:
        again = False
        while not await self._acknowledged(event, again):
            await asyncio.sleep(self._chance.uniform(0.2, 1.0))
            again = True
        if self._chance.random() < DUPLICATED:
            self._late.append(asyncio.create_task(self._deliver_later(event)))

    async def _deliver_later(self, event: Json) -> None:
        await asyncio.sleep(self._chance.uniform(0, 6))
        while not await self._acknowledged(event, again=True):
            await asyncio.sleep(0.5)

    async def _acknowledged(self, event: Json, again: bool) -> bool:
        began = time.monotonic()
        try:
            status = await self._line.deliver(event, again=again)
        except (aiohttp.ClientError, asyncio.TimeoutError):
            return False
        self.waits_s.append(time.monotonic() - began)
        return status == 200

    async def all_delivered(self) -> None:
        await asyncio.gather(*self._late)


def trouble_for(chance: random.Random) -> Optional[Trouble]:
    return chance.choice(list(Trouble)) if chance.random() < IN_TROUBLE else None


def heard_by_the_bot(store: Path) -> Dict[str, List[str]]:
    """What the tracker store says that each owner wrote, in order; the bot's store knows whose conversation it is."""
    heard: Dict[str, List[str]] = {}
    with sqlite3.connect(f"file:{ROOT / 'var' / 'conversations.db'}?mode=ro", uri=True) as trackers:
        trackers.execute("ATTACH ? AS bot", (str(store),))
        for owner, data in trackers.execute(
            "SELECT address, data FROM events JOIN bot.chats ON conversation = sender_id WHERE type_name = 'user'"
            " ORDER BY events.id"
        ):
            heard.setdefault(owner, []).append(json.loads(data)["text"])
    return heard


@pytest.mark.alone
async def test_two_hundred_owners_lose_nothing_and_hear_nothing_twice(model: Path, tmp_path: Path) -> None:
    chance = random.Random(20261122)
    # Tokens outlast a slow machine here; what follows when they do not is in tests/channels/line/test_replies.py.
    line = FakeLine(checked=False, token_lasts_s=600.0, trouble=lambda path: trouble_for(chance))
    await line.start()
    bot, owners = Bot(line, tmp_path / "store.sqlite"), Owners(line, chance)
    await bot.start()
    began = time.monotonic()
    writing = [asyncio.create_task(owners.write(number)) for number in range(OWNERS)]
    while sum(map(len, line.sent.values())) < KILLED_AFTER_ANSWERS:
        await asyncio.sleep(0.05)
    await bot.end(signal.SIGKILL)
    await bot.start()
    await asyncio.gather(*writing)
    await owners.all_delivered()
    answered = OWNERS * len(MESSAGES)
    until = began + PATIENCE_S
    while sum(map(len, line.sent.values())) < answered and time.monotonic() < until:
        await asyncio.sleep(0.1)
    await asyncio.sleep(1.0)  # for what might come twice
    await bot.end(signal.SIGTERM)
    await line.stop()
    took_s = time.monotonic() - began
    tokens = {owner: [event["replyToken"] for event in events] for owner, events in owners.events.items()}
    assert {owner: [sent.token for sent in line.to(owner)] for owner in tokens} == tokens
    assert heard_by_the_bot(tmp_path / "store.sqlite") == {owner: list(MESSAGES) for owner in tokens}
    assert line.refusals == []
    assert sum(sent.by == "push" for sent_to in line.sent.values() for sent in sent_to) == 0
    waits_s = sorted(owners.waits_s)
    median_s, p99_s = waits_s[len(waits_s) // 2], waits_s[len(waits_s) * 99 // 100]
    print(f"acknowledged: median {median_s:.3f} s, p99 {p99_s:.3f} s; {took_s:.0f} s in all")
