"""Slack behind Sanic: every request proved to be Slack's, kept and acknowledged at once, answered afterwards."""

from __future__ import annotations

import asyncio
import json
import logging
import re
from dataclasses import dataclass
from typing import Any, Awaitable, Callable, Dict, Mapping, Optional, Text
from urllib.parse import parse_qsl

import aiohttp
from rasa.core.channels.channel import InputChannel, OutputChannel, UserMessage
from sanic import Blueprint, Sanic, response
from sanic.request import Request
from sanic.response import HTTPResponse
from slack_bolt import BoltResponse
from slack_bolt.adapter.sanic import AsyncSlackRequestHandler
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.error import BoltUnhandledRequestError
from slack_sdk.signature import SignatureVerifier
from slack_sdk.web.async_client import AsyncWebClient

from bot.channels.complaints import complaint
from bot.channels.deliveries import Deliveries, DeliveryPolicy
from bot.channels.outbox import Outbox
from bot.channels.slack.api import ApiTimes, SlackApi
from bot.channels.slack.mrkdwn import linked
from bot.channels.slack.output import SlackOutput
from bot.channels.slack.payloads import (
    concerns_us,
    from_actions,
    from_command,
    from_event,
    team_of,
)
from bot.channels.slack.settings import SlackSettings
from bot.channels.slack.staff import SlackStaff
from bot.channels.slack.words import SlackWords
from bot.channels.slack.work import Answering
from bot.frame.turns import RasaTurns, Turns
from bot.staff_words import staff_words
from bot.store import Arrival, Inbox, Questions, StaffLines, StoreError

MOST_BYTES = 1_000_000
_ANYTHING = re.compile("")
_A_TIMESTAMP = re.compile(r"[0-9]{1,12}")
_A_SIGNATURE = re.compile(r"v0=[0-9a-f]{64}")
_LOGGER = logging.getLogger(__name__)
Connect = Callable[[SlackSettings, aiohttp.ClientSession, ApiTimes], SlackApi]


@dataclass(frozen=True)
class SlackTimes:
    """How long the channel waits, for Slack and for the store."""

    # Seconds until Slack hears that an event is kept, or that it is not: it waits for three.
    acknowledge_within_s: float = 2.5
    # Of the calls to Slack.
    api: ApiTimes = ApiTimes()
    # Seconds between two looks for what staff says.
    look_for_lines_s: float = 0.5
    # Of the events, on their way to an answer.
    delivery: DeliveryPolicy = DeliveryPolicy()


def _turns_of_rasa(app: Sanic) -> Turns:
    return RasaTurns(app.ctx.agent, SlackChannel.name())


