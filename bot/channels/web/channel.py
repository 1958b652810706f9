"""The website's channel (below /web): opens sessions, takes owners' messages, and tells open pages what is said."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from typing import Any, Awaitable, Callable, Iterable, Mapping, Optional, Text

from rasa.core.channels.channel import InputChannel, OutputChannel, UserMessage
from sanic import Blueprint, Sanic
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.channels.at_any_time import at_any_time, choice_at_any_time
from bot.channels.web import reading
from bot.channels.web.admission import Crowd, Frequency, address_of, counted, has_allowed_origin
from bot.channels.web.conversations import Conversations, TurnFailedError
from bot.channels.web.output import TranscriptChannel
from bot.channels.web.reading import RefusalError
from bot.channels.web.sessions import NoSessionError, Session, open_session, session_of
from bot.channels.web.settings import WebSettings
from bot.channels.web.streams import NoRoomError, Streams, TooManyStreamsError, entry_to_json
from bot.frame.thinking import TooBusyError
from bot.frame.turns import RasaTurns
from bot.messages import Forgotten
from bot.operator.limits import Limits
from bot.store import Database, Entry, Exchange, ForgottenError, Heard, IdReusedError, StoreError, Transcripts

_TOO_MANY_STREAMS_S = 10
_BUSY_S = 2
_NO_ROOM_S = 10
_BEARER = "bearer "
_LOGGER = logging.getLogger(__name__)


class WebChannel(InputChannel):
    """The conversations on the operator's website. docs/architecture.md has the addresses and what they answer.

    Nothing that a page sends names a conversation: that is derived from its token. A turn that cannot begin within
    `start_within_s` is refused, and its message may come again under its id. Raises AtAnyTimeError where
    data/channels/at_any_time.yml is wrong.
    """

    def __init__(self, settings: WebSettings, store: Database, limits: Limits, start_within_s: float = 10.0) -> None:
        at_any_time()  # where its file is wrong, the bot does not start
        self._settings = settings
        self._start_within_s = start_within_s
        self._transcripts = Transcripts(store)
        pages = Crowd("open pages", limits.most_streams, limits.most_streams_per_address)
        self._streams = Streams(self._transcripts, pages)
        self._conversations = Conversations(self._transcripts, self._streams)
        self._frequency = Frequency(settings.redis)

    @classmethod
    def name(cls) -> Text:
        """The name that Rasa keeps with each message."""
        return "web"

    def url_prefix(self) -> Text:
        """Its place, which is not below /webhooks/: pages call it."""
        return "/web"

    def get_output_channel(self) -> OutputChannel:
        """For what is said outside a turn."""
        return TranscriptChannel(self._transcripts, self._streams)

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """The addresses of the channel. Messages go through `RasaTurns`, which returns what is said to them."""
        blueprint = Blueprint("web_channel")

        @blueprint.post("/session", stream=True)
        async def open_a_session(request: Request) -> HTTPResponse:
            return await self._open_session(request)

        @blueprint.post("/messages", stream=True)
        async def take_a_message(request: Request) -> HTTPResponse:
            return await self._take_message(request)

        @blueprint.get("/messages")
        async def show_messages(request: Request) -> HTTPResponse:
            return await self._show_messages(request)

        @blueprint.get("/events")
        async def stream_events(request: Request) -> None:
            await self._stream_events(request)

        for path in ("session", "messages", "events"):
            blueprint.add_route(_allow_to_ask, f"/{path}", methods=["OPTIONS"], name=f"ask_for_{path}")
        blueprint.middleware("request")(self._admit)
        blueprint.middleware("response")(_share_with_origin)
        blueprint.exception(RefusalError)(_refuse)
        blueprint.exception(ForgottenError)(_be_gone)
        blueprint.exception(StoreError, TurnFailedError)(_be_busy)
        blueprint.exception(TooBusyError, NoRoomError)(_have_no_room)
        blueprint.listener("after_server_start")(self._start)
        blueprint.listener("before_server_stop")(self._stop)
        return blueprint

    async def _start(self, app: Sanic, loop: asyncio.AbstractEventLoop) -> None:
        self._streams.start()

    async def _stop(self, app: Sanic, loop: asyncio.AbstractEventLoop) -> None:
        await self._streams.stop()
        await self._conversations.finish()

    async def _admit(self, request: Request) -> None:
        """Every request passes here first. Raises RefusalError."""
        if not has_allowed_origin(request, self._settings):
            raise RefusalError(403, "origin")
        request.ctx.origin = request.headers.getone("origin", None)
        request.ctx.address = address_of(request, self._settings)
        if request.method != "OPTIONS":
            await self._count(self._settings.requests_rate, "request", request.ctx.address)

    async def _count(self, rates: Any, what: str, who: str) -> None:
        wait_s = await self._frequency.wait_s(rates, what, who)
        if wait_s:
            raise RefusalError(429, "too_many", wait_s)

    async def _open_session(self, request: Request) -> HTTPResponse:
        if await reading.json_object(request):
            raise RefusalError(400, "body")
        await self._count(self._settings.sessions_rate, "session", request.ctx.address)
        token, session = open_session(self._settings.session_days)
        turns = self._turns(request, time.monotonic() + self._start_within_s)
        greeting = await self._conversations.open(turns, session.conversation)
        expires_at = session.expires_at.isoformat()
        return _json({"token": token, "expires_at": expires_at, "messages": _as_json(greeting)}, 201)

    async def _take_message(self, request: Request) -> HTTPResponse:
        session = self._session(request)
        sent = reading.sent(await reading.json_object(request))
        await self._count(self._settings.messages_rate, "message", session.conversation)
        words = sent.text if sent.choice is None else await self._label_of(sent.choice, session.conversation)
        if words is None:
            raise RefusalError(422, "choice")
        heard = Heard(sent.client_id, words, sent.choice)
        start_by = time.monotonic() + self._start_within_s
        try:
            turns = self._turns(request, start_by)
            exchange = await self._conversations.say(turns, session.conversation, heard, start_by)
        except IdReusedError:
            raise RefusalError(409, "id_reused") from None
        if _forgets(exchange):
            await self._frequency.forget(self._settings.messages_rate, "message", session.conversation)
            self._streams.wake(session.conversation)
        return _json({"messages": _as_json((exchange.owner, *(exchange.replies or ())))})

    async def _label_of(self, choice: str, conversation: str) -> Optional[str]:
        """What stands on a choice that the owner may press: one that was offered here, or can be pressed any time."""
        always = choice_at_any_time(choice)
        return always.label if always else await asyncio.to_thread(self._transcripts.offered, conversation, choice)

    async def _show_messages(self, request: Request) -> HTTPResponse:
        session = self._session(request)
        after = reading.seq(request.get_args(keep_blank_values=True).get("after"), 0)
        entries = await asyncio.to_thread(self._transcripts.after, session.conversation, after)
        return _json({"messages": _as_json(entries)})

    async def _stream_events(self, request: Request) -> None:
        session = self._session(request)
        last_seen = request.headers.getone("last-event-id", None)
        after = None if last_seen is None else reading.seq(last_seen, 0)
        events = self._streams.events(session, counted(request.ctx.address), after)
        try:
            first = await events.__anext__()
        except TooManyStreamsError:
            raise RefusalError(429, "too_many", _TOO_MANY_STREAMS_S) from None
        try:
            request.stream.keep_alive = False  # a stream ends with its connection
            response = await request.respond(_event_stream())
            await response.send(first)
            async for event in events:
                await response.send(event)
        except StoreError:
            _LOGGER.exception("a stream ends, and its page will open another")
        except ForgottenError:
            _LOGGER.info("a stream ends with its conversation")  # its page opens another, and hears 410
        finally:
            await events.aclose()

    def _turns(self, request: Request, start_by: float) -> RasaTurns:
        """Turns that count for the address of a request, and begin in time or not at all."""
        return RasaTurns(request.app.ctx.agent, self.name(), request.ctx.address, start_by)

    def _session(self, request: Request) -> Session:
        """The session that a request comes with. Raises RefusalError."""
        credentials = request.headers.getall("authorization", [])
        if len(credentials) != 1 or not credentials[0].lower().startswith(_BEARER):
            raise RefusalError(401, "session")
        try:
            return session_of(credentials[0][len(_BEARER) :].strip(), self._settings.session_days)
        except NoSessionError:
            raise RefusalError(401, "session") from None


def _forgets(exchange: Exchange) -> bool:
    return any(isinstance(entry.message.part, Forgotten) for entry in exchange.replies or ())


def _as_json(entries: Iterable[Entry]) -> "list[Mapping[str, Any]]":
    return [entry_to_json(entry) for entry in entries]


def _json(content: Mapping[str, Any], status: int = 200) -> HTTPResponse:
    body = json.dumps(content, ensure_ascii=False).encode()
    headers = {"Cache-Control": "no-store"}
    return HTTPResponse(body, status, headers, "application/json; charset=utf-8")


def _event_stream() -> HTTPResponse:
    headers = {"Cache-Control": "no-store, no-transform", "X-Accel-Buffering": "no"}
    return HTTPResponse(None, 200, headers, "text/event-stream; charset=utf-8")


async def _allow_to_ask(request: Request) -> HTTPResponse:
    """Answers a browser that asks before it sends (https://fetch.spec.whatwg.org/#cors-preflight-fetch)."""
    headers = {
        "Access-Control-Allow-Methods": "GET, POST",
        "Access-Control-Allow-Headers": "authorization, content-type, last-event-id",
        "Access-Control-Max-Age": "600",
    }
    return HTTPResponse(None, 204, headers)


async def _share_with_origin(request: Request, response: HTTPResponse) -> None:
    """Let the page that asked read the answer; `_admit` has let its origin in."""
    response.headers["Vary"] = "Origin"
    origin = getattr(request.ctx, "origin", None)
    if origin is not None:
        response.headers["Access-Control-Allow-Origin"] = origin
        response.headers["Access-Control-Expose-Headers"] = "Retry-After"


async def _refuse(request: Request, refusal: RefusalError) -> HTTPResponse:
    answer = _json({"error": refusal.code}, refusal.status)
    if refusal.retry_after_s is not None:
        answer.headers["Retry-After"] = str(refusal.retry_after_s)
    if refusal.status == 401:
        answer.headers["WWW-Authenticate"] = "Bearer"
    return answer


async def _have_no_room(request: Request, error: Exception) -> HTTPResponse:
    return await _refuse(request, RefusalError(503, "busy", _NO_ROOM_S))


async def _be_gone(request: Request, error: ForgottenError) -> HTTPResponse:
    return await _refuse(request, RefusalError(410, "forgotten"))


async def _be_busy(request: Request, error: Exception) -> HTTPResponse:
    return await _refuse(request, RefusalError(503, "busy", _BUSY_S))
