"""LINE's webhook: what LINE sends is verified, kept and acknowledged at once, and then worked off in order."""

from __future__ import annotations

import asyncio
import json
import logging
from dataclasses import dataclass
from typing import Any, Awaitable, Callable, List, Optional, Text, Tuple

from rasa.core.channels.channel import InputChannel, OutputChannel, UserMessage
from sanic import Blueprint, Sanic, response
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.channels.complaints import complaint
from bot.channels.deliveries import Deliveries, DeliveryPolicy
from bot.channels.intake import Change, arrival
from bot.channels.line.answers import Answers
from bot.channels.line.client import LineClient, LineError
from bot.channels.line.events import Event, EventError, Webhook, read_event, read_webhook, with_words
from bot.channels.line.pushes import LinePush
from bot.channels.line.rendering import render, render_plainly
from bot.channels.line.replies import RETRY_DELAYS_S, Answer, Replies
from bot.channels.line.settings import LineSettings
from bot.channels.line.signature import HEADER, is_from_line
from bot.channels.line.staff import TOKEN_LASTS_S, LineStaff
from bot.channels.line.texts import line_texts
from bot.channels.outbox import Outbox
from bot.frame.turns import RasaTurns, Turns
from bot.messages import Message
from bot.staff_words import staff_words
from bot.store import (
    Arrival,
    Chat,
    Chats,
    Database,
    Delivery,
    Inbox,
    StaffLines,
    StoreError,
    TakenOverError,
    Turnstile,
    Unsent,
    database,
)

NAME = "line"
MOST_BYTES = 1_000_000
_LOADING_S = 5  # the least: where staff has the conversation, no answer follows
_APOLOGY_AT_ATTEMPT = 3  # after about 6 s
_LOGGER = logging.getLogger(__name__)


@dataclass(frozen=True)
class LineTimes:
    """How long the channel waits: for LINE, for the store, and for a process that may be dead."""

    # Seconds until LINE hears that events came, kept or not yet: it waits for 2 s.
    acknowledge_within_s: float = 1.5
    # Seconds for which a process holds an event without a word: what a dead one held is taken up while its reply
    # tokens still work.
    lease_s: float = 10.0
    # Seconds that an answer waits for the loading animation to be under way: it must not come after the reply.
    loading_timeout_s: float = 0.5
    # Seconds before each further try of a reply or a push that failed.
    retry_delays_s: Tuple[float, ...] = RETRY_DELAYS_S
    # Seconds between two looks for what staff says.
    look_for_lines_s: float = 0.5
    # Of the events, on their way to an answer.
    delivery: DeliveryPolicy = DeliveryPolicy()