class SlackChannel(InputChannel):
    """One address for all that Slack sends: events, interactions and the command.

    An event is kept in the inbox before Slack is told that it arrived; where it cannot be kept, Slack hears 503 and
    sends it again. `connect` makes the calls to Slack, once the server's event loop runs.
    """

    def __init__(
        self,
        settings: SlackSettings,
        inbox: Inbox,
        questions: Questions,
        words: SlackWords,
        turns: Callable[[Sanic], Turns] = _turns_of_rasa,
        times: SlackTimes = SlackTimes(),
        connect: Connect = SlackApi,
    ) -> None:
        self._settings = settings
        self._inbox = inbox
        self._questions = questions
        self._words = words
        self._turns = turns
        self._times = times
        self._connect = connect
        self._api: Optional[SlackApi] = None
        self._deliveries: Optional[Deliveries] = None
        self._outbox: Optional[Outbox] = None

    @classmethod
    def name(cls) -> Text:
        """Its place below /webhooks/, and its name in the tracker."""
        return "slack"

    def get_output_channel(self) -> OutputChannel:
        """Posts to a conversation without being asked: what staff writes, reminders."""
        return SlackOutput(lambda: self._api, self._words)

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """The address for Slack, one that says that the channel is there, and the work behind them."""
        blueprint = Blueprint("slack_channel")
        verifier = SignatureVerifier(self._settings.signing_secret)
        handler = AsyncSlackRequestHandler(self._bolt())

        @blueprint.get("/")
        async def health(request: Request) -> HTTPResponse:
            return response.json({"status": "ok"})

        @blueprint.post("/events")
        async def receive(request: Request) -> HTTPResponse:
            status = _status(request, verifier)
            if status is not None:
                return response.empty(status=status)
            try:
                return await handler.handle(request)
            except RecursionError:  # bolt reads the body once more, from deeper down than we did
                return response.empty(status=400)

        @blueprint.listener("before_server_start")
        async def prepare(app: Sanic, loop: asyncio.AbstractEventLoop) -> None:
            session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=self._times.api.timeout_s))
            app.ctx.slack_session = session
            self._api = self._connect(self._settings, session, self._times.api)

        @blueprint.listener("after_server_start")
        async def start(app: Sanic, loop: asyncio.AbstractEventLoop) -> None:
            assert self._api is not None
            work = Answering(self._inbox, self._questions, self._turns(app), self._api, self._words)
            self._deliveries = Deliveries(self._inbox, work, policy=self._times.delivery)
            self._deliveries.start()
            lines = StaffLines(self._inbox.database)
            staff = SlackStaff(lambda: self._api, lines, staff_words(), self._words)
            self._outbox = Outbox(lines, self.name(), staff, self._times.look_for_lines_s)
            self._outbox.start()

        @blueprint.listener("before_server_stop")
        async def stop(app: Sanic, loop: asyncio.AbstractEventLoop) -> None:
            await self.stop()

        @blueprint.listener("after_server_stop")
        async def close(app: Sanic, loop: asyncio.AbstractEventLoop) -> None:
            await app.ctx.slack_session.close()

        return blueprint

    async def stop(self) -> None:
        """Finish what is begun; the rest waits for the next start."""
        if self._deliveries is not None:
            await self._deliveries.stop()
        if self._outbox is not None:
            await self._outbox.stop()

    async def idle(self) -> None:
        """Wait until nothing that came in is being answered."""
        if self._deliveries is not None:
            await self._deliveries.idle()

    def _bolt(self) -> AsyncApp:
        """Bolt tells the kinds of requests apart. It asks Slack nothing before the answer, and its checks are ours.

        Its own check of the signature comes after it has read the body, and fails on a timestamp that is no number.
        """
        token = self._settings.token

        async def authorize(enterprise_id: Optional[str], team_id: Optional[str]) -> AuthorizeResult:
            """One workspace, one token; whether Slack still takes it shows when the answer is posted."""
            return AuthorizeResult(enterprise_id=enterprise_id, team_id=team_id, bot_token=token)

        app = AsyncApp(
            name="kakaritsuke",
            logger=_LOGGER,
            signing_secret=self._settings.signing_secret,
            client=AsyncWebClient(base_url=self._settings.api, retry_handlers=[]),
            authorize=authorize,
            process_before_response=True,
            raise_error_for_unhandled_request=True,
            request_verification_enabled=False,
            ssl_check_enabled=False,
            ignoring_self_events_enabled=False,
            attaching_function_token_enabled=False,
            attaching_conversation_kwargs_enabled=False,
        )
        app.event(_ANYTHING)(self._receive_event)
        app.action(_ANYTHING)(self._receive_action)
        app.command(_ANYTHING)(self._receive_command)
        app.options(_ANYTHING)(_offer_nothing)
        for kind in (app.view_submission, app.view_closed, app.shortcut):
            kind(_ANYTHING)(_acknowledge)
        app.error(_answer_to_failure)
        return app

    async def _receive_event(self, body: Dict[str, Any]) -> None:
        await self._keep(from_event(body))

    async def _receive_action(self, body: Dict[str, Any], ack: Callable[..., Awaitable[Any]]) -> None:
        await self._keep(from_actions(body) if body.get("type") == "block_actions" else None)
        await ack()

    async def _receive_command(self, body: Dict[str, Any], ack: Callable[..., Awaitable[Any]]) -> None:
        """Slack sends a command once only, so whoever typed it is told where it could not be kept."""
        arrival = from_command(body)
        try:
            await self._keep(arrival)
        except (StoreError, asyncio.TimeoutError) as error:
            _LOGGER.error("a command cannot be kept: %s", complaint(error))
            await ack(text=self._words.command_failed, response_type="ephemeral")
            return
        await ack(text=self._where_to_read_on(body), response_type="ephemeral")

    def _where_to_read_on(self, body: Mapping[str, Any]) -> str:
        app_id = body.get("api_app_id")
        if not isinstance(app_id, str) or not app_id.isalnum():
            return self._words.command_received
        address = f"https://slack.com/app_redirect?app={app_id}&team={team_of(body)}"
        return f"{self._words.command_received}\n{linked(self._words.open_messages, address)}"

    async def _keep(self, arrival: Optional[Arrival]) -> None:
        """Keep what is for the bot, in time. Raises StoreError or TimeoutError where that fails."""
        if arrival is None:
            return
        if self._deliveries is None:
            raise StoreError("the server has only just started")
        await asyncio.wait_for(self._deliveries.accept([arrival]), self._times.acknowledge_within_s)


def _status(request: Request, verifier: SignatureVerifier) -> Optional[int]:
    """The status for a request that is not Slack's, cannot be read, or asks nothing of us; None for one to work on.

    No body explains it.

    https://docs.slack.dev/authentication/verifying-requests-from-slack: HMAC-SHA256 over the body as it came, at most
    five minutes old.
    """
    if len(request.body) > MOST_BYTES:
        return 413
    timestamp = request.headers.get("x-slack-request-timestamp", "")
    signature = request.headers.get("x-slack-signature", "")
    if not _A_TIMESTAMP.fullmatch(timestamp) or not _A_SIGNATURE.fullmatch(signature):
        return 401
    try:
        text = request.body.decode("utf-8")
    except UnicodeDecodeError:
        return 400
    if not verifier.is_valid(text, timestamp, signature):
        return 401
    try:
        return None if concerns_us(_body(text, request.content_type or "")) else 200
    except (ValueError, RecursionError):
        return 400


def _body(text: str, content_type: str) -> Mapping[str, Any]:
    """The JSON object or the form that bolt will find in a body. Raises ValueError where there is none."""
    body: Any
    if content_type.partition(";")[0].strip() == "application/json" or text.startswith("{"):
        body = json.loads(text)
    else:
        form = dict(parse_qsl(text, keep_blank_values=True))
        body = json.loads(form["payload"]) if "payload" in form else form
    if not isinstance(body, dict) or not body:
        raise ValueError("expected an object")
    return body


async def _acknowledge(ack: Callable[..., Awaitable[Any]]) -> None:
    await ack()


async def _offer_nothing(ack: Callable[..., Awaitable[Any]]) -> None:
    await ack(options=[])


async def _answer_to_failure(error: Exception) -> BoltResponse:
    """What Slack hears where a listener failed: what nobody listens to is well; 503 makes it send an event again."""
    if isinstance(error, BoltUnhandledRequestError):
        return BoltResponse(status=200, body="")
    if isinstance(error, (ValueError, RecursionError)):
        return BoltResponse(status=400, body="")
    _LOGGER.error("a request of Slack's was not kept: %s", complaint(error))
    if isinstance(error, (StoreError, asyncio.TimeoutError)):
        return BoltResponse(status=503, body="")
    return BoltResponse(status=500, body="")
