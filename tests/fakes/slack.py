"""A Slack workspace: its Web API for the bot, and people who write, press and type commands in it.

It sends as Slack does: signed, three seconds for an answer, three retries with the same event_id, every message of a
channel as an event (the bot's own too), and a mention as two. It refuses what Slack refuses, and fails on request.

Events API: https://docs.slack.dev/apis/events-api (retries: at once, after 1 and after 5 minutes; x-slack-retry-num,
x-slack-retry-reason). Web API: https://docs.slack.dev/apis/web-api; one message a second and channel, 429 with
Retry-After: https://docs.slack.dev/apis/web-api/rate-limits. Signature:
https://docs.slack.dev/authentication/verifying-requests-from-slack
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import itertools
import json
import random
import time
import uuid
from dataclasses import dataclass, field
from typing import Any, Awaitable, Callable, Dict, List, Mapping, Optional, Sequence, Set, Tuple
from urllib.parse import urlencode

import aiohttp
from aiohttp import web

from tests.fakes.block_kit import MOST_BLOCKS_IN_A_VIEW, InvalidBlocks, check_blocks, check_text

TEAM, APP, BOT, BOT_ID = "T0CHAMBER", "A0SOUDAN", "U0SOUDAN", "B0SOUDAN"
SECRET, TOKEN = "8f742231b10e8888abcd99yyyzzz85a5", "xoxb-0000000000-soudan"
SCOPES = (
    "app_mentions:read",
    "channels:history",
    "channels:read",
    "chat:write",
    "commands",
    "groups:history",
    "groups:read",
    "im:history",
    "im:write",
    "mpim:history",
)
ACKNOWLEDGE_WITHIN_S = 3.0
LONGEST_TEXT = 40_000  # https://docs.slack.dev/reference/methods/chat.postMessage, section Truncating content
MOST_CHANNELS_OPENED_AT_ONCE = 8  # https://docs.slack.dev/reference/methods/conversations.open

# https://docs.slack.dev/reference/methods/<method>; chat.postMessage takes client_msg_id, as its errors say.
_ARGUMENTS: Dict[str, Set[str]] = {
    "auth.test": set(),
    "chat.postMessage": {
        "channel",
        "text",
        "blocks",
        "thread_ts",
        "unfurl_links",
        "unfurl_media",
        "client_msg_id",
    },
    "chat.update": {"channel", "ts", "text", "blocks"},
    "chat.postEphemeral": {"channel", "user", "text", "blocks", "thread_ts"},
    "views.publish": {"user_id", "view"},
    "conversations.open": {"users"},
    "conversations.history": {"channel", "oldest", "latest", "limit", "cursor", "inclusive"},
    "conversations.replies": {"channel", "ts", "oldest", "latest", "limit", "cursor", "inclusive"},
}


@dataclass(frozen=True)
class Ack:
    """What the bot answered to one delivery, and how long that took."""

    status: int
    body: str
    seconds: float


@dataclass
class Faults:
    """What goes wrong with a share of the calls of the Web API; `slow_s` is longer than the bot waits."""

    share: float = 0.0
    random: random.Random = field(default_factory=lambda: random.Random(7))
    slow_s: float = 8.0
    kinds: Sequence[str] = ("limited", "failed", "failed but done", "broken but done", "slow but done")
    made: List[str] = field(default_factory=list)

    def next(self) -> str:
        """What goes wrong with this call, or nothing."""
        if self.random.random() >= self.share:
            return ""
        self.made.append(self.random.choice(self.kinds))
        return self.made[-1]


class FakeSlack:
    """One workspace. `events_url` is where the bot listens; `waits_s` stands for Slack's minutes between retries."""

    def __init__(self, events_url: str = "", waits_s: Sequence[float] = (0.0, 0.2, 0.4)) -> None:
        self.events_url = events_url
        self.waits_s = waits_s
        self.faults = Faults()
        self.fail_next: List[str] = []
        self.refuses: Dict[str, str] = {}  # methods, each with the error that it is refused with
        self.posts_a_second: Optional[int] = None
        self.scopes: Tuple[str, ...] = SCOPES
        self.token = TOKEN
        self.secret = SECRET
        self.channels: Dict[str, List[Dict[str, Any]]] = {}
        self.homes: Dict[str, Mapping[str, Any]] = {}
        self.whispers: List[Mapping[str, Any]] = []
        self.calls: List[Tuple[str, Mapping[str, Any]]] = []
        self.violations: List[str] = []
        self.acks: List[Ack] = []
        self.given_up: List[str] = []
        self.duplicates = 0.0
        self.random = random.Random(11)
        self._numbers = itertools.count(1)
        self._posted_at: Dict[str, List[float]] = {}
        self._background: Set["asyncio.Task[Any]"] = set()
        self._runner: Optional[web.AppRunner] = None
        self._session: Optional[aiohttp.ClientSession] = None
        self.api = ""

    # The server

    async def start(self, port: int = 0) -> None:
        """Serve the Web API on this machine; `api` is its address then."""
        app = web.Application()
        app.router.add_route("*", "/api/{method}", self._serve)
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", port)
        await site.start()
        address = self._runner.addresses[0]
        self.api = f"http://127.0.0.1:{address[1]}/api/"
        self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=20))

    async def stop(self) -> None:
        """End the server, once what is under way has arrived."""
        await self.settle()
        if self._session:
            await self._session.close()
        if self._runner:
            await self._runner.cleanup()

    async def settle(self) -> None:
        """Wait until every event has been delivered or given up."""
        while self._background:
            await asyncio.gather(*self._background, return_exceptions=True)

    # What people see

    def direct(self, user: str) -> str:
        """The channel of a user's direct message with the bot."""
        return f"D{user[1:]}"

    def said(self, channel: str, thread: Optional[str] = None) -> List[Dict[str, Any]]:
        """The bot's messages in a channel or thread, oldest first."""
        return [
            message
            for message in self.channels.get(channel, [])
            if message["user"] == BOT and (thread is None or message.get("thread_ts") == thread)
        ]

    def said_to(self, user: str) -> List[Dict[str, Any]]:
        """The bot's messages in a user's direct message, oldest first."""
        return self.said(self.direct(user))

    def keys(self) -> List[str]:
        """The client_msg_id of every message that the bot posted: twice the same is a message read twice."""
        return [m["client_msg_id"] for found in self.channels.values() for m in found if m["user"] == BOT]

    # What people do

    async def write(
        self,
        user: str,
        text: str,
        files: Sequence[str] = (),
        thread: Optional[str] = None,
        event_id: Optional[str] = None,
    ) -> str:
        """A direct message to the bot. Returns its ts."""
        event = self._message(self.direct(user), user, text, thread, files)
        await self.send_event({**event, "channel_type": "im"}, event_id)
        return str(event["ts"])

    async def mention(self, user: str, channel: str, text: str, thread: Optional[str] = None) -> str:
        """A message that names the bot in a channel: Slack sends it twice, in either order. Returns its ts."""
        event = self._message(channel, user, f"<@{BOT}> {text}", thread)
        both = [{**event, "type": "app_mention"}, {**event, "channel_type": "channel"}]
        self.random.shuffle(both)
        await asyncio.gather(*map(self.send_event, both))
        return str(event["ts"])

    async def say(self, user: str, channel: str, text: str, thread: Optional[str] = None) -> str:
        """A message in a channel that names nobody in particular. Returns its ts."""
        event = self._message(channel, user, text, thread)
        await self.send_event({**event, "channel_type": "channel"})
        return str(event["ts"])

    async def press(
        self, user: str, message: Dict[str, Any], label: str, times: int = 1, meanwhile_deleted: bool = False
    ) -> Ack:
        """Press a button, or take an option of a select, below a message of the bot."""
        action = _action(message["blocks"], label)
        channel = next(name for name, found in self.channels.items() if message in found)
        payload = {
            "type": "block_actions",
            "channel": {"id": channel, "name": "directmessage"},
            "message": {key: value for key, value in message.items() if key != "client_msg_id"},
            "container": {"type": "message", "message_ts": message["ts"], "channel_id": channel},
        }
        if meanwhile_deleted:
            self.channels[channel].remove(message)
        acks = [await self.interact({**payload, "actions": [self._acted(action)]}, user) for _ in range(times)]
        return acks[-1]

    async def press_at_home(self, user: str, label: str) -> Ack:
        """Press a button of the home tab."""
        view = self.homes[user]
        payload = {"type": "block_actions", "container": {"type": "view"}, "view": {**view, "callback_id": ""}}
        return await self.interact({**payload, "actions": [self._acted(_action(view["blocks"], label))]}, user)

    async def command(self, user: str, text: str = "", channel: str = "C0GENERAL") -> Ack:
        """Type /soudan."""
        form = {
            "token": "deprecated",
            "team_id": TEAM,
            "team_domain": "chamber",
            "channel_id": channel,
            "channel_name": "general",
            "user_id": user,
            "user_name": "owner",
            "command": "/soudan",
            "text": text,
            "api_app_id": APP,
            "is_enterprise_install": "false",
            "response_url": f"{self.api}response",
            "trigger_id": self._trigger(),
        }
        return await self.post(urlencode(form), "application/x-www-form-urlencoded")

    async def open_home(self, user: str, tab: str = "home") -> None:
        """Open the app's home or messages tab."""
        event = {"type": "app_home_opened", "user": user, "channel": self.direct(user), "tab": tab}
        await self.send_event({**event, "event_ts": self._ts()})

    async def interact(self, payload: Mapping[str, Any], user: str) -> Ack:
        """An interaction; Slack sends it once."""
        whole = {
            "user": {"id": user, "username": "owner", "name": "owner", "team_id": TEAM},
            "api_app_id": APP,
            "token": "deprecated",
            "team": {"id": TEAM, "domain": "chamber"},
            "enterprise": None,
            "is_enterprise_install": False,
            "trigger_id": self._trigger(),
            "response_url": f"{self.api}response",
            **payload,
        }
        return await self.post(urlencode({"payload": json.dumps(whole)}), "application/x-www-form-urlencoded")

    async def send_event(self, event: Mapping[str, Any], event_id: Optional[str] = None) -> None:
        """Deliver an event until it is acknowledged, at most four times; some twice where `duplicates` says so."""
        envelope = self.envelope(event, event_id)
        await self._deliver(envelope)
        if self.random.random() < self.duplicates:
            self._later(self._again(envelope))

    def envelope(self, event: Mapping[str, Any], event_id: Optional[str] = None) -> Dict[str, Any]:
        """An event as the Events API wraps it."""
        return {
            "token": "deprecated",
            "team_id": TEAM,
            "context_team_id": TEAM,
            "context_enterprise_id": None,
            "api_app_id": APP,
            "event": dict(event),
            "type": "event_callback",
            "event_id": event_id or f"Ev{next(self._numbers):010d}",
            "event_time": int(time.time()),
            "authorizations": [
                {
                    "enterprise_id": None,
                    "team_id": TEAM,
                    "user_id": BOT,
                    "is_bot": True,
                    "is_enterprise_install": False,
                }
            ],
            "is_ext_shared_channel": False,
            "event_context": f"4-{uuid.uuid4().hex}",
        }

    async def post(
        self,
        body: str,
        content_type: str = "application/json",
        headers: Optional[Mapping[str, str]] = None,
        at: Optional[float] = None,
    ) -> Ack:
        """One signed request to the bot, and what it answers. Raises TimeoutError after three seconds."""
        assert self._session is not None
        began = time.monotonic()
        signed = {**signature(body, self.secret, at), "Content-Type": content_type, **(headers or {})}
        timeout = aiohttp.ClientTimeout(total=ACKNOWLEDGE_WITHIN_S)
        async with self._session.post(self.events_url, data=body.encode(), headers=signed, timeout=timeout) as answer:
            ack = Ack(answer.status, await answer.text(), time.monotonic() - began)
        self.acks.append(ack)
        return ack

    async def _deliver(self, envelope: Mapping[str, Any]) -> None:
        reason = ""
        for attempt, wait_s in enumerate((0.0, *self.waits_s)):
            await asyncio.sleep(wait_s * self.random.uniform(0.7, 1.3))
            retry = {"x-slack-retry-num": str(attempt), "x-slack-retry-reason": reason} if attempt else {}
            try:
                ack = await self.post(json.dumps(envelope), headers=retry)
            except asyncio.TimeoutError:
                reason = "http_timeout"
            except aiohttp.ClientError:
                reason = "connection_failed"
            else:
                if 200 <= ack.status < 300:
                    return
                reason = "http_error"
        self.given_up.append(str(envelope["event_id"]))

    async def _again(self, envelope: Mapping[str, Any]) -> None:
        await asyncio.sleep(self.random.random() * 2)
        await self._deliver(envelope)

    def _later(self, work: Awaitable[Any]) -> None:
        task = asyncio.ensure_future(work)
        self._background.add(task)
        task.add_done_callback(self._background.discard)

    def _message(
        self, channel: str, user: str, text: str, thread: Optional[str] = None, files: Sequence[str] = ()
    ) -> Dict[str, Any]:
        message: Dict[str, Any] = {"type": "message", "user": user, "ts": self._ts(), "text": text, "team": TEAM}
        if thread:
            message["thread_ts"] = thread
        if files:
            message["files"] = [{"id": f"F{n}", "name": name} for n, name in enumerate(files)]
            message["subtype"] = "file_share"
        self.channels.setdefault(channel, []).append(message)
        return {**message, "channel": channel, "event_ts": message["ts"]}

    def _acted(self, action: Mapping[str, Any]) -> Dict[str, Any]:
        return {**action, "action_ts": self._ts()}

    def _ts(self) -> str:
        return f"{int(time.time())}.{next(self._numbers):06d}"

    def _trigger(self) -> str:
        return f"{next(self._numbers)}.{int(time.time())}.{uuid.uuid4().hex}"

    # The Web API

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        arguments = await _arguments(request)
        headers = {"x-oauth-scopes": ",".join(self.scopes)}
        if request.headers.get("Authorization") != f"Bearer {self.token}":
            return web.json_response({"ok": False, "error": "invalid_auth"}, headers=headers)
        self.calls.append((method, arguments))
        fault = self.fail_next.pop(0) if self.fail_next else self.faults.next()
        if fault == "limited" or self._too_fast(method, arguments):
            return web.json_response({"ok": False, "error": "ratelimited"}, status=429, headers={"Retry-After": "1"})
        if fault == "failed":
            return web.Response(status=503, text="upstream connect error", content_type="text/plain")
        refusal = self.refuses.get(method)
        answer = self._answer(method, arguments) if refusal is None else {"ok": False, "error": refusal}
        if fault == "failed but done":
            return web.json_response({"ok": False, "error": "internal_error"}, status=500)
        if fault == "broken but done":
            assert request.transport is not None
            request.transport.close()
        if fault == "slow but done":
            await asyncio.sleep(self.faults.slow_s)
        return web.json_response(answer, headers=headers)

    def _too_fast(self, method: str, arguments: Mapping[str, Any]) -> bool:
        if self.posts_a_second is None or method != "chat.postMessage":
            return False
        now = time.monotonic()
        recent = [at for at in self._posted_at.get(arguments["channel"], []) if at > now - 1]
        self._posted_at[arguments["channel"]] = [*recent, now] if len(recent) < self.posts_a_second else recent
        return len(recent) >= self.posts_a_second

    def _answer(self, method: str, arguments: Mapping[str, Any]) -> Dict[str, Any]:
        methods: Dict[str, Callable[[Mapping[str, Any]], Dict[str, Any]]] = {
            "auth.test": lambda arguments: {
                "url": "https://chamber.slack.com/",
                "team": "chamber",
                "user": "soudan",
                "team_id": TEAM,
                "user_id": BOT,
                "bot_id": BOT_ID,
            },
            "chat.postMessage": self._post_message,
            "chat.update": self._update,
            "chat.postEphemeral": self._post_ephemeral,
            "views.publish": self._publish,
            "conversations.open": self._open,
            "conversations.history": self._history,
            "conversations.replies": self._replies,
        }
        if method not in methods:
            return self._refuse(method, "unknown_method", method)
        unknown = set(arguments) - _ARGUMENTS[method]
        if unknown:
            return self._refuse(method, "invalid_arguments", f"unknown {sorted(unknown)}")
        try:
            return {"ok": True, **methods[method](arguments)}
        except InvalidBlocks as error:
            return self._refuse(method, "invalid_blocks", str(error))
        except _RefusalError as error:
            return {"ok": False, "error": str(error)}

    def _refuse(self, method: str, error: str, why: str) -> Dict[str, Any]:
        self.violations.append(f"{method}: {error}: {why}")
        return {"ok": False, "error": error}

    def _post_message(self, arguments: Mapping[str, Any]) -> Dict[str, Any]:
        channel = arguments.get("channel", "")
        if not channel or channel[0] not in "CDG":
            raise _RefusalError("channel_not_found")
        self._check_content(arguments)
        message = {
            "type": "message",
            "user": BOT,
            "bot_id": BOT_ID,
            "app_id": APP,
            "ts": self._ts(),
            "text": arguments["text"],
            "blocks": arguments["blocks"],
            "client_msg_id": arguments.get("client_msg_id", ""),
        }
        if arguments.get("thread_ts"):
            message["thread_ts"] = arguments["thread_ts"]
        self.channels.setdefault(channel, []).append(message)
        kind = "im" if channel.startswith("D") else "channel"
        self._later(self.send_event({**message, "channel": channel, "channel_type": kind, "event_ts": message["ts"]}))
        return {"channel": channel, "ts": message["ts"], "message": message}

    def _update(self, arguments: Mapping[str, Any]) -> Dict[str, Any]:
        self._check_content(arguments)
        found = [m for m in self.channels.get(arguments["channel"], []) if m["ts"] == arguments["ts"]]
        if not found:
            raise _RefusalError("message_not_found")
        if found[0]["user"] != BOT:
            raise _RefusalError("cant_update_message")
        found[0].update(text=arguments["text"], blocks=arguments["blocks"])
        changed = {"type": "message", "subtype": "message_changed", "hidden": True, "message": found[0]}
        where = {"channel": arguments["channel"], "channel_type": "im", "ts": self._ts(), "event_ts": self._ts()}
        self._later(self.send_event({**changed, **where}))
        return {"channel": arguments["channel"], "ts": arguments["ts"], "text": arguments["text"]}

    def _post_ephemeral(self, arguments: Mapping[str, Any]) -> Dict[str, Any]:
        check_text(arguments["text"])
        self.whispers.append(arguments)
        return {"message_ts": self._ts()}

    def _publish(self, arguments: Mapping[str, Any]) -> Dict[str, Any]:
        view = arguments["view"]
        if set(view) - {"type", "blocks", "private_metadata", "callback_id", "external_id"} or view["type"] != "home":
            raise InvalidBlocks(f"a home view with {sorted(view)}")
        check_blocks(view["blocks"], MOST_BLOCKS_IN_A_VIEW)
        self.homes[arguments["user_id"]] = view
        return {"view": {**view, "id": "V0HOME"}}

    def _open(self, arguments: Mapping[str, Any]) -> Dict[str, Any]:
        users = arguments["users"].split(",")
        if len(users) > MOST_CHANNELS_OPENED_AT_ONCE or users[0][:1] not in "UW":
            raise _RefusalError("user_not_found")
        return {"channel": {"id": self.direct(users[0])}}

    def _history(self, arguments: Mapping[str, Any]) -> Dict[str, Any]:
        found = [m for m in self.channels.get(arguments["channel"], []) if "thread_ts" not in m]
        return _page(list(reversed(found)), arguments)

    def _replies(self, arguments: Mapping[str, Any]) -> Dict[str, Any]:
        thread = arguments["ts"]
        found = [m for m in self.channels.get(arguments["channel"], []) if thread in (m["ts"], m.get("thread_ts"))]
        if not found:
            raise _RefusalError("thread_not_found")
        return _page(found, arguments)

    def _check_content(self, arguments: Mapping[str, Any]) -> None:
        text = arguments.get("text")
        if not text or len(text) > LONGEST_TEXT:
            raise InvalidBlocks("text: expected 1 to 40,000 characters beside the blocks")
        check_text(text)
        check_blocks(arguments.get("blocks"))


