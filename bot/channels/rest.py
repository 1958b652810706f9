"""Rasa's REST webhook for tests and tools on this machine: the plain text and the message part in one reply each."""

from __future__ import annotations

import ipaddress
import json
import uuid
from typing import Any, Awaitable, Callable, Dict, Text

from rasa.core.channels.channel import InputChannel, UserMessage
from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.frame.turns import RasaTurns, Said
from bot.messages import Message, part_to_json

MOST_BYTES = 1_000_000
LONGEST_SENDER = 200
_OF_PROXIES_AND_PAGES = ("forwarded", "x-forwarded-for", "x-real-ip", "via", "origin")


class RestChannel(InputChannel):
    """`POST /webhooks/rest/webhook` with {"sender", "message"}: the replies of the turn as a JSON list.

    Whoever knows a sender's name speaks as that sender, so requests from other machines are refused.
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
            if not _is_from_this_machine(request):
                return _refusal(403, "the REST webhook answers this machine only")
            try:
                sender, text = _sender_and_text(request)
            except ValueError as error:
                return _refusal(400, str(error))
            turns = RasaTurns(request.app.ctx.agent, self.name())
            messages = await turns.take(sender, Said(uuid.uuid4().hex, text))
            return _json([_reply(sender, message) for message in messages])

        return blueprint


def _reply(sender: str, message: Message) -> Dict[str, Any]:
    reply = {"recipient_id": sender, "text": message.plain()}
    return {**reply, "custom": part_to_json(message.part)} if message.part else reply


def _is_from_this_machine(request: Request) -> bool:
    """Whether a program here sent it: no other machine, no proxy for one, no web page in a browser."""
    passed_on = any(header in request.headers for header in _OF_PROXIES_AND_PAGES)
    return not passed_on and ipaddress.ip_address(request.ip).is_loopback


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
    if not isinstance(sender, str) or not 0 < len(sender) <= LONGEST_SENDER:
        raise ValueError(f"sender: expected a text of at most {LONGEST_SENDER} characters")
    if not isinstance(text, str):
        raise ValueError("message: expected a text")
    return sender, text


def _refusal(status: int, reason: str) -> HTTPResponse:
    return _json({"error": reason}, status)


def _json(content: Any, status: int = 200) -> HTTPResponse:
    return response.raw(json.dumps(content).encode(), status=status, content_type="application/json")
