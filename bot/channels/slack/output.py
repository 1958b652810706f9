"""Rasa's way to speak to an owner in Slack without being spoken to: staff who took over, and reminders."""

from __future__ import annotations

import time
import uuid
from typing import Any, Callable, Dict, Optional, Text

from rasa.core.channels.channel import OutputChannel

from bot.channels.slack.api import SlackApi
from bot.channels.slack.asked import Address
from bot.channels.slack.place import place_of
from bot.channels.slack.rendering import posts
from bot.channels.slack.words import SlackWords
from bot.messages import message_from_reply


class SlackOutput(OutputChannel):
    """Posts where the conversation is held. Each message once; where Slack fails, ApiError says so to the caller."""

    def __init__(self, api: Callable[[], Optional[SlackApi]], words: SlackWords) -> None:
        self._api = api
        self._words = words

    @classmethod
    def name(cls) -> Text:
        """As the channel is called."""
        return "slack"

    async def send_response(self, recipient_id: Text, message: Dict[Text, Any]) -> None:
        """Post one message, text and part. Raises ValueError for a conversation that is not of Slack, and ApiError."""
        place = place_of(recipient_id)
        api = self._api()
        if api is None:
            raise RuntimeError("Slack cannot be reached before the server has started")
        address = Address(user=place.user, channel=place.channel, thread=place.thread)
        for post in posts((message_from_reply(message),), recipient_id, self._words):
            await api.post_once(address, post, str(uuid.uuid4()), since=time.time())

    async def send_text_message(self, recipient_id: Text, text: Text, **kwargs: Any) -> None:
        """Post a text."""
        await self.send_response(recipient_id, {"text": text})