class _RefusalError(Exception):
    """Slack's error for a call."""


def signature(body: str, secret: str = SECRET, at: Optional[float] = None) -> Dict[str, str]:
    """The headers that prove a request, as of now or of a time (Unix seconds)."""
    timestamp = str(int(time.time() if at is None else at))
    digest = hmac.new(secret.encode(), f"v0:{timestamp}:{body}".encode(), hashlib.sha256).hexdigest()
    return {"X-Slack-Request-Timestamp": timestamp, "X-Slack-Signature": f"v0={digest}"}


def labels(message: Mapping[str, Any]) -> List[str]:
    """What can be pressed below a message."""
    return [label for block in message["blocks"] if block["type"] == "actions" for label in _offered(block)]


def shown(message: Mapping[str, Any]) -> str:
    """Everything that a message's blocks show, a line each."""
    lines: List[str] = []
    for block in message["blocks"]:
        texts = [block.get("text"), *block.get("fields", []), *block.get("elements", [])]
        lines += [text["text"] for text in texts if text and isinstance(text.get("text"), str)]
    return "\n".join(lines)


def _offered(block: Mapping[str, Any]) -> List[str]:
    found: List[str] = []
    for element in block["elements"]:
        options = element.get("options") or [element]
        found += [option["text"]["text"] for option in options]
    return found


