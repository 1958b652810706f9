"""Two hundred owners on LINE at once, with everything that goes wrong: nobody is lost, nobody is answered twice.

What is asserted, precisely. LINE's view of a message is its reply token:
- Each message whose token could still be used is answered in one call, reply or push, never in two. The owner's text
  comes back in the answer, so the answer is known to be the one for this message.
- Where a call that LINE did carry out looked like a failure, the answer counts as sent; it must not come again.
- An owner's answers come in the order in which the owner wrote.
"""

from __future__ import annotations

import asyncio
import os
import random
import signal
import sys
import time
from asyncio import create_subprocess_exec, subprocess
from pathlib import Path
from typing import Dict, List, Optional

import aiohttp
import pytest

from tests.conftest import ROOT, free_port
from tests.fakes.line import SECRET, TOKEN, FakeLine, Json, Trouble, text, user

OWNERS, MESSAGES = 200, 3
DUPLICATED = 0.2
IN_TROUBLE = 0.05
PATIENCE_S = 150.0  # about 30 s where nothing else runs
_SERVER = """
import asyncio, os, sys
from rasa.core.channels.channel import register
from sanic import Sanic
from bot.channels.line.channel import LineChannel
from bot.channels.line.settings import line_settings
from bot.messages import Message

class Repeating:
    '''Conversations that say what they heard, and take as long over it as a turn does.'''
    async def take(self, conversation, said, again=False):
        await asyncio.sleep(0.005)
        return (Message(f"[{said.text}]"),)

app = Sanic("chaos", configure_logging=False)
register([LineChannel(line_settings(), turns=Repeating())], app, route="/webhooks/")
app.after_server_start(lambda app, loop: print("ready", flush=True))
app.run("127.0.0.1", int(sys.argv[1]), motd=False, access_log=False)
"""


class Bot:
    """The channel in a process of its own, which can be killed."""

    def __init__(self, line: FakeLine, store: Path) -> None:
        self._port = free_port()
        self._environment = {
            **os.environ,
            "KAKARITSUKE_LINE_SECRET": SECRET,
            "KAKARITSUKE_LINE_TOKEN": TOKEN,
            "KAKARITSUKE_LINE_API": line.url,
            "KAKARITSUKE_LINE_DATA_API": line.url,
            "KAKARITSUKE_STORE": str(store),
        }
        line.webhook = f"http://127.0.0.1:{self._port}/webhooks/line/webhook"
        self._process: Optional[subprocess.Process] = None

    async def start(self) -> None:
        self._process = await create_subprocess_exec(
            *(sys.executable, "-c", _SERVER, str(self._port)),
            cwd=ROOT,
            env=self._environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        assert self._process.stdout is not None
        assert await self._process.stdout.readline() == b"ready\n"

    async def end(self, how: signal.Signals) -> None:
        assert self._process is not None
        self._process.send_signal(how)
        await self._process.wait()


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
        for count in range(MESSAGES):
            event = self._line.event("message", owner, message=text(f"{number}-{count}"))
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


def answers_to(line: FakeLine, owner: str) -> List[str]:
    """What came back to an owner, call by call."""
    return [sent.messages[0]["text"] for sent in line.to(owner)]


@pytest.mark.timeout(240)
async def test_two_hundred_owners_lose_nothing_and_hear_nothing_twice(tmp_path: Path) -> None:
    chance = random.Random(20261122)
    # Tokens outlast a slow machine here; what follows when they do not is in tests/channels/line/test_replies.py.
    line = FakeLine(checked=False, token_lasts_s=600.0, trouble=lambda path: trouble_for(chance))
    await line.start()
    bot, owners = Bot(line, tmp_path / "store.sqlite"), Owners(line, chance)
    await bot.start()
    began = time.monotonic()
    writing = [asyncio.create_task(owners.write(number)) for number in range(OWNERS)]
    await asyncio.sleep(6)
    await bot.end(signal.SIGKILL)
    await bot.start()
    await asyncio.gather(*writing)
    await owners.all_delivered()
    answered = OWNERS * MESSAGES
    until = began + PATIENCE_S
    while sum(map(len, line.sent.values())) < answered and time.monotonic() < until:
        await asyncio.sleep(0.1)
    await asyncio.sleep(1.0)  # for what might come twice
    await bot.end(signal.SIGTERM)
    await line.stop()
    expected = {owner: [f"[{event['message']['text']}]" for event in events] for owner, events in owners.events.items()}
    assert {owner: answers_to(line, owner) for owner in expected} == expected
    assert line.refusals == []
    assert sum(sent.by == "push" for sent_to in line.sent.values() for sent in sent_to) == 0
    waits_s = sorted(owners.waits_s)
    print(f"acknowledged: median {waits_s[len(waits_s) // 2]:.3f} s, p99 {waits_s[len(waits_s) * 99 // 100]:.3f} s")
