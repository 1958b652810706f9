"""The website goes on serving while a turn is computed, and refuses one that cannot begin in time."""

from __future__ import annotations

import asyncio
import threading
import time
import uuid
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, AsyncIterator, Dict, List, Optional

import aiohttp
import pytest
from rasa.shared.core.domain import Domain
from sanic import Sanic

from bot.channels.web import WebChannel, web_settings
from bot.operator.limits import limits
from bot.store import Database
from tests.channels.web_owner import new_id
from tests.conftest import free_port

TURN_S = 1.0


class BusyAgent:
    """An agent that greets at once and whose turns take their thread for a second; `busy` is set once one has begun."""

    domain = Domain.from_dict({})
    action_endpoint = nlg = None

    model_filename = "none.tar.gz"

    def __init__(self) -> None:
        self.lock_store = self.tracker_store = self.processor = self
        self.busy = threading.Event()
        self.heard: List[str] = []

    async def retrieve_full_tracker(self, conversation: str) -> None:
        """It keeps nothing."""

    @asynccontextmanager
    async def lock(self, conversation: str) -> AsyncIterator[None]:
        yield

    async def handle_message(self, message: Any) -> None:
        if not message.text:
            return
        self.heard.append(message.message_id)
        self.busy.set()
        time.sleep(TURN_S)


@pytest.fixture
def agent() -> BusyAgent:
    return BusyAgent()


@asynccontextmanager
async def served(agent: BusyAgent, store: Path, start_within_s: float) -> AsyncIterator[str]:
    port = free_port()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KAKARITSUKE_PUBLIC_URL", f"http://127.0.0.1:{port}")
        channel = WebChannel(web_settings("127.0.0.1"), Database(str(store)), limits(), start_within_s)
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


@pytest.fixture
async def address(agent: BusyAgent, tmp_path: Path) -> AsyncIterator[str]:
    async with served(agent, tmp_path / "store.sqlite", start_within_s=10.0) as address:
        yield address


@pytest.fixture
async def hasty_address(agent: BusyAgent, tmp_path: Path) -> AsyncIterator[str]:
    """A website whose turns begin within a third of a second, or not at all."""
    async with served(agent, tmp_path / "store.sqlite", start_within_s=TURN_S / 3) as address:
        yield address


async def opened(web: aiohttp.ClientSession, address: str) -> str:
    async with web.post(f"{address}/web/session", json={}) as answer:
        token: str = (await answer.json())["token"]
        return token


async def say(web: aiohttp.ClientSession, address: str, token: str, client_id: Optional[str] = None) -> int:
    message = {"id": client_id or new_id(), "text": "商標"}
    async with web.post(f"{address}/web/messages", json=message, headers=bearer(token)) as answer:
        if answer.status == 503:
            assert await answer.json() == {"error": "busy"}
            assert int(answer.headers["Retry-After"]) > 0
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


async def test_a_turn_that_cannot_begin_in_time_is_refused_and_not_taken_and_its_message_may_come_again(
    agent: BusyAgent, hasty_address: str
) -> None:
    async with aiohttp.ClientSession() as web:
        first, second = [await opened(web, hasty_address) for _ in range(2)]
        turn = asyncio.create_task(say(web, hasty_address, first, "first-message"))
        while not agent.busy.is_set():
            await asyncio.sleep(0.01)
        assert await say(web, hasty_address, second, "second-message") == 503
        assert await turn == 200
        assert agent.heard == ["first-message"]
        assert await say(web, hasty_address, second, "second-message") == 200
        assert agent.heard == ["first-message", "second-message"]


async def test_a_greeting_that_cannot_begin_in_time_is_refused(agent: BusyAgent, hasty_address: str) -> None:
    async with aiohttp.ClientSession() as web:
        token = await opened(web, hasty_address)
        turn = asyncio.create_task(say(web, hasty_address, token))
        while not agent.busy.is_set():
            await asyncio.sleep(0.01)
        async with web.post(f"{hasty_address}/web/session", json={}) as answer:
            assert answer.status == 503
            assert int(answer.headers["Retry-After"]) > 0
        assert await turn == 200
