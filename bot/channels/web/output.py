"""Says something in a conversation on the website outside its turns: what staff writes, a reminder."""

from __future__ import annotations

import asyncio
from typing import Any, Dict, Text

from rasa.core.channels.channel import OutputChannel

from bot.channels.web.streams import Streams
from bot.messages import message_from_reply
from bot.store import Author, Transcripts


class TranscriptChannel(OutputChannel):
    """Adds each message to the conversation's transcript, from where open pages get it. Raises StoreError."""

    def __init__(self, transcripts: Transcripts, streams: Streams, author: Author = Author.BOT) -> None:
        self._transcripts = transcripts
        self._streams = streams
        self._author = author

    @classmethod
    def name(cls) -> Text:
        """The channel that it speaks on."""
        return "web"

    async def send_response(self, recipient_id: Text, message: Dict[Text, Any]) -> None:
        """Say one thing, text and part together."""
        said = [message_from_reply(message)]
        await asyncio.to_thread(self._transcripts.append, recipient_id, self._author, said)
        self._streams.wake(recipient_id)

    async def send_text_message(self, recipient_id: Text, text: Text, **kwargs: Any) -> None:
        """Say one text."""
        await self.send_response(recipient_id, {"text": text})
