"""What people of the staff say in Slack: where the conversation is held, each line posted once."""

from __future__ import annotations

import asyncio
import logging
from typing import Callable, Optional, Sequence

from bot.channels.at_any_time import way_back
from bot.channels.outbox import as_read
from bot.channels.slack.api import NotDoneError, RefusedError, SlackApi, key_of
from bot.channels.slack.asked import Address
from bot.channels.slack.place import place_of
from bot.channels.slack.rendering import posts
from bot.channels.slack.words import SlackWords
from bot.messages import Choices, Message
from bot.staff_words import StaffWords
from bot.store import Line, StaffLine, StaffLines

_LOGGER = logging.getLogger(__name__)


class SlackStaff:
    """Posts lines of one conversation. Raises ApiError where Slack does not come round: then it is tried again."""

    def __init__(
        self, api: Callable[[], Optional[SlackApi]], lines: StaffLines, words: StaffWords, own_words: SlackWords
    ) -> None:
        self._api = api
        self._lines = lines
        self._words = words
        self._own_words = own_words

    async def __call__(self, lines: Sequence[StaffLine]) -> None:
        """Post what is left to be posted in a conversation."""
        api = self._api()
        if api is None:
            raise NotDoneError("chat.postMessage", "the server has only just started")
        place = place_of(lines[0].conversation)
        address = Address(user=place.user, channel=place.channel, thread=place.thread)
        for line in lines:
            try:
                await self._post(api, address, line)
            except RefusedError as error:
                _LOGGER.error("what staff says in Slack is refused: %s; see docs/slack.md", error)
                await asyncio.to_thread(self._lines.refused, [line], error.reason)
            else:
                await asyncio.to_thread(self._lines.sent, [line])

    async def _post(self, api: SlackApi, address: Address, line: StaffLine) -> None:
        """A post for each part of a long line; a way back to the bot below the news that somebody came or left."""
        offers = Choices((way_back(),)) if line.kind in (Line.CAME, Line.LEFT) else None
        message = Message(as_read(line, self._words), offers)
        for number, post in enumerate(posts((message,), line.conversation, self._own_words)):
            unsure = line.attempts > 1
            await api.post_once(address, post, key_of(line.key, number), since=line.at, unsure=unsure)
