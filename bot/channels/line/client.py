"""A small asynchronous client of LINE's Messaging API: what the bot needs, and a clear word on every failure.

LINE's own SDK for Python cannot be installed beside Rasa 3.6 (pydantic and aiohttp are pinned lower).
Source: https://developers.line.biz/en/reference/messaging-api/
"""

from __future__ import annotations

import asyncio
import json
import logging
import re
from dataclasses import dataclass
from typing import Any, Dict, List, Mapping, Optional, Sequence, Tuple

import aiohttp

from bot.channels.complaints import ServiceError
from bot.channels.line.limits import LineMessage, check
from bot.channels.line.settings import LineSettings

_DONE = range(200, 300)
_BAD_REQUEST, _NOT_FOUND, _CONFLICT, _TOO_MANY, _SERVER_ERROR = 400, 404, 409, 429, 500
_ID_OF_A_CHAT = re.compile(r"[UCR][0-9a-f]{32}")  # LINE may say whom it could not reach
_LOGGER = logging.getLogger(__name__)


class LineError(ServiceError):
    """A call to LINE did not succeed; the message names the call, LINE's own words and its request id."""


class LineUnreachableError(LineError):
    """No connection was made: LINE certainly received nothing."""


class LineUnclearError(LineError):
    """No answer, or a failure on LINE's side: nobody knows whether LINE did what it was asked."""


class LineRefusedError(LineError):
    """LINE said no, and did nothing. `status` is the HTTP status, `reason` LINE's message."""

    def __init__(self, message: str, status: int, reason: str) -> None:
        super().__init__(message)
        self.status = status
        self.reason = reason

    @property
    def is_about_the_reply_token(self) -> bool:
        """Whether the reply token was used before, is too old, or never was one."""
        return self.status == _BAD_REQUEST and "reply token" in self.reason.lower()

    @property
    def is_about_the_messages(self) -> bool:
        """Whether what was to be sent is not shaped as LINE wants it."""
        return self.status == _BAD_REQUEST and not self.is_about_the_reply_token

    @property
    def may_pass(self) -> bool:
        """Whether the same call may succeed later: too many calls, or a token that the operator can set right."""
        return self.status != _BAD_REQUEST and not self.is_about_the_quota

    @property
    def is_about_the_quota(self) -> bool:
        """Whether the month's pushes are used up."""
        return self.status == _TOO_MANY and "monthly limit" in self.reason.lower()


@dataclass(frozen=True)
class BotInfo:
    """Our account. `chats_by_hand`: staff can answer in LINE Official Account Manager too."""

    user_id: str
    basic_id: str
    name: str
    chats_by_hand: bool


@dataclass(frozen=True)
class WebhookEndpoint:
    """Where LINE sends events, and whether it does."""

    address: str
    active: bool


@dataclass(frozen=True)
class WebhookTest:
    """What LINE met when it tried the webhook: the HTTP status there (0 or less: no answer), and its reason."""

    success: bool
    status: int
    reason: str


@dataclass(frozen=True)
class RichMenu:
    """A rich menu that the account has."""

    id: str
    name: str


@dataclass(frozen=True)
class Quota:
    """Pushes sent this month; `limit` is None where there is none."""

    used: int
    limit: Optional[int]


@dataclass(frozen=True)
class ClientTimes:
    """How long the client waits for LINE, and between two tries of a call."""

    # Seconds for a whole call: a reply token works for a minute, and some tries have to fit into it.
    timeout_s: float = 8.0
    # Seconds before each further try of a call that LINE refused as one too many, where LINE names no time.
    retry_delays_s: Tuple[float, ...] = (0.5, 2.0, 5.0)
    # Seconds that we wait at most where LINE names a longer time: an owner waits for the answer meanwhile.
    longest_retry_after_s: float = 10.0


