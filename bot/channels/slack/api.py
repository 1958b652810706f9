"""Slack's Web API as the channel uses it: each message posted once, whatever fails on the way.

https://docs.slack.dev/reference/methods and https://docs.slack.dev/apis/web-api/rate-limits
"""

from __future__ import annotations

import asyncio
import logging
import math
import uuid
from dataclasses import dataclass
from typing import Any, Awaitable, Callable, Dict, List, Mapping, Optional, Tuple

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.channels.complaints import ServiceError
from bot.channels.slack.asked import Address
from bot.channels.slack.rendering import Post
from bot.channels.slack.settings import SlackSettings

_MOST_TIMES_LIMITED = 8
_PAGES_TO_LOOK_THROUGH = 5
_BEFORE_S = 120.0
# Slack's own failures: some of the operation may have been done before (chat.postMessage, section Errors).
_UNCLEAR_ERRORS = {"fatal_error", "internal_error", "request_timeout", "service_unavailable"}
_KEYS = uuid.UUID("5f0c6b0e-0a1e-4c7e-9d55-6b1f3c9d2a84")
_LOGGER = logging.getLogger(__name__)


class ApiError(ServiceError):
    """A call failed. The message names the method and Slack's reason, never a token or a text."""


class RefusedError(ApiError):
    """Slack refused the call, and would again; `reason` is its word for why."""

    def __init__(self, method: str, reason: str) -> None:
        super().__init__(f"{method}: Slack says {reason}")
        self.reason = reason


class NotDoneError(ApiError):
    """The call was certainly not carried out; it can be made again after `wait_s`, where Slack named a time."""

    def __init__(self, method: str, reason: str, wait_s: Optional[float] = None) -> None:
        super().__init__(f"{method}: {reason}")
        self.wait_s = wait_s


class UnclearError(ApiError):
    """Whether the call was carried out is not known: no answer came, or Slack failed."""


@dataclass(frozen=True)
class ApiTimes:
    """How long the channel waits for Slack, and between two tries of a call."""

    # Seconds for a whole call; one that took longer counts as unclear.
    timeout_s: float = 6.0
    # Seconds before each further try of a call that failed, longer each time: an outage that lasts is left to the
    # deliveries, which try the event again.
    retry_delays_s: Tuple[float, ...] = (1.0, 2.0, 4.0)
    # Seconds that we wait at most where Slack names a longer time: an owner waits for the answer meanwhile.
    longest_retry_after_s: float = 60.0


@dataclass(frozen=True)
class Posted:
    """A message of the bot's where it stands: its channel, its ts there, and its blocks as Slack has them."""

    channel: str
    ts: str
    blocks: List[Dict[str, Any]]


def key_of(event_id: str, number: int) -> str:
    """The name of the `number`th post that answers an event: the same in every attempt."""
    return str(uuid.uuid5(_KEYS, f"{event_id}/{number}"))


async def _always() -> None:
    """What nobody else may have taken over can be posted."""


