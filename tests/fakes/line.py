"""LINE as the bot meets it: an API that enforces LINE's rules, and owners whose events it delivers, signed."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
import time
import uuid
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Callable, Dict, List, Optional, Set, Tuple

import aiohttp
import regex
from aiohttp import web

from tests.fakes.specification import LINE, specification

Json = Dict[str, Any]
SECRET = "8c570fa6dd201bb328f1c1eac23a96d8"
TOKEN = "fake+channel/access+token=="
BOT = "U8e742f61d673b39c7fff3cecb7536ef0"
_PATIENCE = aiohttp.ClientTimeout(total=2.0)
_WITHOUT_REPLY_TOKEN = {"unfollow", "leave", "unsend", "memberLeft"}


class Trouble(Enum):
    """What may go wrong with one API call."""

    FAILS = "500, and nothing was done"
    FAILS_AFTER = "500, though it was done"
    BREAKS_AFTER = "no answer, though it was done"
    SLOW = "answered late"
    BUSY = "429, and nothing was done"


@dataclass(frozen=True)
class Sent:
    """What reached a chat in one call: `by` reply or push; `token` is the reply token or the retry key."""

    messages: Tuple[Json, ...]
    by: str
    token: str


@dataclass
class _ReplyToken:
    address: str
    issued_at: float
    used: bool = False


@dataclass
class FakeLine:
    """The Messaging API on this machine. `url` is there after `start`; `webhook` is where events go.

    Everything that the bot sends and that breaks a rule is refused as LINE does, and kept in `refusals`; what it
    delivers itself and answers is checked against the official specification, where that is at hand.
    """

    webhook: str = ""
    token_lasts_s: float = 60.0
    slow_s: float = 1.5
    trouble: Callable[[str], Optional[Trouble]] = lambda path: None
    checked: bool = True
    monthly_limit: int = 200
    chat_mode: str = "bot"
    endpoint_active: bool = True
    url: str = ""
    sent: Dict[str, List[Sent]] = field(default_factory=dict)
    loading: List[str] = field(default_factory=list)
    refusals: List[str] = field(default_factory=list)
    calls: List[str] = field(default_factory=list)
    rich_menus: Dict[str, Json] = field(default_factory=dict)
    pictures: Dict[str, bytes] = field(default_factory=dict)
    default_menu: Optional[str] = None

    def __post_init__(self) -> None:
        self._tokens: Dict[str, _ReplyToken] = {}
        self._retry_keys: Set[str] = set()
        self._pushes = 0
        self._runner: Optional[web.AppRunner] = None
        self._session: Optional[aiohttp.ClientSession] = None

    @property
    def _specified(self) -> bool:
        return self.checked and LINE.exists()

    async def start(self) -> "FakeLine":
        app = web.Application(client_max_size=2_000_000)
        bot = "/v2/bot"
        for method, path, handler in (
            ("POST", f"{bot}/message/reply", self._reply),
            ("POST", f"{bot}/message/push", self._push),
            ("POST", f"{bot}/chat/loading/start", self._loading),
            ("GET", f"{bot}/info", self._info),
            ("GET", f"{bot}/channel/webhook/endpoint", self._endpoint),
            ("POST", f"{bot}/channel/webhook/test", self._test),
            ("GET", f"{bot}/message/quota", self._quota),
            ("GET", f"{bot}/message/quota/consumption", self._consumption),
            ("GET", f"{bot}/richmenu/list", self._menus),
            ("POST", f"{bot}/richmenu", self._make_menu),
            ("POST", f"{bot}/richmenu/{{menu}}/content", self._take_picture),
            ("DELETE", f"{bot}/richmenu/{{menu}}", self._drop_menu),
            ("GET", f"{bot}/user/all/richmenu", self._shown_menu),
            ("POST", f"{bot}/user/all/richmenu/{{menu}}", self._show_menu),
        ):
            app.router.add_route(method, path, self._guarded(handler))
        self._runner = web.AppRunner(app)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        self._session = aiohttp.ClientSession()
        return self

    async def stop(self) -> None:
        assert self._session is not None
        assert self._runner is not None
        await self._session.close()
        await self._runner.cleanup()

    # Events, from owners to the bot

    def event(self, kind: str, source: Optional[Json], mode: str = "active", **content: Any) -> Json:
        """A new event, with a reply token of its own where events of its kind have one."""
        event = {
            "type": kind,
            "mode": mode,
            "timestamp": time.time_ns() // 1_000_000,
            "webhookEventId": uuid.uuid4().hex[:26].upper(),
            "deliveryContext": {"isRedelivery": False},
            **({"source": source} if source else {}),
            **content,
        }
        if kind not in _WITHOUT_REPLY_TOKEN and source and mode == "active":
            event["replyToken"] = uuid.uuid4().hex
            self._tokens[event["replyToken"]] = _ReplyToken(_address(source), time.monotonic())
        return event

    async def deliver(self, *events: Json, again: bool = False, destination: str = BOT) -> int:
        """Send events to the webhook, signed. Returns the HTTP status."""
        delivered = [{**event, "deliveryContext": {"isRedelivery": again}} for event in events]
        body = {"destination": destination, "events": delivered}
        self._check_own("webhook.yml", "CallbackRequest", {**body, "events": self._specified_events(delivered)})
        raw = json.dumps(body, ensure_ascii=False).encode()
        return (await self.post(raw, {"x-line-signature": signature(raw)}))[0]

    async def deliver_until_taken(self, *events: Json) -> None:
        """Send events again, as LINE does, until the webhook acknowledges them: a busy machine may be late at first."""
        for number in range(20):
            try:
                status = await self.deliver(*events, again=number > 0)
            except asyncio.TimeoutError:
                status = 0
            if status == 200:
                return
            assert status in (0, 503), f"the webhook answered {status}"
            await asyncio.sleep(0.2)
        raise AssertionError("the webhook did not take the events")

    async def post(self, body: bytes, headers: Dict[str, str]) -> Tuple[int, bytes]:
        """Send anything to the webhook. Raises asyncio.TimeoutError where it takes longer than LINE waits."""
        assert self._session is not None
        headers = {"Content-Type": "application/json; charset=utf-8", **headers}
        async with self._session.post(self.webhook, data=body, headers=headers, timeout=_PATIENCE) as response:
            return response.status, await response.read()

    def _specified_events(self, events: List[Json]) -> List[Json]:
        """Those that the specification has: LINE sends newer ones too."""
        if not self._specified:
            return []
        known = specification(LINE / "webhook.yml")
        return [event for event in events if known.knows("Event", event["type"])]

    def to(self, address: str) -> List[Sent]:
        """What reached a chat, in order."""
        return self.sent.get(address, [])

    async def wait_for(self, condition: Callable[[], bool], timeout_s: float = 60.0) -> None:
        until = time.monotonic() + timeout_s
        while not condition():
            assert time.monotonic() < until, f"waited for {timeout_s} s; refusals: {self.refusals}"
            await asyncio.sleep(0.01)

    # The API, from the bot to owners

    def _guarded(self, handler: Callable[[web.Request, Json], Any]) -> Callable[[web.Request], Any]:
        async def guarded(request: web.Request) -> web.StreamResponse:
            self.calls.append(f"{request.method} {request.path}")
            if request.headers.get("Authorization") != f"Bearer {TOKEN}":
                return self._refuse(401, "Authentication failed. Confirm that the access token is valid.")
            trouble = self.trouble(request.path)
            if trouble is Trouble.BUSY:
                return _error(429, "The API rate limit has been exceeded. Try again later.", {"Retry-After": "1"})
            if trouble is Trouble.FAILS:
                return _error(500, "Internal server error")
            if trouble is Trouble.SLOW:
                await asyncio.sleep(self.slow_s)
            answer = await self._handled(request, handler)
            if trouble is Trouble.FAILS_AFTER:
                return _error(500, "Internal server error")
            if trouble is Trouble.BREAKS_AFTER and request.transport is not None:
                request.transport.close()
            return answer

        return guarded

    async def _handled(self, request: web.Request, handler: Callable[[web.Request, Json], Any]) -> web.Response:
        """As asyncio runs it to its end without a pause, a token cannot be used by two calls at once."""
        if request.method != "POST" or request.path.endswith("/content"):
            answer: web.Response = await handler(request, {})
            return answer
        raw = await request.read()
        try:
            body = json.loads(raw) if raw else {}
        except ValueError:
            return self._refuse(400, "The request body could not be parsed as JSON")
        if raw and request.content_type != "application/json":
            return self._refuse(415, "The media type is unsupported")
        answer: web.Response = await handler(request, body)
        return answer

    async def _reply(self, request: web.Request, body: Json) -> web.Response:
        if "X-Line-Retry-Key" in request.headers:
            return self._refuse(400, "The retry key is not supported for this endpoint")
        faults = self._faults("ReplyMessageRequest", body) or _faults_of(body.get("messages"))
        if faults:
            return self._refuse(400, "The request body has errors", faults)
        token = self._tokens.get(body["replyToken"])
        if token is None or token.used or time.monotonic() - token.issued_at > self.token_lasts_s:
            return _error(400, "Invalid reply token")
        token.used = True
        return self._deliver_to(token.address, body["messages"], "reply", body["replyToken"])

    async def _push(self, request: web.Request, body: Json) -> web.Response:
        key = request.headers.get("X-Line-Retry-Key")
        faults = self._faults("PushMessageRequest", body) or _faults_of(body.get("messages"))
        if faults:
            return self._refuse(400, "The request body has errors", faults)
        if key is not None and not _is_uuid(key):
            return self._refuse(400, "Invalid retry key")
        if key in self._retry_keys:
            return _error(409, "The retry key is already accepted")
        if self._pushes >= self.monthly_limit:
            return _error(429, "You have reached your monthly limit.")
        self._pushes += 1
        if key:
            self._retry_keys.add(key)
        return self._deliver_to(body["to"], body["messages"], "push", key or "")

    def _deliver_to(self, address: str, messages: List[Json], by: str, token: str) -> web.Response:
        self.sent.setdefault(address, []).append(Sent(tuple(messages), by, token))
        answer = {"sentMessages": [{"id": str(uuid.uuid4().int)[:18]} for _ in messages]}
        self._check_own("messaging-api.yml", "ReplyMessageResponse", answer)
        return web.json_response(answer)

    async def _loading(self, request: web.Request, body: Json) -> web.Response:
        faults = self._faults("ShowLoadingAnimationRequest", body)
        if faults or not body["chatId"].startswith("U") or body.get("loadingSeconds", 20) % 5:
            return self._refuse(400, "The request body has errors", faults)
        self.loading.append(body["chatId"])
        return web.json_response({}, status=202)

    async def _info(self, request: web.Request, body: Json) -> web.Response:
        info = {"userId": BOT, "basicId": "@soudan", "displayName": "商売の相談", "chatMode": self.chat_mode}
        return self._own("BotInfoResponse", {**info, "markAsReadMode": "auto"})

    async def _endpoint(self, request: web.Request, body: Json) -> web.Response:
        if not self.webhook:
            return _error(404, "Webhook endpoint not found.")
        return self._own("GetWebhookEndpointResponse", {"endpoint": self.webhook, "active": self.endpoint_active})

    async def _test(self, request: web.Request, body: Json) -> web.Response:
        """Really sends a request without events."""
        raw = json.dumps({"destination": BOT, "events": []}).encode()
        try:
            status, _ = await self.post(raw, {"x-line-signature": signature(raw)})
            reason, detail = ("OK", str(status)) if status == 200 else ("ERROR_STATUS_CODE", str(status))
        except aiohttp.ClientError:
            status, reason, detail = 0, "COULD_NOT_CONNECT", "TLS handshake failure or connection refused"
        answer = {"success": status == 200, "timestamp": "2026-11-22T09:00:00.000Z", "statusCode": status}
        return self._own("TestWebhookEndpointResponse", {**answer, "reason": reason, "detail": detail})

    async def _quota(self, request: web.Request, body: Json) -> web.Response:
        return self._own("MessageQuotaResponse", {"type": "limited", "value": self.monthly_limit})

    async def _consumption(self, request: web.Request, body: Json) -> web.Response:
        return self._own("QuotaConsumptionResponse", {"totalUsage": self._pushes})

    async def _menus(self, request: web.Request, body: Json) -> web.Response:
        return self._own("RichMenuListResponse", {"richmenus": list(self.rich_menus.values())})

    async def _make_menu(self, request: web.Request, body: Json) -> web.Response:
        faults = self._faults("RichMenuRequest", body)
        if faults:
            return self._refuse(400, "The request body has errors", faults)
        menu = f"richmenu-{uuid.uuid4().hex}"
        self.rich_menus[menu] = {"richMenuId": menu, **body}
        return self._own("RichMenuIdResponse", {"richMenuId": menu})

    async def _take_picture(self, request: web.Request, body: Json) -> web.Response:
        menu, picture = request.match_info["menu"], await request.read()
        if menu not in self.rich_menus:
            return self._refuse(404, "Not found")
        if request.content_type not in ("image/png", "image/jpeg"):
            return self._refuse(415, "The media type is unsupported")
        if menu in self.pictures or len(picture) > 1_048_576 or _png_size(picture) != self.rich_menus[menu]["size"]:
            return self._refuse(400, "The image size or its file size is not right")
        self.pictures[menu] = picture
        return web.json_response({})

    async def _drop_menu(self, request: web.Request, body: Json) -> web.Response:
        if self.rich_menus.pop(request.match_info["menu"], None) is None:
            return self._refuse(404, "Not found")
        self.default_menu = None if self.default_menu == request.match_info["menu"] else self.default_menu
        return web.json_response({})

    async def _shown_menu(self, request: web.Request, body: Json) -> web.Response:
        if self.default_menu is None:
            return _error(404, "no default richmenu")
        return self._own("RichMenuIdResponse", {"richMenuId": self.default_menu})

    async def _show_menu(self, request: web.Request, body: Json) -> web.Response:
        menu = request.match_info["menu"]
        if menu not in self.pictures:
            return self._refuse(400, "must upload richmenu image before applying it to user")
        self.default_menu = menu
        return web.json_response({})

    def _refuse(self, status: int, message: str, faults: Optional[List[str]] = None) -> web.Response:
        self.refusals.append(f"{status} {message} {faults or ''}")
        details = [{"message": fault, "property": fault.split(":")[0]} for fault in faults or []]
        return _error(status, message, details=details)

    def _faults(self, name: str, body: Any) -> List[str]:
        if not isinstance(body, dict):
            return ["$: not an object"]
        return specification(LINE / "messaging-api.yml").faults(name, body) if self._specified else []

    def _own(self, name: str, answer: Json) -> web.Response:
        self._check_own("messaging-api.yml", name, answer)
        return web.json_response(answer)

    def _check_own(self, file: str, name: str, instance: Json) -> None:
        if self._specified:
            faults = specification(LINE / file).faults(name, instance)
            assert not faults, f"the fake is not like LINE: {faults}"


def signature(body: bytes, secret: str = SECRET) -> str:
    return base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()


def user(name: str) -> Json:
    """A one-to-one chat with somebody; the same name is the same owner."""
    return {"type": "user", "userId": f"U{hashlib.md5(name.encode()).hexdigest()}"}


def group(name: str, member: str) -> Json:
    """Somebody in a group."""
    return {"type": "group", "groupId": f"C{hashlib.md5(name.encode()).hexdigest()}", "userId": user(member)["userId"]}


def text(words: str, **more: Any) -> Json:
    """The content of a message in words."""
    return {"type": "text", "id": str(uuid.uuid4().int)[:18], "text": words, "quoteToken": "q", **more}


def words_of(messages: Tuple[Json, ...]) -> str:
    """All that messages say, as on a screen without cards."""
    return "\n".join(message.get("text") or message["altText"] for message in messages)


def quick_replies(messages: Tuple[Json, ...]) -> List[Json]:
    """The actions below the last message."""
    return [item["action"] for item in messages[-1].get("quickReply", {}).get("items", [])]


def _address(source: Json) -> str:
    address: str = source.get("groupId") or source.get("roomId") or source["userId"]
    return address


def _error(
    status: int, message: str, headers: Optional[Dict[str, str]] = None, details: Optional[List[Json]] = None
) -> web.Response:
    body = {"message": message, **({"details": details} if details else {})}
    return web.json_response(body, status=status, headers={"x-line-request-id": str(uuid.uuid4()), **(headers or {})})


def _is_uuid(text: str) -> bool:
    try:
        return str(uuid.UUID(text)) == text
    except ValueError:
        return False


def _png_size(picture: bytes) -> Json:
    return {"width": int.from_bytes(picture[16:20], "big"), "height": int.from_bytes(picture[20:24], "big")}


def _faults_of(messages: Any) -> List[str]:
    """The limits that LINE's reference names and its specification does not."""
    if not isinstance(messages, list) or not 1 <= len(messages) <= 5:
        return ["messages: size must be between 1 and 5"]
    faults = []
    for number, message in enumerate(messages):
        place = f"messages[{number}]"
        if message["type"] == "text" and not (message["text"].strip() and _units(message["text"]) <= 5000):
            faults.append(f"{place}.text: empty or longer than 5000")
        if message["type"] == "flex":
            faults += _faults_of_flex(place, message)
        for item in message.get("quickReply", {}).get("items", []):
            faults += _faults_of_action(f"{place}.quickReply", item["action"], 20)
    return faults


