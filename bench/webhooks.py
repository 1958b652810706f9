"""Fifty users at once on LINE and in Slack: how soon webhooks are acknowledged, how many messages are answered.

Rasa's own Slack connector meets the same messages in the same run. The services' own servers are a sink that answers at
once; the bot is the real one.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
import time
import uuid
from typing import Any, Awaitable, Callable, Dict, List, Tuple

import aiohttp
from aiohttp import web

from bench.running import free_port, percentile, running
from bench.talk import SHORT_TALK

SECRET = "8c570fa6dd201bb328f1c1eac23a96d8"
TOKEN = "xoxb-0000000000-0000000000000-benchbenchbenchbenchbench"
_USERS = 50
_QUIET_S = 6.0
_RUN = uuid.uuid4().hex[:8].upper()  # owners of earlier runs have long conversations, which make every turn slower
Post = Callable[[aiohttp.ClientSession, str, int, str], Awaitable[None]]


def main() -> None:
    """Prints the table of docs/performance.md."""
    asyncio.run(_measure())


async def _measure() -> None:
    print("| connector | acknowledged, p50 / p99 | messages answered a second |\n|---|---|---|")
    for name, path, post in (
        ("Rasa's Slack connector", "/webhooks/slack/webhook", _post_to_slack),
        ("ours, Slack", "/webhooks/slack/events", _post_to_slack),
        ("ours, LINE", "/webhooks/line/webhook", _post_to_line),
    ):
        sink, port = Sink(), free_port()
        api = await sink.start()
        settings = {
            "KAKARITSUKE_SLACK_SIGNING_SECRET": SECRET,
            "KAKARITSUKE_SLACK_BOT_TOKEN": TOKEN,
            "KAKARITSUKE_SLACK_API": api,
            "KAKARITSUKE_LINE_SECRET": SECRET,
            "KAKARITSUKE_LINE_TOKEN": TOKEN * 3,
            "KAKARITSUKE_LINE_API": api.rstrip("/"),
            "KAKARITSUKE_LINE_DATA_API": api.rstrip("/"),
        }
        rasas = ["-m", "bench.rasa_slack", str(port), api]
        command = rasas if name.startswith("Rasa") else ["-m", "bot", "run", "--port", str(port)]
        with running(command, settings):
            acknowledged, seconds = await _talk(f"http://127.0.0.1:{port}{path}", post, sink)
        await sink.stop()
        p50, p99 = percentile(acknowledged, 50), percentile(acknowledged, 99)
        print(f"| {name} | {p50} / {p99} | {_USERS * len(SHORT_TALK) / seconds:.1f} |", flush=True)


async def _talk(address: str, post: Post, sink: "Sink") -> Tuple[List[float], float]:
    """Milliseconds until each message was acknowledged, and the seconds until all were answered."""
    acknowledged: List[float] = []
    connector = aiohttp.TCPConnector(limit=_USERS)
    async with aiohttp.ClientSession(connector=connector) as session:
        await post(session, address, _USERS, "こんにちは")  # warms the bot up
        await sink.quiet()

        async def user(number: int) -> None:
            for line in SHORT_TALK:
                began = time.perf_counter()
                await post(session, address, number, line)
                acknowledged.append(1000 * (time.perf_counter() - began))

        began = time.monotonic()
        await asyncio.gather(*map(user, range(_USERS)))
        await sink.quiet()
    return acknowledged, sink.last_at - began


async def _post_to_slack(session: aiohttp.ClientSession, address: str, user: int, text: str) -> None:
    at = time.time()
    event = {
        "type": "message",
        "channel_type": "im",
        "channel": f"D{_RUN}{user:03}",
        "user": f"U{_RUN}{user:03}",
        "text": text,
        "ts": f"{at:.6f}",
        "client_msg_id": str(uuid.uuid4()),
    }
    body = json.dumps(
        {
            "type": "event_callback",
            "token": "unused",
            "team_id": "T000000001",
            "api_app_id": "A000000001",
            "event_id": f"Ev{uuid.uuid4().hex}",
            "event_time": int(at),
            "authorizations": [{"team_id": "T000000001", "user_id": "U0BOT00000", "is_bot": True}],
            "event": event,
        }
    )
    stamp = str(int(at))
    signed = hmac.new(SECRET.encode(), f"v0:{stamp}:{body}".encode(), hashlib.sha256).hexdigest()
    headers = {
        "X-Slack-Request-Timestamp": stamp,
        "X-Slack-Signature": f"v0={signed}",
        "Content-Type": "application/json",
    }
    await _posted(session, address, body, headers)


async def _post_to_line(session: aiohttp.ClientSession, address: str, user: int, text: str) -> None:
    event: Dict[str, Any] = {
        "type": "message",
        "mode": "active",
        "timestamp": int(1000 * time.time()),
        "source": {"type": "user", "userId": f"U{user:032x}"},
        "webhookEventId": uuid.uuid4().hex[:26].upper(),
        "deliveryContext": {"isRedelivery": False},
        "replyToken": uuid.uuid4().hex,
        "message": {"id": str(time.time_ns()), "type": "text", "text": text, "quoteToken": uuid.uuid4().hex},
    }
    body = json.dumps({"destination": "U8e742f61d673b39c7fff3cecb7536ef0", "events": [event]})
    signed = base64.b64encode(hmac.new(SECRET.encode(), body.encode(), hashlib.sha256).digest()).decode()
    headers = {"x-line-signature": signed, "Content-Type": "application/json"}
    await _posted(session, address, body, headers)


async def _posted(session: aiohttp.ClientSession, address: str, body: str, headers: Dict[str, str]) -> None:
    async with session.post(address, data=body.encode(), headers=headers) as answer:
        if answer.status != 200:
            raise RuntimeError(f"{address} answered {answer.status}")


class Sink:
    """Takes whatever the bot sends to LINE or Slack, and remembers when the last of it came."""

    def __init__(self) -> None:
        self.last_at = time.monotonic()
        self._runner = web.AppRunner(self._app())

    def _app(self) -> web.Application:
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._take)
        return app

    async def start(self) -> str:
        """Its address, with a slash at the end."""
        await self._runner.setup()
        port = free_port()
        await web.TCPSite(self._runner, "127.0.0.1", port).start()
        return f"http://127.0.0.1:{port}/"

    async def stop(self) -> None:
        """Serve no more."""
        await self._runner.cleanup()

    async def quiet(self) -> None:
        """Wait until nothing has come for a while."""
        self.last_at = time.monotonic()
        while time.monotonic() - self.last_at < _QUIET_S:
            await asyncio.sleep(0.1)

    async def _take(self, request: web.Request) -> web.Response:
        await request.read()
        if request.path.endswith(("chat.postMessage", "/message/reply")):
            self.last_at = time.monotonic()
        channel = {"id": "D000000001"}
        said = {"ok": True, "ts": f"{time.time():.6f}", "channel": "D000000001", "user_id": "U0BOT00000"}
        is_open = request.path.endswith("conversations.open")
        return web.json_response({**said, "channel": channel} if is_open else {**said, "sentMessages": []})


if __name__ == "__main__":
    main()
