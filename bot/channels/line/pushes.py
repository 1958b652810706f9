"""What the bot or staff says on LINE without being asked: handoffs and reminders, as pushes."""

from __future__ import annotations

import asyncio
import logging
import uuid
from typing import Any, Dict, Optional, Sequence, Text, Tuple

from rasa.core.channels.channel import OutputChannel

from bot.channels.line.client import LineClient
from bot.channels.line.rendering import render, render_plainly
from bot.channels.line.replies import RETRY_DELAYS_S, Answer, push
from bot.channels.line.texts import Cards
from bot.messages import Message, message_from_reply
from bot.store import Chats

_LOGGER = logging.getLogger(__name__)


class LinePush(OutputChannel):
    """Pushes to the chat of a conversation. LINE counts each push; a month has 200 free of charge."""

    def __init__(
        self, client: LineClient, chats: Chats, words: Cards, retry_delays_s: Tuple[float, ...] = RETRY_DELAYS_S
    ) -> None:
        self._client = client
        self._chats = chats
        self._words = words
        self._retry_delays_s = retry_delays_s

    @classmethod
    def name(cls) -> Text:
        """As the input channel's."""
        return "line"

    async def push(self, conversation: str, messages: Sequence[Message], retry_key: Optional[str] = None) -> bool:
        """Push messages to whoever the conversation is with; with the same `retry_key` (a UUID), once.

        False where there is nobody to push to (any more). Raises LineUnclearError or LineUnreachableError where LINE
        cannot be reached: then try again with the same key.
        """
        chat = await asyncio.to_thread(self._chats.of, conversation)
        if chat is None:
            _LOGGER.warning("conversation %s is held nowhere (any more); nothing is pushed", conversation)
            return False
        answer = Answer(messages=render(messages, self._words), in_words=render_plainly(messages, self._words))
        if answer.messages:
            key = retry_key or str(uuid.uuid4())
            await push(self._client, chat.address, answer, key, self._retry_delays_s)
        return True

    async def send_response(self, recipient_id: Text, message: Dict[Text, Any]) -> None:
        """Push one reply as Rasa hands it over, text and part together."""
        await self.push(recipient_id, [message_from_reply(message)])

    async def send_text_message(self, recipient_id: Text, text: Text, **kwargs: Any) -> None:
        """Push a text."""
        await self.push(recipient_id, [Message(text)])
