"""A server that holds to the widget's protocol and says what a test wants said: the other end for hard cases."""

from __future__ import annotations

import asyncio
import itertools
import json
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any, Callable, Dict, List, Mapping, Optional

from aiohttp import web

from bot.channels.at_any_time import at_any_time, way_back, wish_to_be_forgotten
from bot.messages import Choice
from bot.web.pages import WIDGET
from bot.web.widget import WORDS, AtHand, script

Message = Dict[str, Any]
TOPICS = ("商標のこと", "お金のこと", "人手のこと", "店をつぐこと", "値段のこと", "わからない")
AT_HAND = AtHand(
    at_any_time=(*at_any_time(), way_back(), wish_to_be_forgotten()),
    topics=tuple(Choice(f"id.{label}", label) for label in TOPICS),
)
CSP = "default-src 'none'; script-src 'self'; connect-src 'self'"
_PAGE = """<!doctype html><html lang="ja"><head><meta charset="utf-8"><title>見本</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<script src="/widget/kakaritsuke.js" defer {script}></script></head>
<body><main><h1>見本のページ</h1><p><a href="#kakaritsuke">相談する</a></p><input aria-label="検索"></main>
{body}</body></html>"""


def message(text: str = "", part: Optional[Mapping[str, Any]] = None, plain: Optional[str] = None) -> Message:
    """What the bot says, before it has a number."""
    return {"from": "bot", "id": None, "text": text, "plain": text if plain is None else plain, "part": part}


def choices(*labels: str) -> Mapping[str, Any]:
    """A part with one choice a label; the id is `id.` and the label."""
    return {"type": "choices", "choices": [{"id": f"id.{label}", "label": label} for label in labels]}


@dataclass
class Conversation:
    """What was said, and who waits for more."""

    messages: List[Message] = field(default_factory=list)
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def add(self, said: Message) -> Message:
        """Number a message and tell whoever listens."""
        entry = {**said, "seq": len(self.messages) + 1, "at": datetime.now(timezone.utc).isoformat()}
        async with self.changed:
            self.messages.append(entry)
            self.changed.notify_all()
        return entry


class ScriptedServer:
    """`greeting` opens each conversation; `answer` says what follows an owner's text.

    `refusals` are sent, one each, instead of answers to POST /web/messages; `received` are all bodies that came there.
    """

    def __init__(self) -> None:
        self.greeting = [
            message("こんにちは。"),
            message("どんなことでお困りですか。", choices("商標のこと", "お金のこと")),
        ]
        self.answer: Callable[[str], List[Message]] = lambda text: [message(f"「{text}」ですね。")]
        self.refusals: List[web.Response] = []
        self.received: List[Dict[str, Any]] = []
        self.sessions: Dict[str, Conversation] = {}
        self.answers_by_id: Dict[str, List[Message]] = {}
        self.delay_s = 0.0
        self.streams_opened_after: List[int] = []
        self.at_hand = AT_HAND
        self.page = _PAGE
        self.script = ""
        self.body = ""
        self.address = ""
        self._tokens = (f"token-{number:032d}" for number in itertools.count(1))
        self._runner: Optional[web.AppRunner] = None

    async def start(self) -> None:
        app = web.Application()
        app.router.add_get("/", self._show_page)
        app.router.add_get("/widget/kakaritsuke.js", self._send_widget)
        app.router.add_post("/web/session", self._open)
        app.router.add_post("/web/messages", self._take)
        app.router.add_get("/web/messages", self._history)
        app.router.add_get("/web/events", self._stream)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.address = f"http://127.0.0.1:{site._server.sockets[0].getsockname()[1]}"  # type: ignore[union-attr]

    async def stop(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    @property
    def conversation(self) -> Conversation:
        """The newest conversation."""
        return list(self.sessions.values())[-1]

    def forget_sessions(self) -> None:
        """As if all tokens had expired."""
        self.sessions.clear()

    def refuse(self, status: int, error: str, **headers: str) -> None:
        """Answer the next message so, instead of taking it."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        self.refusals.append(web.json_response({"error": error}, status=status, headers=sent))

    async def _show_page(self, request: web.Request) -> web.Response:
        page = self.page.format(script=self.script, body=self.body)
        return web.Response(text=page, content_type="text/html", headers={"Content-Security-Policy": CSP})

    async def _send_widget(self, request: web.Request) -> web.Response:
        return web.Response(
            body=script(WIDGET.read_text(encoding="utf-8"), WORDS, self.at_hand), content_type="text/javascript"
        )

    async def _open(self, request: web.Request) -> web.Response:
        token = next(self._tokens)
        self.sessions[token] = Conversation()
        for said in self.greeting:
            await self.sessions[token].add(said)
        body = {"token": token, "expires_at": "2099-01-01T00:00:00+00:00", "messages": self.sessions[token].messages}
        return web.json_response(body, status=201)

    def _conversation(self, request: web.Request) -> Optional[Conversation]:
        return self.sessions.get(request.headers.get("Authorization", "").removeprefix("Bearer "))

    async def _take(self, request: web.Request) -> web.Response:
        body = await request.json()
        self.received.append(body)
        conversation = self._conversation(request)
        if conversation is None:
            return web.json_response({"error": "session"}, status=401)
        if self.refusals:
            return self.refusals.pop(0)
        if body["id"] not in self.answers_by_id:
            text = body.get("text") or body["choice"].removeprefix("id.")
            said = [await conversation.add({**message(text), "from": "owner", "id": body["id"]})]
            self.answers_by_id[body["id"]] = said
            await asyncio.sleep(self.delay_s)
            said += [await conversation.add(reply) for reply in self.answer(text)]
        return web.json_response({"messages": self.answers_by_id[body["id"]]})

    async def _history(self, request: web.Request) -> web.Response:
        conversation = self._conversation(request)
        if conversation is None:
            return web.json_response({"error": "session"}, status=401)
        return web.json_response({"messages": conversation.messages[int(request.query.get("after", 0)) :]})

    async def _stream(self, request: web.Request) -> web.StreamResponse:
        conversation = self._conversation(request)
        if conversation is None:
            return web.json_response({"error": "session"}, status=401)
        seen = int(request.headers.get("Last-Event-ID", len(conversation.messages)))
        self.streams_opened_after.append(seen)
        stream = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await stream.prepare(request)
        await stream.write(b": open\n\n")
        while True:
            for entry in conversation.messages[seen:]:
                data = json.dumps(entry, ensure_ascii=False)
                await stream.write(f"id: {entry['seq']}\nevent: message\ndata: {data}\n\n".encode())
            seen = len(conversation.messages)
            async with conversation.changed:
                if len(conversation.messages) == seen:
                    await conversation.changed.wait()