def _faults_of_flex(place: str, message: Json) -> List[str]:
    contents = message["contents"]
    bubbles = contents["contents"] if contents["type"] == "carousel" else [contents]
    faults = [] if 1 <= _units(message["altText"]) <= 1500 else [f"{place}.altText: empty or longer than 1500"]
    if not 1 <= len(bubbles) <= 12 or _bytes(contents) > 50 * 1024:
        faults.append(f"{place}.contents: too many bubbles, or too large")
    for bubble in bubbles:
        if _bytes(bubble) > 30 * 1024:
            faults.append(f"{place}.contents: a bubble is too large")
        for component in _components(bubble):
            if component["type"] == "text" and not component.get("text"):
                faults.append(f"{place}.contents: a text is empty")
            if component["type"] == "button":
                faults += _faults_of_action(f"{place}.contents", component["action"], 40)
    return faults


def _components(bubble: Json) -> List[Json]:
    found = [bubble[block] for block in ("header", "body", "footer") if block in bubble]
    for component in found:
        found.extend(component.get("contents", []))
    return found


def _faults_of_action(place: str, action: Json, longest_label: int) -> List[str]:
    if "type" not in action:
        return [f"{place}.type: must be specified"]
    faults = []
    if not 1 <= len(regex.findall(r"\X", action.get("label", ""))) <= longest_label:
        faults.append(f"{place}.label: empty or too long")
    if action["type"] == "postback" and not (1 <= len(action["data"]) <= 300 and len(action["displayText"]) <= 300):
        faults.append(f"{place}.data: empty or longer than 300")
    if action["type"] == "uri" and not (
        action["uri"].startswith(("https://", "http://", "tel:", "line:")) and len(action["uri"]) <= 1000
    ):
        faults.append(f"{place}.uri: invalid uri scheme, or too long")
    return faults


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _bytes(part: Json) -> int:
    return len(json.dumps(part, ensure_ascii=False).encode())
