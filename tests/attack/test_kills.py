"""Four hundred messages through all three doors while servers are killed: none lost, none doubled, all in order.

Two servers share a store. Each is killed, with whatever it was doing, and begun anew, until three have died; owners,
LINE and Slack turn to whichever lives.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import time
import uuid
from dataclasses import dataclass, field
from typing import Any, Dict, List

import aiohttp
import pytest

from bot.channels.slack.api import key_of
from bot.channels.slack.settings import EVENTS_PATH
from tests.attack.conftest import Begin, Server
from tests.attack.doors import heard, opened_to
from tests.channels.web_owner import Owner, new_id
from tests.fakes.line import FakeLine, text, user
from tests.fakes.slack import FakeSlack

OWNERS = 67  # at each door
MESSAGES = ("商標を取りたい", "福井県です")
KILLED_AFTER_ANSWERS = (100, 200, 300)
WITHIN_S = 180.0  # about 50 s where nothing else runs
_AGAIN_S = 0.3


@dataclass
class Doors:
    """Where owners find the bot now, and what they were told."""

    begin: Begin
    environment: Dict[str, str]
    line: FakeLine
    slack: FakeSlack
    living: List[Server] = field(default_factory=list)
    web_said: Dict[str, List[Any]] = field(default_factory=dict)

    @property
    def address(self) -> str:
        return self.living[0].address

    @property
    def answers(self) -> int:
        on_line = sum(map(len, self.line.sent.values()))
        return on_line + len(set(self.slack.keys())) + sum(map(len, self.web_said.values()))

    async def open(self) -> None:
        folder = self.living[0].folder if self.living else None
        more = {"folder": folder} if folder else {}
        self.living.append(await asyncio.to_thread(self.begin, **more, **self.environment))
        self.point()

    def point(self) -> None:
        self.line.webhook = f"{self.address}/webhooks/line/webhook"
        self.slack.events_url = f"{self.address}{EVENTS_PATH}"

    async def kill(self) -> None:
        """Kill the one that serves; the other goes on, and a new one takes its place."""
        while len(self.living) < 2:
            await asyncio.sleep(0.05)
        killed = self.living.pop(0)
        os.killpg(killed.process.pid, signal.SIGKILL)
        self.point()

    async def write_on_the_web(self, owner: Owner) -> None:
        said = self.web_said.setdefault(owner.token, [])
        async with aiohttp.ClientSession(headers=owner.headers) as page:
            for words in MESSAGES:
                message = {"id": new_id(), "text": words}
                while (answer := await self._answer(page, message)) is None:
                    await asyncio.sleep(_AGAIN_S)
                said.append(answer)

    async def _answer(self, page: aiohttp.ClientSession, message: Dict[str, str]) -> Any:
        try:
            async with page.post(f"{self.address}/web/messages", json=message) as response:
                return (await response.json())["messages"] if response.status == 200 else None
        except aiohttp.ClientError:
            return None

    async def write_on_line(self, name: str) -> List[str]:
        tokens = []
        for words in MESSAGES:
            event = self.line.event("message", user(name), message=text(words))
            tokens.append(event["replyToken"])
            again = False
            while not await self._took(event, again):
                again = True
                await asyncio.sleep(_AGAIN_S)
        return tokens

    async def _took(self, event: Dict[str, Any], again: bool) -> bool:
        try:
            return await self.line.deliver(event, again=again) == 200
        except (aiohttp.ClientError, asyncio.TimeoutError):
            return False

    async def write_in_slack(self, owner: str) -> List[str]:
        event_ids = []
        for words in MESSAGES:
            event_ids.append(f"Ev{uuid.uuid4().hex}")
            await self.slack.write(owner, words, event_id=event_ids[-1])
        return event_ids


def names(server: Server, table: str) -> Dict[str, str]:
    """The conversations in a table of the store, by whom they are with on LINE, or by themselves."""
    column = "address" if table == "chats" else "conversation"
    with sqlite3.connect(server.folder / "store.sqlite") as store:
        return dict(store.execute(f"SELECT DISTINCT {column}, conversation FROM {table}"))


@pytest.mark.long
@pytest.mark.timeout(300)
async def test_nothing_is_lost_or_doubled_and_order_is_kept_at_all_three_doors(begin: Begin) -> None:
    line, slack = FakeLine(checked=False, token_lasts_s=600.0), FakeSlack(waits_s=(0.3, 2.0, 8.0))
    await line.start()
    await slack.start()
    doors = Doors(
        begin,
        opened_to(line, slack),
        line,
        slack,
    )
    await doors.open()
    opening = asyncio.create_task(doors.open())
    pages = [await asyncio.to_thread(Owner, doors.address) for _ in range(OWNERS)]
    slack_owners = [f"U{uuid.uuid4().hex[:12].upper()}" for _ in range(OWNERS)]
    began = time.monotonic()
    on_the_web = asyncio.gather(*map(doors.write_on_the_web, pages))
    on_line = asyncio.gather(*(doors.write_on_line(f"owner {number}") for number in range(OWNERS)))
    in_slack = asyncio.gather(*map(doors.write_in_slack, slack_owners))
    for answers in KILLED_AFTER_ANSWERS:
        while doors.answers < answers:
            await asyncio.sleep(0.02)
        await doors.kill()
        await opening
        opening = asyncio.create_task(doors.open())
    tokens, event_ids, _ = await on_line, await in_slack, await on_the_web
    while doors.answers < 3 * OWNERS * len(MESSAGES) and time.monotonic() - began < WITHIN_S:
        await asyncio.sleep(0.1)
    took_s = time.monotonic() - began
    await asyncio.sleep(1.0)  # for what might come twice
    print(f"\n{doors.answers} messages answered, three servers killed: {took_s:.0f} s")

    assert [[sent.token for sent in line.to(user(f"owner {n}")["userId"])] for n in range(OWNERS)] == tokens
    assert {sent.by for all_sent in line.sent.values() for sent in all_sent} == {"reply"}
    for owner, sent in zip(slack_owners, event_ids, strict=True):
        assert [post["client_msg_id"] for post in slack.said_to(owner)] == [key_of(name, 0) for name in sent]
    assert not set(slack.given_up) & {name for sent in event_ids for name in sent}
    await opening
    for page in pages:
        page.address = doors.address
        first, second = doors.web_said[page.token]
        assert await asyncio.to_thread(page.messages) == [*page.greeting, *first, *second]
    by_conversation = heard(doors.living[0])
    of_slack = [name for name in by_conversation if name.rpartition("-")[2] in slack_owners]
    ours = [*names(doors.living[0], "chats").values(), *names(doors.living[0], "transcripts"), *of_slack]
    assert len(ours) == 3 * OWNERS
    assert {name: by_conversation.get(name) for name in ours} == dict.fromkeys(ours, list(MESSAGES))
    await line.stop()
    await slack.stop()