class LineChannel(InputChannel):
    """`POST /webhooks/line/webhook`. `turns` are the conversations behind it, by default those of the app's agent.

    Raises LineTextsError where data/channels/line.yml is wrong, StaffWordsError where staff.yml is.
    """

    def __init__(
        self,
        settings: LineSettings,
        store: Optional[Database] = None,
        turns: Optional[Turns] = None,
        client: Optional[LineClient] = None,
        times: LineTimes = LineTimes(),
    ) -> None:
        store = store or database()
        self._settings = settings
        self._times = times
        self._texts = line_texts()
        self._client = client or LineClient(settings)
        self._chats = Chats(store, NAME)
        self._unsent = Unsent(store)
        self._inbox = Inbox(store, NAME, times.lease_s)
        self._deliveries = Deliveries(self._inbox, self._work, patient=True, policy=times.delivery)
        self._replies = Replies(self._client, self._inbox, self._chats, times.retry_delays_s)
        self._turnstile, self._lines = Turnstile(store), StaffLines(store)
        staff = LineStaff(self._client, self._lines, self._chats, self._texts.cards, staff_words())
        self._outbox = Outbox(self._lines, NAME, staff, times.look_for_lines_s)
        self._turns = turns
        self._answers: Optional[Answers] = None

    @classmethod
    def name(cls) -> Text:
        """Its place below /webhooks/."""
        return NAME

    def get_output_channel(self) -> OutputChannel:
        """What is sent without being asked: words of staff, and reminders. Each is a push, and billed."""
        return LinePush(self._client, self._chats, self._texts.cards, self._times.retry_delays_s)

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """The address of the channel; work begins when the server has started, and what is begun is finished."""
        blueprint = Blueprint("line_channel")

        @blueprint.post("/webhook")
        async def receive(request: Request) -> HTTPResponse:
            return response.empty(status=await self._receive(request.body, request.headers.get(HEADER)))

        @blueprint.after_server_start
        async def start(app: Sanic, loop: asyncio.AbstractEventLoop) -> None:
            self.start(self._turns or RasaTurns(app.ctx.agent, NAME))

        @blueprint.before_server_stop
        async def stop(app: Sanic, loop: asyncio.AbstractEventLoop) -> None:
            await self.stop()

        return blueprint

    def start(self, turns: Turns) -> None:
        """Begin to work off what was received, also before the last stop. Call it within the event loop that serves."""
        self._answers = Answers(turns, self._texts, self._chats, self._unsent)
        self._deliveries.start()
        self._outbox.start()

    async def stop(self) -> None:
        """Finish what is begun; the rest waits for the next start."""
        await self._deliveries.stop()
        await self._outbox.stop()
        await self._client.close()

    async def idle(self) -> None:
        """Wait until nothing that came in is being answered."""
        await self._deliveries.idle()

    async def _receive(self, body: bytes, signature: Optional[str]) -> int:
        """The HTTP status for a request: 200 once its events are kept, and in time in any case.

        LINE sends again only where the operator switched that on, and not for long; a bot that fails for long it leaves
        alone. So events that the store does not take wait in memory instead; 503 is for when there is no room left.
        """
        if len(body) > MOST_BYTES:
            return 413
        if not is_from_line(body, signature, self._settings.secret):
            return 401
        try:
            webhook = read_webhook(body)
            arrivals = [_arrival(webhook.destination, event, data) for event, data in _events_for_us(webhook)]
        except (EventError, RecursionError) as error:  # what can just be read may be too deep to be written
            _LOGGER.warning("a signed request was not understood: %s", error)
            return 400
        if not arrivals:
            return 200
        try:
            await asyncio.wait_for(self._deliveries.accept(arrivals), self._times.acknowledge_within_s)
        except asyncio.TimeoutError:
            _LOGGER.error("%d events wait in memory until the store takes them", len(arrivals))
        except StoreError as error:
            _LOGGER.error("events are turned away: %s", error)
            return 503
        return 200

    async def _work(self, delivery: Delivery) -> None:
        """Answer one event: think of the answer once, then send it at most once."""
        if self._answers is None:
            raise RuntimeError("the channel has not been started")
        kept = json.loads(delivery.body)
        event = read_event(kept["event"])
        if event is None:
            return
        answer = Answer.parse_raw(delivery.progress) if delivery.progress else None
        if answer is None:
            loading = asyncio.create_task(self._show_loading(event))
            try:
                said = await self._said(self._answers, event, kept["account"], delivery)
            finally:
                await asyncio.wait([loading], timeout=self._times.loading_timeout_s)
                loading.cancel()
            answer = Answer(messages=render(said, self._texts.cards), in_words=render_plainly(said, self._texts.cards))
        if answer.messages and event.reply_token:
            await self._reply(delivery, event, event.reply_token, answer)
        elif event.reply_token and not answer.messages:
            await self._keep_token(delivery, event.reply_token)
        elif answer.messages:
            _LOGGER.warning("event %s: LINE sent no reply token; the answer stays unsent", delivery.event_id)

    async def _reply(self, delivery: Delivery, event: Event, token: str, answer: Answer) -> None:
        """Send the answer, unless a person of the staff has come since it was thought of."""
        was_tried = answer.tried
        try:
            await self._replies.send(delivery, token, answer)
        except TakenOverError:
            _LOGGER.info("event %s: its answer is withheld, a person has come", delivery.event_id)
            await asyncio.to_thread(self._turnstile.withhold, delivery.conversation, event.names_message)
            if not was_tried:
                await self._keep_token(delivery, token)

    async def _keep_token(self, delivery: Delivery, token: str) -> None:
        """What is not used now, staff may reply with."""
        until = delivery.received_at + TOKEN_LASTS_S
        await asyncio.to_thread(self._lines.keep_token, delivery.conversation, token, until)

    async def _said(self, answers: Answers, event: Event, account: str, delivery: Delivery) -> Tuple[Message, ...]:
        """The answer; where thinking of it fails again and again, an apology, while the reply token still works."""
        try:
            return await answers.to(event, account, delivery.conversation, again=delivery.attempts > 1)
        except Exception as error:
            if delivery.attempts < _APOLOGY_AT_ATTEMPT:
                raise
            _LOGGER.error("event %s: the owner gets an apology: %s", delivery.event_id, complaint(error))
            return (Message(self._texts.apology),) if event.is_words else ()

    async def _show_loading(self, event: Event) -> None:
        """Show the owner that the bot is at work. Nothing depends on it."""
        if not event.source.is_one_to_one or not event.source.user_id or not event.reply_token:
            return
        try:
            await self._client.show_loading(event.source.user_id, _LOADING_S)
        except LineError as error:
            _LOGGER.info("the loading animation was not shown: %s", error)


def _arrival(account: str, event: Event, data: Any) -> Arrival:
    def body(change: Change) -> str:
        return json.dumps({"account": account, "event": with_words(event, data, change)})

    return arrival(f"{account}/{event.once}", Chat(account, event.source.address or ""), body)


def _events_for_us(webhook: Webhook) -> List[Tuple[Event, Any]]:
    """The events to act on with their JSON, oldest first; one that cannot be read does not keep the others back."""
    events = []
    for data in webhook.events:
        try:
            event = read_event(data)
        except EventError as error:
            _LOGGER.warning("an event was not understood: %s", error)
            continue
        if event is not None and event.is_for_us:
            events.append((event, data))
    return sorted(events, key=lambda pair: pair[0].timestamp)