class LineClient:
    """Calls LINE with the settings' access token, which appears in no message, log or repr.

    Every call raises LineUnreachableError, LineUnclearError or LineRefusedError. A call that LINE refuses because there
    are too many is made again after the time that LINE names. Use it within one event loop and close it there.
    """

    def __init__(self, settings: LineSettings, times: ClientTimes = ClientTimes()) -> None:
        self._settings = settings
        self._times = times
        self._timeout = aiohttp.ClientTimeout(total=times.timeout_s)
        self._session: Optional[aiohttp.ClientSession] = None

    async def close(self) -> None:
        """Let go of the connections."""
        if self._session is not None:
            await self._session.close()
        self._session = None

    async def reply(self, reply_token: str, messages: Sequence[LineMessage]) -> None:
        """Answer an event: free of charge, once, within a minute. Raises LimitError for messages over LINE's limits."""
        check(messages)
        await self._post("/v2/bot/message/reply", {"replyToken": reply_token, "messages": list(messages)})

    async def push(self, address: str, messages: Sequence[LineMessage], retry_key: str) -> None:
        """Send to a chat without being asked; it is billed. `retry_key` is a UUID: with the same one, it is sent once.

        Raises LimitError for messages over LINE's limits.
        """
        check(messages)
        body = {"to": address, "messages": list(messages)}
        try:
            await self._post("/v2/bot/message/push", body, {"X-Line-Retry-Key": retry_key})
        except LineRefusedError as refused:
            if refused.status != _CONFLICT:  # that it was accepted before
                raise

    async def show_loading(self, user_id: str, seconds: int) -> None:
        """Show a one-to-one chat that an answer is on its way, for 5 to 60 seconds in steps of 5."""
        await self._post("/v2/bot/chat/loading/start", {"chatId": user_id, "loadingSeconds": seconds})

    async def bot_info(self) -> BotInfo:
        """Our account, as the access token has it."""
        found = await self._get("/v2/bot/info")
        return BotInfo(found["userId"], found["basicId"], found["displayName"], found["chatMode"] == "chat")

    async def webhook_endpoint(self) -> Optional[WebhookEndpoint]:
        """Where LINE sends events; None where that was not set."""
        try:
            found = await self._get("/v2/bot/channel/webhook/endpoint")
        except LineRefusedError as refused:
            if refused.status == _NOT_FOUND:
                return None
            raise
        return WebhookEndpoint(found["endpoint"], found["active"])

    async def test_webhook(self) -> WebhookTest:
        """Have LINE send a signed request without events to the webhook."""
        found = await self._post("/v2/bot/channel/webhook/test", {})
        return WebhookTest(bool(found.get("success")), found["statusCode"], f"{found['reason']}: {found['detail']}")

    async def quota(self) -> Quota:
        """How many pushes the month still has."""
        allowed = await self._get("/v2/bot/message/quota")
        used = await self._get("/v2/bot/message/quota/consumption")
        return Quota(used["totalUsage"], allowed.get("value") if allowed["type"] == "limited" else None)

    async def rich_menus(self) -> Tuple[RichMenu, ...]:
        """The rich menus made through this API."""
        found = await self._get("/v2/bot/richmenu/list")
        return tuple(RichMenu(menu["richMenuId"], menu["name"]) for menu in found["richmenus"])

    async def create_rich_menu(self, definition: Mapping[str, Any]) -> str:
        """Make a rich menu, as yet without a picture. Returns its id."""
        made: str = (await self._post("/v2/bot/richmenu", dict(definition)))["richMenuId"]
        return made

    async def upload_rich_menu_picture(self, menu_id: str, picture: bytes) -> None:
        """Give a rich menu its picture, a PNG."""
        path = f"/v2/bot/richmenu/{menu_id}/content"
        await self._call("POST", f"{self._settings.data_api}{path}", picture, {"Content-Type": "image/png"})

    async def default_rich_menu(self) -> Optional[str]:
        """The id of the rich menu that everybody sees; None where there is none."""
        try:
            found = await self._get("/v2/bot/user/all/richmenu")
        except LineRefusedError as refused:
            if refused.status == _NOT_FOUND:
                return None
            raise
        return str(found["richMenuId"])

    async def set_default_rich_menu(self, menu_id: str) -> None:
        """Show a rich menu to everybody."""
        await self._post(f"/v2/bot/user/all/richmenu/{menu_id}")

    async def delete_rich_menu(self, menu_id: str) -> None:
        """Remove a rich menu."""
        await self._call("DELETE", f"{self._settings.api}/v2/bot/richmenu/{menu_id}")

    async def _get(self, path: str) -> "_Found":
        return await self._call("GET", f"{self._settings.api}{path}")

    async def _post(
        self, path: str, body: Optional[Mapping[str, Any]] = None, headers: Optional[Mapping[str, str]] = None
    ) -> "_Found":
        content = None if body is None else json.dumps(body, ensure_ascii=False).encode()
        kind = {} if body is None else {"Content-Type": "application/json"}
        return await self._call("POST", f"{self._settings.api}{path}", content, {**kind, **(headers or {})})

    async def _call(
        self, method: str, url: str, body: Optional[bytes] = None, headers: Optional[Mapping[str, str]] = None
    ) -> "_Found":
        """The call, made again while LINE says that there are too many (it did nothing then)."""
        waits: List[float] = list(self._times.retry_delays_s)
        while True:
            answer = await self._once(method, url, body, headers or {})
            if answer.status in _DONE:
                return answer.json()
            refused = answer.refusal(method, url)
            if answer.status != _TOO_MANY or refused.is_about_the_quota or not waits:
                raise refused
            wait_s = min(answer.retry_after_s or waits[0], self._times.longest_retry_after_s)
            del waits[0]
            _LOGGER.warning("%s; trying again in %.1f s", refused, wait_s)
            await asyncio.sleep(wait_s)

    async def _once(self, method: str, url: str, body: Optional[bytes], headers: Mapping[str, str]) -> "_Answer":
        sent = {"Authorization": f"Bearer {self._settings.token}", **headers}
        call = f"{method} {url}"
        try:
            async with self._opened().request(
                method, url, data=body, headers=sent, timeout=self._timeout, allow_redirects=False
            ) as response:
                answer = _Answer(response.status, dict(response.headers), await response.read())
        except aiohttp.ClientConnectorError as error:
            raise LineUnreachableError(f"{call}: no connection: {error.os_error}") from None
        except asyncio.TimeoutError:
            raise LineUnclearError(f"{call}: no answer within {self._timeout.total:.0f} s") from None
        except (aiohttp.ClientError, OSError) as error:
            raise LineUnclearError(f"{call}: the connection broke ({type(error).__name__})") from None
        if answer.status >= _SERVER_ERROR:
            raise LineUnclearError(f"{call}: {answer.described()}")
        return answer

    def _opened(self) -> aiohttp.ClientSession:
        """A connection for each call: one kept open may be closed by LINE just as we write, and then nobody knows."""
        if self._session is None:
            self._session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(force_close=True))
        return self._session


