"""The LINE channel behind a real web server, LINE beside it, and conversations that say what a test wants."""

from __future__ import annotations

import uuid
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import AsyncIterator, Awaitable, Callable, List, Optional, Tuple

import pytest
from rasa.core.channels.channel import register
from sanic import Sanic

from bot.channels.deliveries import DeliveryPolicy
from bot.channels.line.channel import NAME, LineChannel, LineTimes
from bot.channels.line.client import ClientTimes, LineClient
from bot.channels.line.settings import LineSettings
from bot.frame.turns import Said, Turns
from bot.messages import Message
from bot.store import Chats, Inbox, Unsent
from tests.conftest import free_port
from tests.fakes.line import SECRET, TOKEN, FakeLine, Json, Sent, quick_replies, text, user
from tests.fakes.store import UnsteadyStore

AS_IT_COMES = LineTimes()
QUICK = LineTimes(
    retry_delays_s=(0.02, 0.02, 0.02),
    delivery=DeliveryPolicy(
        retry_delays_s=(0.02, 0.02, 0.02),
        poll_interval_s=0.1,
        store_retry_delays_s=(0.02,),
        drain_timeout_s=0.1,
    ),
)
QUICK_CLIENT = ClientTimes(retry_delays_s=(0.02, 0.02), longest_retry_after_s=0.02)


def settings_of(line: FakeLine, secret: str = SECRET, token: str = TOKEN) -> LineSettings:
    """The settings that lead to this LINE."""
    return LineSettings(secret, token, line.url, line.url)


@dataclass
class SaidTurns:
    """Conversations that answer with `answer`, or with what was said, and remember what they heard."""

    answer: Optional[Tuple[Message, ...]] = None
    heard: List[Tuple[str, Said, bool]] = field(default_factory=list)
    before: Optional[Callable[[Said], Awaitable[None]]] = None
    greeting: Tuple[Message, ...] = (Message("こんにちは。"), Message("どんなことでお困りですか。"))

    async def take(self, conversation: str, said: Said, again: bool = False) -> Tuple[Message, ...]:
        self.heard.append((conversation, said, again))
        if self.before is not None:
            await self.before(said)
        return (Message(f"「{said.text}」ですね。"),) if self.answer is None else self.answer

    async def greet(self, conversation: str) -> Tuple[Message, ...]:
        return self.greeting

    async def asks(self, conversation: str) -> bool:
        return False

    @property
    def texts(self) -> List[str]:
        return [said.text for _, said, _ in self.heard]


@dataclass
class LineDesk:
    """The bot on LINE, as an owner's telephone sees it."""

    line: FakeLine
    channel: LineChannel
    store: UnsteadyStore

    @property
    def chats(self) -> Chats:
        return Chats(self.store, NAME)

    @property
    def inbox(self) -> Inbox:
        return Inbox(self.store, NAME)

    @property
    def unsent(self) -> Unsent:
        return Unsent(self.store)

    async def say(self, words: str, source: Optional[Json] = None) -> Sent:
        """An owner writes; what the bot answers."""
        return await self.send("message", source or user("hanako"), message=text(words))

    async def press(self, label: str, shown: Sent, source: Optional[Json] = None) -> Sent:
        """An owner presses a quick reply of what was shown; what the bot answers."""
        action = next(action for action in quick_replies(shown.messages) if action["label"] == label)
        return await self.send("postback", source or user("hanako"), postback={"data": action["data"]})

    async def send(self, kind: str, source: Json, **content: object) -> Sent:
        """An event happens; what the bot answers."""
        event = self.line.event(kind, source, **content)
        return await self.deliver(event)

    async def deliver(self, event: Json) -> Sent:
        address = event["source"].get("groupId") or event["source"]["userId"]
        before = len(self.line.to(address))
        await self.line.deliver_until_taken(event)
        await self.line.wait_for(lambda: len(self.line.to(address)) > before)
        return self.line.to(address)[-1]

    async def nothing(self, *events: Json) -> None:
        """Events happen, and nothing is sent."""
        before = {address: len(sent) for address, sent in self.line.sent.items()}
        await self.line.deliver_until_taken(*events)
        await self.settled()
        assert {address: len(sent) for address, sent in self.line.sent.items()} == before

    async def settled(self) -> None:
        """Wait until nothing is being answered; what failed may wait to be tried again."""
        await self.channel.idle()


@asynccontextmanager
async def served(
    line: FakeLine,
    store: Path,
    turns: Turns,
    client: Optional[LineClient] = None,
    times: LineTimes = AS_IT_COMES,
    secret: str = SECRET,
) -> AsyncIterator[LineDesk]:
    """The channel behind a web server of its own, until the end; as it comes, unless it is given other times."""
    database = UnsteadyStore(str(store))
    with database.reading():  # makes the tables, as starting the bot does
        channel = LineChannel(settings_of(line, secret), database, turns, client, times)
    app, port = Sanic(f"line_{uuid.uuid4().hex}", configure_logging=False), free_port()
    register([channel], app, route="/webhooks/")
    server = await app.create_server("127.0.0.1", port, return_asyncio_server=True, access_log=False)
    assert server is not None
    await server.startup()
    await server.after_start()
    line.webhook = f"http://127.0.0.1:{port}/webhooks/line/webhook"
    yield LineDesk(line, channel, database)
    await server.before_stop()
    server.close()
    await server.wait_closed()


@pytest.fixture
async def line() -> AsyncIterator[FakeLine]:
    fake = await FakeLine().start()
    yield fake
    await fake.stop()


@pytest.fixture
def turns() -> SaidTurns:
    return SaidTurns()


@pytest.fixture
async def desk(line: FakeLine, tmp_path: Path, turns: SaidTurns) -> AsyncIterator[LineDesk]:
    """The channel with conversations that repeat what was said; at the end, LINE has refused nothing."""
    async with served(line, tmp_path / "store.sqlite", turns) as desk:
        yield desk
    assert line.refusals == []
