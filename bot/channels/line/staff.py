"""What people of the staff say on LINE: as the reply to the owner's last message while that is free, else as a push."""

from __future__ import annotations

import asyncio
import time
import uuid
from typing import Callable, Sequence, Tuple

from bot.channels.at_any_time import way_back
from bot.channels.line.client import LineClient, LineRefusedError, LineUnclearError, LineUnreachableError
from bot.channels.line.limits import LimitError, LineMessage
from bot.channels.line.rendering import render, with_quick_replies
from bot.channels.line.texts import Cards
from bot.channels.outbox import GONE, QUOTA, REFUSED, as_read, leads_back
from bot.messages import Message
from bot.staff_words import StaffWords
from bot.store import Chats, StaffLine, StaffLines

# LINE: a reply token works for a minute after the event; the reply itself has to arrive in it too.
TOKEN_LASTS_S = 50.0
REPLY, PUSH = "reply", "push"
_AGAIN_S = 0.5


class LineStaff:
    """Sends the lines of one conversation in one call, which costs one push at most.

    Raises LineUnclearError or LineUnreachableError where a push may still arrive; its retry key keeps it single.
    """

    def __init__(
        self,
        client: LineClient,
        lines: StaffLines,
        chats: Chats,
        cards: Cards,
        words: StaffWords,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._client = client
        self._lines = lines
        self._chats = chats
        self._cards = cards
        self._words = words
        self._clock = clock

    async def __call__(self, lines: Sequence[StaffLine]) -> None:
        """Send what is left to be sent in a conversation."""
        if lines[0].how == REPLY:  # who was replying died: the token is used up, or not
            await asyncio.to_thread(self._lines.unclear, lines)
            return
        messages = self._messages(lines)
        conversation = lines[0].conversation
        token = await asyncio.to_thread(self._lines.take_token, conversation, self._clock())
        if token is not None and lines[0].how is None:
            await asyncio.to_thread(self._lines.sends_by, lines, REPLY)
            if await self._reply(lines, token, messages):
                return
        await asyncio.to_thread(self._lines.sends_by, lines, PUSH)
        await self._push(lines, messages)

    def _messages(self, lines: Sequence[StaffLine]) -> Tuple[LineMessage, ...]:
        rendered = render([Message(as_read(line, self._words)) for line in lines], self._cards)
        return with_quick_replies(rendered, [way_back()]) if leads_back(lines[-1]) else rendered

    async def _reply(self, lines: Sequence[StaffLine], token: str, messages: Tuple[LineMessage, ...]) -> bool:
        """False where LINE certainly did not take the reply."""
        unclear = False
        for wait_s in (0.0, _AGAIN_S):
            await asyncio.sleep(wait_s)
            try:
                await self._client.reply(token, messages)
                await asyncio.to_thread(self._lines.sent, lines, REPLY)
                return True
            except LineUnclearError:
                unclear = True
            except LineRefusedError as error:
                if unclear and error.is_about_the_reply_token:  # the try before has used it
                    await asyncio.to_thread(self._lines.sent, lines, REPLY)
                    return True
                break
            except (LineUnreachableError, LimitError):
                break
        if unclear:
            await asyncio.to_thread(self._lines.unclear, lines)
        return unclear

    async def _push(self, lines: Sequence[StaffLine], messages: Tuple[LineMessage, ...]) -> None:
        chat = await asyncio.to_thread(self._chats.of, lines[0].conversation)
        if chat is None:
            await asyncio.to_thread(self._lines.refused, lines, GONE)
            return
        try:
            await self._client.push(chat.address, messages, str(uuid.UUID(lines[0].batch)))
        except LimitError:
            await asyncio.to_thread(self._lines.refused, lines, REFUSED)
            return
        except LineRefusedError as error:
            if error.may_pass:
                raise
            await asyncio.to_thread(self._lines.refused, lines, QUOTA if error.is_about_the_quota else REFUSED)
            return
        await asyncio.to_thread(self._lines.sent, lines, PUSH)
