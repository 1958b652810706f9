"""Gets what was answered to one event to the owner: as its reply, at most once, whatever fails on the way.

A reply token works once, so a reply whose fate is unknown may be tried again with the same token: at worst LINE says
that it is used. A push has no such guard against the reply, so it takes the reply's place only where LINE refused the
token at the very first try: then certainly nothing was delivered. A retry key keeps a push from being sent twice.
"""

from __future__ import annotations

import asyncio
import logging
import time
import uuid
from typing import Any, Dict, Optional, Tuple

from pydantic import BaseModel

from bot.channels.line.client import LineClient, LineError, LineRefusedError, LineUnclearError, LineUnreachableError
from bot.channels.line.limits import LimitError
from bot.store import Chats, Delivery, Inbox

# Seconds before each further try of a call that failed, longer each time; together they leave a reply token, which
# works for a minute, time for the turn that came before.
RETRY_DELAYS_S: Tuple[float, ...] = (0.5, 2.0, 5.0)
_RETRY_KEY_LASTS_S = 23 * 3600  # LINE keeps it for 24 hours
_LOGGER = logging.getLogger(__name__)


class Push(BaseModel):
    """A push that was begun, at a time in Unix seconds, under a retry key."""

    retry_key: str
    begun_at: float


class Answer(BaseModel):
    """What is to be sent, as cards and in words alone, and how far that came; kept in the inbox as JSON."""

    messages: Tuple[Dict[str, Any], ...]
    in_words: Tuple[Dict[str, Any], ...]
    tried: bool = False
    push: Optional[Push] = None


class Replies:
    """Sends answers. Raises LineError where it is certain that nothing was sent and another try makes sense.

    Whoever does not hold the event any more sends nothing: each call follows a look at that, and LostHoldError says so.
    """

    def __init__(
        self, client: LineClient, inbox: Inbox, chats: Chats, retry_delays_s: Tuple[float, ...] = RETRY_DELAYS_S
    ) -> None:
        self._client = client
        self._inbox = inbox
        self._chats = chats
        self._retry_delays_s = retry_delays_s

    async def send(self, delivery: Delivery, reply_token: str, answer: Answer) -> None:
        """Reply to the event of `delivery`, or push where the token is certainly of no use."""
        if answer.push is not None:
            await asyncio.to_thread(self._inbox.renew_to_send, delivery)
            await self._push(delivery, answer)
        elif not await self._reply(delivery, reply_token, answer):
            answer.push = Push(retry_key=str(uuid.uuid4()), begun_at=time.time())
            await self._note(delivery, answer)
            await self._push(delivery, answer)

    async def _reply(self, delivery: Delivery, reply_token: str, answer: Answer) -> bool:
        """False where LINE refused the token though it was never used; True where nothing is left to do."""
        first = not answer.tried
        answer.tried = True
        await self._note(delivery, answer)
        waits, messages = list(self._retry_delays_s), answer.messages
        failure: LineError
        while True:
            try:
                await self._client.reply(reply_token, messages)
                return True
            except LineUnclearError as error:
                first, failure = False, error
            except LineUnreachableError as error:
                failure = error
            except (LineRefusedError, LimitError) as error:
                if isinstance(error, LineRefusedError) and error.is_about_the_reply_token:
                    return self._was_delivered(delivery, first)
                if _may_be_said_in_words(error) and messages is not answer.in_words:
                    _LOGGER.error("event %s: said in words instead: %s", delivery.event_id, error)
                    messages = answer.in_words
                    continue
                return await self._give_up(delivery, answer, first, error)
            if not waits:
                return await self._give_up(delivery, answer, first, failure)
            _LOGGER.warning("event %s: %s; trying again in %.1f s", delivery.event_id, failure, waits[0])
            await asyncio.sleep(waits.pop(0))
            await asyncio.to_thread(self._inbox.renew_to_send, delivery)

    def _was_delivered(self, delivery: Delivery, first: bool) -> bool:
        """A token that is refused after an earlier try was most likely used by it; nothing more is sent."""
        if not first:
            _LOGGER.warning("event %s: the reply token is used; an earlier try arrived", delivery.event_id)
        return not first

    async def _give_up(self, delivery: Delivery, answer: Answer, first: bool, error: Exception) -> bool:
        """Nothing more for now: certain that nothing was sent, try the event again later; else let it be."""
        if first and isinstance(error, (LineUnreachableError, LineRefusedError)) and _may_pass(error):
            answer.tried = False
            await self._note(delivery, answer)
            raise error
        _LOGGER.error("event %s: whether the reply arrived is not known, or it cannot: %s", delivery.event_id, error)
        return True

    async def _push(self, delivery: Delivery, answer: Answer) -> None:
        """Send the answer by itself; the retry key keeps it single, over restarts too."""
        chat = await asyncio.to_thread(self._chats.of, delivery.conversation)
        if answer.push is None or chat is None or time.time() - answer.push.begun_at > _RETRY_KEY_LASTS_S:
            _LOGGER.error("event %s: there is nobody (any more) to push the answer to", delivery.event_id)
            return
        await push(self._client, chat.address, answer, answer.push.retry_key, self._retry_delays_s)

    async def _note(self, delivery: Delivery, answer: Answer) -> None:
        await asyncio.to_thread(self._inbox.note, delivery, answer.json())


async def push(
    client: LineClient,
    address: str,
    answer: Answer,
    retry_key: str,
    retry_delays_s: Tuple[float, ...] = RETRY_DELAYS_S,
) -> None:
    """Push to a chat, as often as it takes, and once. What LINE refuses is logged; the month's pushes may be used up.

    Raises LineUnclearError or LineUnreachableError where it may still succeed.
    """
    waits, messages = list(retry_delays_s), answer.messages
    while True:
        try:
            await client.push(address, messages, retry_key)
            return
        except (LineUnclearError, LineUnreachableError) as error:
            if not waits:
                raise
            _LOGGER.warning("%s; trying again in %.1f s", error, waits[0])
        except (LineRefusedError, LimitError) as error:
            if not _may_be_said_in_words(error) or messages is answer.in_words:
                _LOGGER.error("a push was not sent: %s", error)
                return
            messages = answer.in_words
            continue
        await asyncio.sleep(waits.pop(0))


def _may_be_said_in_words(error: Exception) -> bool:
    return isinstance(error, LimitError) or isinstance(error, LineRefusedError) and error.is_about_the_messages


def _may_pass(error: LineError) -> bool:
    return not isinstance(error, LineRefusedError) or error.may_pass
