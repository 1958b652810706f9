"""Probes are answered to this machine and to the operator's networks, and say which part cannot answer."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path
from typing import Any, Optional

import pytest
from rasa.core.agent import Agent
from sanic import Sanic
from sanic.response import HTTPResponse

from bot.channels.web import WebSettings, web_settings
from bot.frame.thinking import thinking
from bot.frame.trackers import SqlTrackers, TrackersError
from bot.operator.probes import Probes, probes
from bot.operator.set_up import SetUpError
from bot.serving.health import Readiness, serve_health
from bot.store import Database


class Silent(SqlTrackers):
    """A tracker store that fails, or does not answer until it may."""

    may_answer: Optional[threading.Event] = None
    asked = 0

    def probe(self) -> None:
        self.asked += 1
        if self.may_answer is None:
            raise TrackersError("it is away")
        self.may_answer.wait()


@pytest.fixture
def readiness(tmp_path: Path) -> Readiness:
    return Readiness(Database(str(tmp_path / "store.sqlite")))


@pytest.fixture
def agent(bot: Agent, tmp_path: Path) -> Agent:
    """The bot with a tracker store that fails."""
    agent = Agent(tracker_store=Silent(bot.domain, db=str(tmp_path / "conversations.db")))
    agent.processor = bot.processor
    return agent


async def test_before_the_model_is_there_the_bot_is_not_ready(readiness: Readiness) -> None:
    assert await readiness.parts() == {"model": False, "tracker_store": False, "store": True}


async def test_a_part_that_fails_is_named_and_said_in_the_log_once(
    readiness: Readiness, agent: Agent, caplog: pytest.LogCaptureFixture
) -> None:
    readiness.agent = agent
    for _ in range(2):
        assert await readiness.parts() == {"model": True, "tracker_store": False, "store": True}
    assert caplog.text.count("not ready: tracker_store") == 1


async def test_a_part_that_does_not_answer_is_asked_once_and_holds_nobody_for_long(
    readiness: Readiness, agent: Agent
) -> None:
    readiness.agent, agent.tracker_store.may_answer = agent, threading.Event()
    began = asyncio.get_running_loop().time()
    both = await asyncio.gather(readiness.parts(), readiness.parts())
    assert asyncio.get_running_loop().time() - began < 3
    assert [parts["tracker_store"] for parts in both] == [False, False]
    assert agent.tracker_store.asked == 1
    agent.tracker_store.may_answer.set()
    while not (await readiness.parts())["tracker_store"]:
        await asyncio.sleep(0)


async def test_turns_that_wait_for_each_other_are_no_fault_of_the_model(readiness: Readiness, bot: Agent) -> None:
    readiness.agent = bot
    over = threading.Event()
    thinking().loop.call_soon_threadsafe(over.wait)  # a turn that is being computed
    assert (await readiness.parts())["model"] is True
    over.set()


class Asked:
    """A request as far as the probes look at it."""

    def __init__(self, ip: str, **headers: str) -> None:
        self.ip = ip
        self.headers = Headers({name.replace("_", "-"): value for name, value in headers.items()})


class Headers(dict):  # type: ignore[type-arg]
    """As Sanic's."""

    def getall(self, name: str, default: Any) -> Any:
        return [self[name]] if name in self else default


@pytest.fixture
def web(monkeypatch: pytest.MonkeyPatch) -> WebSettings:
    """A website behind one proxy."""
    monkeypatch.setenv("KAKARITSUKE_PUBLIC_URL", "https://soudan.example.jp")
    monkeypatch.setenv("KAKARITSUKE_PROXIES", "1")
    return web_settings("127.0.0.1")


@pytest.mark.parametrize(
    ("ip", "passed_on", "status"),
    [
        ("127.0.0.1", None, 200),
        ("::1", None, 200),
        ("10.1.2.3", None, 200),
        ("192.0.2.1", None, 403),
        ("127.0.0.1", "192.0.2.1", 403),
        ("127.0.0.1", "10.1.2.3", 200),
        ("127.0.0.1", "10.1.2.3, 192.0.2.1", 403),
        ("192.0.2.1", "2001:db8::7", 200),
        ("127.0.0.1", "nonsense", 403),
    ],
)
async def test_who_may_ask_is_this_machine_and_the_operators_networks(
    readiness: Readiness, web: WebSettings, ip: str, passed_on: Optional[str], status: int
) -> None:
    app = Sanic(f"health-{ip}-{passed_on}".translate({ord(mark): "_" for mark in ".:, "}), configure_logging=False)
    serve_health(app, readiness, web, Probes.construct(health_from="10.0.0.0/8, 2001:db8::/64"))
    healthz = next(route for route in app.router.routes if route.path == "healthz").handler
    asked = Asked(ip, **({"x_forwarded_for": passed_on} if passed_on else {}))
    answer: HTTPResponse = await healthz(asked)
    assert answer.status == status


async def test_a_proxy_that_nobody_told_us_of_opens_no_door(
    readiness: Readiness, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KAKARITSUKE_PUBLIC_URL", "http://127.0.0.1:5005")
    app = Sanic("health-unknown-proxy", configure_logging=False)
    serve_health(app, readiness, web_settings("127.0.0.1"), Probes())
    healthz = next(route for route in app.router.routes if route.path == "healthz").handler
    assert (await healthz(Asked("127.0.0.1", x_forwarded_for="127.0.0.1"))).status == 403
    assert (await healthz(Asked("127.0.0.1"))).status == 200


def test_networks_that_are_none_are_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KAKARITSUKE_HEALTH_FROM", "10.0.0.0/8, here")
    with pytest.raises(SetUpError, match="^KAKARITSUKE_HEALTH_FROM: expected networks such as 10.0.0.0/8.*here'$"):
        probes()
