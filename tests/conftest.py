"""What all tests share: the knowledge, read once, the real trained bot, and the real server."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import AsyncIterator, Iterator, List

import pytest
from playwright.async_api import Browser, async_playwright

from bot.frame.lean import import_rasa_leanly
from bot.quiet import keep_libraries_quiet

keep_libraries_quiet()
import_rasa_leanly()
os.environ["KAKARITSUKE_DESK"] = ""
os.environ["KAKARITSUKE_OFFICES"] = ""  # what is tested is our knowledge, not that of whoever runs the bot here

from rasa.core.agent import Agent  # noqa: E402
from rasa.core.tracker_store import InMemoryTrackerStore  # noqa: E402
from sanic import Sanic  # noqa: E402
from sanic.touchup.service import TouchUp  # noqa: E402

from bot.frame import known  # noqa: E402
from bot.knowledge import Knowledge, load_knowledge  # noqa: E402
from bot.quiet import show_errors_only  # noqa: E402
from bot.serving.application import ready_agent  # noqa: E402
from bot.training import train, trained_model  # noqa: E402

ROOT = Path(__file__).resolve().parents[1]


def pytest_collection_modifyitems(items: List[pytest.Item]) -> None:
    """What is marked as long comes first, with its file; the rest as it was."""
    files = {item.path for item in items if "long" in item.keywords}
    items.sort(key=lambda item: item.path not in files)


@pytest.fixture(autouse=True, scope="session")
def several_servers_in_a_process() -> Iterator[None]:
    """Sanic 21.12 rewrites its own methods when an app starts, and fails where they are rewritten already."""
    rewrite = TouchUp.run

    def rewrite_once(app: Sanic) -> None:
        with suppress(KeyError):
            rewrite(app)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TouchUp, "run", rewrite_once)
        yield


@pytest.fixture(autouse=True, scope="session")
def a_store_of_the_tests(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What is tested never writes into the store of whoever runs the bot here."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KAKARITSUKE_STORE", str(tmp_path_factory.mktemp("store") / "store.sqlite"))
        yield


@pytest.fixture(autouse=True, scope="session")
def what_is_known_without_an_operator() -> None:
    """What a process knows is read before a test sets up a desk of its own; read during such a test it would stay."""
    known.knowledge()


@pytest.fixture(scope="session")
def knowledge() -> Knowledge:
    return load_knowledge()


@pytest.fixture(scope="session")
def model() -> Path:
    return trained_model() or train(lambda step: None)


@pytest.fixture(scope="session")
async def bot(model: Path) -> AsyncIterator[Agent]:
    """The bot as `python -m bot run` makes it, with conversations in memory."""
    show_errors_only()
    agent = await ready_agent(model)
    agent.tracker_store = agent.processor.tracker_store = InMemoryTrackerStore(agent.domain)
    yield agent


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def start_server(*options: str, **environment: str) -> "subprocess.Popen[str]":
    """`python -m bot run` with these options, in a process group of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "bot", "run", *options],
        cwd=ROOT,
        env={**os.environ, **environment},
        text=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )


def wait_until_ready(process: "subprocess.Popen[str]") -> str:
    """What the process printed until it said that it is ready. Fails where it ends before."""
    assert process.stdout is not None
    printed = ""
    for line in process.stdout:
        printed += line
        if line.startswith("ready:"):
            return printed
    raise AssertionError(f"the server ended with {process.wait()} before it was ready:\n{printed}")


@pytest.fixture(scope="session")
def rest_address(model: Path) -> Iterator[str]:
    """The address of a real server with the REST webhook."""
    port = free_port()
    process = start_server("--port", str(port), "--rest")
    try:
        wait_until_ready(process)
        yield f"http://127.0.0.1:{port}"
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(30)


_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("there is no chromium here; apt-get install chromium fonts-noto-cjk")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=list(_FLAGS))
        yield browser
        await browser.close()
