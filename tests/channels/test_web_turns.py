"""The website's channel takes all its turns together, so that many owners at once leave room for acknowledging."""

from __future__ import annotations

import asyncio
import uuid
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, AsyncIterator

import aiohttp
import pytest
from sanic import Sanic

from bot.channels.web import WebChannel, web_settings
from bot.store import Database
from tests.channels.web_owner import new_id
from tests.conftest import free_port


class CountingAgent:
    """An agent whose turns take a moment; `most_at_once` is how many of them ran together."""

    def __init__(self) -> None:
        self.lock_store = self
        self.now = 0
        self.most_at_once = 0

    @asynccontextmanager
    async def lock(self, conversation: str) -> AsyncIterator[None]:
        yield

    async def execute_action(self, *action: Any) -> None:
        pass

    async def handle_message(self, message: Any) -> None:
        self.now += 1
        self.most_at_once = max(self.most_at_once, self.now)
        await asyncio.sleep(0.05)
        self.now -= 1


@pytest.fixture
async def agent() -> CountingAgent:
    return CountingAgent()


@pytest.fixture
async def address(agent: CountingAgent, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[str]:
    port = free_port()
    monkeypatch.setenv("KAKARITSUKE_PUBLIC_URL", f"http://127.0.0.1:{port}")
    channel = WebChannel(web_settings("127.0.0.1"), Database(str(tmp_path / "store.sqlite")))
    app = Sanic(f"web_{uuid.uuid4().hex}", configure_logging=False)
    app.ctx.agent = agent

    async def nobody(message: Any) -> None:
        raise AssertionError("the channel takes its turns itself")

    app.blueprint(channel.blueprint(nobody), url_prefix="/web")
    server = await app.create_server("127.0.0.1", port, return_asyncio_server=True, access_log=False)
    assert server is not None
    await server.startup()
    await server.before_start()
    await server.after_start()
    yield f"http://127.0.0.1:{port}"
    await server.before_stop()
    server.close()
    await server.wait_closed()
    await server.after_stop()


async def say(web: aiohttp.ClientSession, address: str) -> int:
    async with web.post(f"{address}/web/session", json={}) as opened:
        token = (await opened.json())["token"]
    headers = {"Authorization": f"Bearer {token}"}
    async with web.post(f"{address}/web/messages", json={"id": new_id(), "text": "商標"}, headers=headers) as answer:
        return answer.status


async def test_of_six_owners_who_write_at_once_two_are_answered_at_a_time(agent: CountingAgent, address: str) -> None:
    async with aiohttp.ClientSession() as web:
        assert await asyncio.gather(*(say(web, address) for _ in range(6))) == [200] * 6
    assert agent.most_at_once == 2
