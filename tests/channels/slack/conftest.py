"""The Slack channel on a real server in this process, and a workspace of its own."""

from __future__ import annotations

import asyncio
import uuid
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, AsyncIterator, Callable, List, Optional, Tuple

import pytest
from rasa.core.agent import Agent
from sanic import Sanic

from bot.channels.deliveries import DeliveryPolicy
from bot.channels.slack.api import ApiTimes, SlackApi
from bot.channels.slack.channel import Connect, SlackChannel, SlackTimes
from bot.channels.slack.settings import EVENTS_PATH, SlackSettings
from bot.channels.slack.words import slack_words
from bot.frame.turns import RasaTurns, Said, Turns
from bot.messages import Choice, Choices, Message
from bot.store import Inbox, Questions
from tests.conftest import free_port
from tests.fakes.slack import SECRET, TOKEN, FakeSlack
from tests.fakes.store import UnsteadyStore

QUICK = SlackTimes(
    api=ApiTimes(retry_delays_s=(0.05, 0.1, 0.1)),
    delivery=DeliveryPolicy(retry_delays_s=(0.05, 0.1, 0.1), poll_interval_s=0.2),
)


class Served:
    """The bot in a workspace, and the workspace."""

    def __init__(self, slack: FakeSlack, channel: SlackChannel, store: UnsteadyStore, inbox: Inbox, app: Sanic) -> None:
        self.slack = slack
        self.channel = channel
        self.store = store
        self.inbox = inbox
        self.app = app

    async def quiet(self) -> None:
        """Wait until everything that was sent has been answered and its events have been delivered."""
        for _ in range(3):
            await self.channel.idle()
            await self.slack.settle()

    async def worked_off(self) -> None:
        """Wait until everything that was sent has been answered or given up, however often it is tried again."""
        await self.quiet()
        while self.store.undone():
            await asyncio.sleep(0.01)
        await self.quiet()


@asynccontextmanager
async def served(
    turns: Callable[[Sanic], Turns],
    store: Path,
    slack: Optional[FakeSlack] = None,
    times: SlackTimes = QUICK,
    connect: Connect = SlackApi,
) -> AsyncIterator[Served]:
    """The channel with these turns on a port of its own."""
    workspace = slack or FakeSlack()
    if not workspace.api:
        await workspace.start()
    database = UnsteadyStore(str(store))
    inbox = Inbox(database, "slack", lease_s=0.5)
    settings = SlackSettings(SECRET, TOKEN, workspace.api)
    channel = SlackChannel(settings, inbox, Questions(database), slack_words(), turns, times, connect)
    app = Sanic(f"slack_{uuid.uuid4().hex}", configure_logging=False)
    app.blueprint(channel.blueprint(nobody), url_prefix="/webhooks/slack")
    port = free_port()
    workspace.events_url = f"http://127.0.0.1:{port}{EVENTS_PATH}"
    server = await app.create_server("127.0.0.1", port, return_asyncio_server=True, access_log=False)
    assert server is not None
    await server.startup()
    await server.before_start()
    await server.after_start()
    try:
        yield Served(workspace, channel, database, inbox, app)
    finally:
        await workspace.settle()
        await server.before_stop()
        server.close()
        await server.wait_closed()
        await server.after_stop()
        if slack is None:
            await workspace.stop()


async def nobody(message: Any) -> None:
    raise AssertionError("the channel takes its turns itself")


class Echo:
    """Turns that say what they heard, and offer two choices."""

    def __init__(self) -> None:
        self.heard: List[Tuple[str, Said]] = []
        self.greeted: List[str] = []
        self.fails = 0
        self.again: List[str] = []
        self.waits = False
        self.answer: Optional[Tuple[Message, ...]] = None

    async def take(self, conversation: str, said: Said, again: bool = False) -> Tuple[Message, ...]:
        if again:
            self.again.append(said.id)
        if self.fails:
            self.fails -= 1
            raise RuntimeError("the turn fails")
        if not (again and (conversation, said) in self.heard):
            self.heard.append((conversation, said))
        if self.answer is not None:
            return self.answer
        choices = Choices((Choice("a.1", "はい"), Choice("a.2", "いいえ")))
        return (Message(f"「{said.text}」ですね。"), Message("よろしいですか。", choices))

    async def greet(self, conversation: str) -> Tuple[Message, ...]:
        self.greeted.append(conversation)
        ten = Choices(tuple(Choice(f"issue.{number}", f"困りごと{number}") for number in range(1, 11)))
        return (Message("こんにちは。", ten),)

    async def asks(self, conversation: str) -> bool:
        return self.waits

    @property
    def texts(self) -> List[str]:
        return [said.text for _, said in self.heard]


@pytest.fixture
def echo() -> Echo:
    return Echo()


@pytest.fixture
async def desk(echo: Echo, tmp_path: Path) -> AsyncIterator[Served]:
    """The channel before turns that echo."""
    async with served(lambda app: echo, tmp_path / "store.sqlite") as desk:
        yield desk


@pytest.fixture
async def real(bot: Agent, tmp_path: Path) -> AsyncIterator[Served]:
    """The channel before the real bot."""
    async with served(lambda app: RasaTurns(bot, "slack"), tmp_path / "store.sqlite") as desk:
        yield desk
