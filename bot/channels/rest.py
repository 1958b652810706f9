"""Rasa's REST webhook for tests and tools on this machine: the plain text and the message part in one reply each."""

from __future__ import annotations

import json
import re
import uuid
from typing import Any, Awaitable, Callable, Dict, Optional, Text

from rasa.core.channels.channel import InputChannel, UserMessage
from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.frame.trackers import TrackersError
from bot.frame.turns import RasaTurns, Said
from bot.messages import Message, part_to_json
from bot.operator.this_machine import is_this_machine, leads_here

MOST_BYTES = 1_000_000
LONGEST_SENDER = 200
# What programs send of themselves (curl, and the HTTP libraries of Python, Go and Node). Proxies and browsers add to
# it, each in its own way and new ones every year; so what is not here gives them away.
_OF_PROGRAMS = frozenset(
    {
        "accept",
        "accept-charset",
        "accept-encoding",
        "accept-language",
        "cache-control",
        "connection",
        "content-length",
        "content-type",
        "expect",
        "host",
        "keep-alive",
        "pragma",
        "sec-fetch-mode",
        "user-agent",
    }
)
# JSON lets halves of characters through, and NUL: no conversation can be kept under such a name.
_UNWRITABLE = re.compile("[\\0\ud800-\udfff]")


class RestChannel(InputChannel):
    """`POST /webhooks/rest/webhook` with {"sender", "message"}: the replies of the turn as a JSON list.

    Whoever knows a sender's name speaks as that sender, so only programs on this machine are answered.
    """

    @classmethod
    def name(cls) -> Text:
        """Its place below /webhooks/."""
        return "rest"

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """The two addresses of the channel. Messages go through `RasaTurns`, as on every channel."""
        blueprint = Blueprint("rest_channel")

        @blueprint.get("/")
        async def health(request: Request) -> HTTPResponse:
            return response.json({"status": "ok"})

        @blueprint.post("/webhook")
        async def receive(request: Request) -> HTTPResponse:
            foreign = _sign_of_another_machine(request)
            if foreign is not None:
                return _refusal(403, f"the REST webhook answers programs on this machine only; this came {foreign}")
            try:
                sender, text = _sender_and_text(request)
            except ValueError as error:
                return _refusal(400, str(error))
            turns = RasaTurns(request.app.ctx.agent, self.name())
            try:
                messages = await turns.take(sender, Said(uuid.uuid4().hex, text))
            except TrackersError:
                return _refusal(503, "the turn was not kept, so it did not happen; send the message again")
            return _json([_reply(sender, message) for message in messages])

        return blueprint


def _reply(sender: str, message: Message) -> Dict[str, Any]:
    reply = {"recipient_id": sender, "text": message.plain()}
    return {**reply, "custom": part_to_json(message.part)} if message.part else reply


def _sign_of_another_machine(request: Request) -> Optional[str]:
    """What says that no program on this machine sent it, but another machine, a proxy or a page in a browser."""
    if not is_this_machine(request.ip):
        return "from another machine"
    hosts = request.headers.getall("host", [])
    if len(hosts) != 1 or not leads_here(f"//{hosts[0]}"):
        return "for another host"
    if request.version == "1.0":
        return "by HTTP/1.0, as proxies speak it"
    more = sorted(set(request.headers) - _OF_PROGRAMS)
    return f"with the header {more[0][:40]!a}, as proxies and pages send it" if more else None


def _sender_and_text(request: Request) -> "tuple[str, str]":
    if len(request.body) > MOST_BYTES:
        raise ValueError(f"expected at most {MOST_BYTES} bytes")
    try:
        body = json.loads(request.body)
    except (ValueError, RecursionError):
        raise ValueError('expected a JSON object such as {"sender": "me", "message": "..."}') from None
    if not isinstance(body, dict):
        raise ValueError('expected a JSON object such as {"sender": "me", "message": "..."}')
    sender, text = body.get("sender", "default"), body.get("message")
    if not isinstance(sender, str) or not 0 < len(sender) <= LONGEST_SENDER or _UNWRITABLE.search(sender):
        raise ValueError(f"sender: expected a text of at most {LONGEST_SENDER} characters")
    if not isinstance(text, str):
        raise ValueError("message: expected a text")
    return sender, text


def _refusal(status: int, reason: str) -> HTTPResponse:
    return _json({"error": reason}, status)


def _json(content: Any, status: int = 200) -> HTTPResponse:
    return response.raw(json.dumps(content).encode(), status=status, content_type="application/json")
