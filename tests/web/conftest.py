"""A real browser, the real server, and a scripted one; without Chromium these tests are skipped."""

from __future__ import annotations

import os
import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import AsyncIterator, Iterator

import pytest
from aiohttp import web
from playwright.async_api import Browser, BrowserContext, Page

from tests.conftest import free_port, start_server, wait_until_ready
from tests.web.chat import Chat
from tests.web.scripted_server import ScriptedServer


@pytest.fixture
async def context(browser: Browser) -> AsyncIterator[BrowserContext]:
    """A desk computer."""
    context = await browser.new_context(viewport={"width": 1280, "height": 800}, locale="ja-JP")
    yield context
    await context.close()


@pytest.fixture
async def phone(browser: Browser) -> AsyncIterator[BrowserContext]:
    """A small phone."""
    size = {"width": 320, "height": 640}
    context = await browser.new_context(viewport=size, has_touch=True, is_mobile=True, locale="ja-JP")
    yield context
    await context.close()


@pytest.fixture
async def page(context: BrowserContext) -> Page:
    return await context.new_page()


@pytest.fixture
async def scripted() -> AsyncIterator[ScriptedServer]:
    server = ScriptedServer()
    await server.start()
    yield server
    await server.stop()


@pytest.fixture
async def chat(page: Page, scripted: ScriptedServer) -> Chat:
    """A conversation with the scripted server, after its greeting, on a page with a strict CSP."""
    await page.goto(scripted.address)
    return await Chat(page).begin()


@dataclass
class RealBot:
    """The real server, which can be stopped and started again at the same port with the same store."""

    port: int
    environment: "dict[str, str]"
    process: "subprocess.Popen[str]"
    elsewhere: str

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def stop(self) -> None:
        os.killpg(self.process.pid, signal.SIGTERM)
        self.process.wait(30)

    def start(self) -> None:
        self.process = start_server("--port", str(self.port), **self.environment)
        wait_until_ready(self.process)


@pytest.fixture(scope="session")
def real_bot(model: Path, browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealBot]:
    """The real server; pages of `elsewhere` may use it."""
    elsewhere = f"http://127.0.0.1:{free_port()}"
    environment = {
        "KAKARITSUKE_STORE": str(tmp_path_factory.mktemp("web") / "store.sqlite"),
        "KAKARITSUKE_WEB_ORIGINS": elsewhere,
        "KAKARITSUKE_WEB_RATE_SESSIONS": "1000/minute",
        "KAKARITSUKE_PUBLIC_URL": "http://127.0.0.1",
    }
    port = free_port()
    bot = RealBot(port, environment, start_server("--port", str(port), **environment), elsewhere)
    wait_until_ready(bot.process)
    yield bot
    bot.stop()


@pytest.fixture
async def chat_with_bot(page: Page, real_bot: RealBot) -> Chat:
    """A conversation with the real bot on the example page, after its greeting."""
    await page.goto(real_bot.address)
    return await Chat(page).begin()


@pytest.fixture
async def strict_page(real_bot: RealBot) -> AsyncIterator[str]:
    """The address of a page of another origin whose CSP allows the bot's script and connections, and nothing else."""
    csp = f"default-src 'none'; script-src {real_bot.address}; connect-src {real_bot.address}"
    script = f'<script src="{real_bot.address}/widget/kakaritsuke.js" defer></script>'
    body = (
        f'<!doctype html><html lang="ja"><meta charset="utf-8"><title>会員のページ</title><body>{script}</body></html>'
    )

    async def show(request: web.Request) -> web.Response:
        return web.Response(text=body, content_type="text/html", headers={"Content-Security-Policy": csp})

    app = web.Application()
    app.router.add_get("/", show)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", int(real_bot.elsewhere.rsplit(":", 1)[1])).start()
    yield real_bot.elsewhere
    await runner.cleanup()
