"""The website goes on serving while a turn is computed."""

from __future__ import annotations

import asyncio
import threading
import time
import uuid
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, AsyncIterator, Dict

import aiohttp
import pytest
from rasa.shared.core.domain import Domain
from sanic import Sanic

from bot.channels.web import WebChannel, web_settings
from bot.store import Database
from tests.channels.web_owner import new_id
from tests.conftest import free_port

TURN_S = 1.0


class BusyAgent:
    """An agent whose turns keep their thread busy for a second; `busy` is set once one has begun."""

    domain = Domain.from_dict({"actions": ["action_greet"]})
    action_endpoint = nlg = None

    def __init__(self) -> None:
        self.lock_store = self.processor = self
        self.busy = threading.Event()

    @asynccontextmanager
    async def lock(self, conversation: str) -> AsyncIterator[None]:
        yield

    async def fetch_tracker_and_update_session(self, *conversation: Any) -> None:
        pass

    async def _run_action(self, *action: Any) -> None:
        pass

    async def save_tracker(self, tracker: None) -> None:
        pass

    async def handle_message(self, message: Any) -> None:
        self.busy.set()
        time.sleep(TURN_S)


@pytest.fixture
def agent() -> BusyAgent:
    return BusyAgent()


@pytest.fixture
async def address(agent: BusyAgent, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[str]:
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


async def opened(web: aiohttp.ClientSession, address: str) -> str:
    async with web.post(f"{address}/web/session", json={}) as answer:
        token: str = (await answer.json())["token"]
        return token


async def say(web: aiohttp.ClientSession, address: str, token: str) -> int:
    message = {"id": new_id(), "text": "商標"}
    async with web.post(f"{address}/web/messages", json=message, headers=bearer(token)) as answer:
        return answer.status


async def read(web: aiohttp.ClientSession, address: str, token: str) -> int:
    async with web.get(f"{address}/web/messages?after=0", headers=bearer(token)) as answer:
        return answer.status


def bearer(token: str) -> Dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


async def test_a_page_is_served_while_another_owners_turn_is_computed(agent: BusyAgent, address: str) -> None:
    async with aiohttp.ClientSession() as web:
        tokens = [await opened(web, address) for _ in range(2)]
        turn = asyncio.create_task(say(web, address, tokens[0]))
        while not agent.busy.is_set():
            await asyncio.sleep(0.01)
        assert await read(web, address, tokens[1]) == 200
        assert not turn.done()
        assert await turn == 200