def _action(blocks: Sequence[Mapping[str, Any]], label: str) -> Dict[str, Any]:
    for block in blocks:
        for element in block["elements"] if block["type"] == "actions" else ():
            where = {"type": element["type"], "action_id": element["action_id"], "block_id": block.get("block_id", "x")}
            if element["type"] == "button" and element["text"]["text"] == label:
                return {**where, "text": element["text"], "value": element["value"]}
            for option in element.get("options", ()):
                if option["text"]["text"] == label:
                    return {**where, "selected_option": option, "placeholder": element["placeholder"]}
    raise AssertionError(f"nothing to press is called {label!r}")


def _page(messages: Sequence[Mapping[str, Any]], arguments: Mapping[str, Any]) -> Dict[str, Any]:
    oldest, limit = float(arguments.get("oldest", 0)), int(arguments.get("limit", 100))
    start = int(arguments.get("cursor") or 0)
    found = [message for message in messages if float(message["ts"]) > oldest]
    more = start + limit < len(found)
    cursor = {"response_metadata": {"next_cursor": str(start + limit)}} if more else {}
    return {"messages": found[start : start + limit], "has_more": more, **cursor}


async def _arguments(request: web.Request) -> Dict[str, Any]:
    if request.content_type == "application/json":
        found: Dict[str, Any] = await request.json()
        return found
    return {**dict(request.query), **dict(await request.post())}