class _Found(Dict[str, Any]):
    """An object in LINE's answer."""

    def __missing__(self, key: str) -> Any:
        raise LineUnclearError(f"LINE's answer has no {key}")


@dataclass(frozen=True)
class _Answer:
    """What LINE answered."""

    status: int
    headers: Mapping[str, str]
    content: bytes

    def json(self) -> _Found:
        """The object in it; an empty one where there is none."""
        try:
            found = json.loads(self.content)
        except (ValueError, RecursionError):
            return _Found()
        return _Found(found) if isinstance(found, dict) else _Found()

    @property
    def retry_after_s(self) -> Optional[float]:
        """How long LINE wants us to wait; None where it does not say, or says it as a date."""
        try:
            return max(0.0, float(self._header("Retry-After")))
        except ValueError:
            return None

    def refusal(self, method: str, url: str) -> LineRefusedError:
        """What LINE said no to, and why."""
        return LineRefusedError(f"{method} {url}: {self.described()}", self.status, self._reason)

    def described(self) -> str:
        """The status, LINE's words with the places it names, and its request id."""
        details = self.json().get("details")
        places = [
            f"{detail.get('property')}: {detail.get('message')}"
            for detail in (details if isinstance(details, list) else [])
            if isinstance(detail, dict)
        ]
        words = _ID_OF_A_CHAT.sub("(a chat)", "; ".join([self._reason or "no reason given", *places]))
        return f"{self.status} {words} (x-line-request-id {self._header('x-line-request-id') or 'none'})"

    @property
    def _reason(self) -> str:
        return str(self.json().get("message") or "")

    def _header(self, name: str) -> str:
        return next((value for header, value in self.headers.items() if header.lower() == name.lower()), "")