class SlackApi:
    """The calls that the channel makes with the bot's token.

    slack_sdk's own retries are off: it repeats a post whose connection broke, and an owner would read it twice.
    """

    def __init__(self, settings: SlackSettings, session: aiohttp.ClientSession, times: ApiTimes = ApiTimes()) -> None:
        self._client = AsyncWebClient(
            token=settings.token,
            base_url=settings.api,
            session=session,
            retry_handlers=[],
            timeout=math.ceil(times.timeout_s),  # slack_sdk takes whole seconds
        )
        self._times = times
        self._direct: Dict[str, str] = {}

    async def channel_of(self, address: Address) -> str:
        """The channel to post to; a user's direct message is opened where its id is not known."""
        if address.channel:
            return address.channel
        if address.user not in self._direct:
            opened = await self._patiently(
                lambda: self._call("conversations.open", self._client.conversations_open(users=address.user))
            )
            self._direct[address.user] = opened["channel"]["id"]
        return self._direct[address.user]

    async def post_once(
        self,
        address: Address,
        post: Post,
        key: str,
        since: float,
        unsure: bool = False,
        may_post: Callable[[], Awaitable[None]] = _always,
    ) -> Optional[Posted]:
        """Post a message; it is there once when this returns. Returns where; None where that cannot be known.

        Where it is not known whether an earlier try went through (`unsure`, or a try that ended without Slack's word),
        the channel is read back since a time (Unix seconds) and the message looked for by `key`, which its first block
        bears; it is posted again only where it is not there. `client_msg_id` is the same in every try: Slack has long
        taken it for a duplicate's mark (its errors duplicate_message_not_found and duplicate_channel_not_found speak
        of it), though it promises nothing. Where the channel may not be read, the message counts as posted: never
        twice.

        `may_post` is asked right before each try, and raises where nothing is to be posted any more.

        Raises RefusedError where Slack will not have it; UnclearError or NotDoneError where Slack does not come round
        in some seconds.
        """
        channel = await self.channel_of(address)
        first, *others = post.blocks
        blocks = [{**first, "block_id": key}, *others]
        limited = 0
        waits = list(self._times.retry_delays_s)
        while True:
            try:
                if unsure:
                    there = await self._look_for(channel, address.thread, key, since)
                    if there is not None:
                        return Posted(channel, there, blocks) if there else None
                await may_post()
                said = await self._call("chat.postMessage", self._post(channel, address.thread, post.text, blocks, key))
                return Posted(channel, str(said["ts"]), blocks)
            except ApiError as error:
                if isinstance(error, RefusedError):
                    raise
                unsure = unsure or isinstance(error, UnclearError)
                wait_s = error.wait_s if isinstance(error, NotDoneError) else None
                limited += wait_s is not None
                if limited > _MOST_TIMES_LIMITED or (wait_s is None and not waits):
                    raise
                await asyncio.sleep(waits.pop(0) if wait_s is None else wait_s)

    async def update(self, channel: str, ts: str, post: Post) -> None:
        """Replace a message of the bot's. Doing it twice changes nothing more."""
        await self._patiently(
            lambda: self._call(
                "chat.update", self._client.chat_update(channel=channel, ts=ts, text=post.text, blocks=post.blocks)
            )
        )

    async def whisper(self, address: Address, text: str) -> None:
        """Tell one person something in a channel, once or not at all: what only they see cannot be read back."""
        await self._call(
            "chat.postEphemeral",
            self._client.chat_postEphemeral(
                channel=await self.channel_of(address), user=address.user, text=text, thread_ts=address.thread
            ),
        )

    async def publish_home(self, user: str, view: Mapping[str, Any]) -> None:
        """Draw a user's home tab. Doing it twice changes nothing more."""
        await self._patiently(
            lambda: self._call("views.publish", self._client.views_publish(user_id=user, view=dict(view)))
        )

    def _post(self, channel: str, thread: Optional[str], text: str, blocks: List[Dict[str, Any]], key: str) -> Any:
        return self._client.chat_postMessage(
            channel=channel,
            thread_ts=thread,
            text=text,
            blocks=blocks,
            unfurl_links=False,
            unfurl_media=False,
            client_msg_id=key,
        )

    async def _look_for(self, channel: str, thread: Optional[str], key: str, since: float) -> Optional[str]:
        """The ts of the message that bears `key` in a channel or thread; None where there is none.

        What may not be read counts as there, and has an empty ts.
        """
        oldest, cursor = f"{since - _BEFORE_S:.6f}", ""
        try:
            for _ in range(_PAGES_TO_LOOK_THROUGH):
                page = await self._page(channel, thread, oldest, cursor)
                found = next((message for message in page.get("messages") or [] if _bears(message, key)), None)
                if found is not None:
                    return str(found.get("ts") or "")
                cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""
                if not cursor:
                    return None
        except RefusedError as error:
            _LOGGER.error("a message may not have been posted, and cannot be looked for (%s); see docs/slack.md", error)
            return ""
        return None

    async def _page(self, channel: str, thread: Optional[str], oldest: str, cursor: str) -> Mapping[str, Any]:
        window = {"oldest": oldest, "limit": 100, "cursor": cursor or None}
        if thread is None:
            history = self._client.api_call("conversations.history", params={"channel": channel, **window})
            return await self._call("conversations.history", history)
        replies = self._client.api_call("conversations.replies", params={"channel": channel, "ts": thread, **window})
        return await self._call("conversations.replies", replies)

    async def _call(self, method: str, call: Awaitable[Any]) -> Mapping[str, Any]:
        """Slack's answer. Raises RefusedError, NotDoneError or UnclearError."""
        try:
            answer = await call
        except SlackApiError as error:
            raise _failure(method, error.response, self._times.longest_retry_after_s) from None
        except aiohttp.ClientConnectorError as error:
            raise NotDoneError(method, f"no connection ({type(error).__name__})") from None
        except (aiohttp.ClientError, asyncio.TimeoutError) as error:
            raise UnclearError(f"{method}: no answer ({type(error).__name__})") from None
        data: Mapping[str, Any] = answer.data
        return data

    async def _patiently(self, call: Callable[[], Awaitable[Mapping[str, Any]]]) -> Mapping[str, Any]:
        """A call that may be made twice, made again where it failed for a while. Raises ApiError in the end."""
        waits = list(self._times.retry_delays_s)
        while True:
            try:
                return await call()
            except (NotDoneError, UnclearError) as error:
                if not waits:
                    raise
                wait_s = waits.pop(0)
                named_s = error.wait_s if isinstance(error, NotDoneError) else None
                await asyncio.sleep(named_s if named_s is not None else wait_s)


def _failure(method: str, response: Any, longest_wait_s: float) -> ApiError:
    """What an answer that is not ok means; one that is not Slack's JSON tells nothing of what was done."""
    status = int(getattr(response, "status_code", 0) or getattr(response, "status", 0))
    data = getattr(response, "data", None)
    reason = str(data.get("error") or "") if isinstance(data, dict) else ""
    if status == 429 or reason in ("ratelimited", "rate_limited"):
        return NotDoneError(method, "too many calls", _named_wait_s(getattr(response, "headers", {}), longest_wait_s))
    if status >= 500 or not reason or reason in _UNCLEAR_ERRORS:
        return UnclearError(f"{method}: Slack answers {status} {reason}".rstrip())
    return RefusedError(method, reason)


def _named_wait_s(headers: Mapping[str, str], longest_s: float) -> float:
    """The seconds in Retry-After, at most `longest_s`; one where there are none."""
    found = headers.get("Retry-After") or headers.get("retry-after") or ""
    return min(float(found), longest_s) if found.isascii() and found.isdigit() else 1.0


def _bears(message: Mapping[str, Any], key: str) -> bool:
    return any(block.get("block_id") == key for block in message.get("blocks") or [])
