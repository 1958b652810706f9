"""One turn of a conversation for any channel: an owner's message in, the bot's messages out."""

from __future__ import annotations

import time
import uuid
from dataclasses import dataclass
from typing import Any, Coroutine, Dict, Optional, Protocol, Text, Tuple

from rasa.core.agent import Agent
from rasa.core.channels.channel import CollectingOutputChannel, UserMessage
from rasa.shared.core.events import BotUttered, UserUttered

from bot.consult.reading.understood import PRESSED
from bot.frame.kept import consultation_in
from bot.frame.order import Place
from bot.frame.thinking import thinking
from bot.messages import COMES_IN, Message, message_from_reply


@dataclass(frozen=True)
class Said:
    """What an owner sent. `id` names it once and for all; `pressed` is the id of the choice whose label `text` is.

    PERSON and IN_DISTRESS of bot.messages can be pressed at any time; the others where they were offered.
    """

    id: str
    text: str
    pressed: Optional[str] = None


class Turns(Protocol):
    """The conversations behind a channel."""

    async def take(self, conversation: str, said: Said, again: bool = False) -> Tuple[Message, ...]:
        """What the bot says to an owner's message; turns of one conversation come one after another.

        `again`: the message may have been taken before (the process died since); then it is not taken twice.
        """

    async def greet(self, conversation: str) -> Tuple[Message, ...]:
        """What the bot says when an owner comes in, before any word of theirs."""

    async def asks(self, conversation: str) -> bool:
        """Whether a question of the bot's waits for its answer."""


class RasaTurns:
    """Conversations with Rasa's agent, in the thread for that. `channel` is the name that Rasa keeps with each message.

    However many are asked for, one is computed at a time, in a fair order between addresses: `address` is the one that
    the turns count for, by default each conversation its own. A turn that has not begun at `start_by`
    (`time.monotonic()`) is not taken, and raises TooBusyError; by default it waits.
    """

    def __init__(
        self, agent: Agent, channel: str, address: Optional[str] = None, start_by: Optional[float] = None
    ) -> None:
        self._agent = agent
        self._channel = channel
        self._address = address
        self._start_by = start_by

    async def take(self, conversation: str, said: Said, again: bool = False) -> Tuple[Message, ...]:
        """As the protocol says. The tracker knows by its id which message was taken, and what was said to it."""
        return await self._in_turn(conversation, self._take(conversation, said, again))

    async def greet(self, conversation: str) -> Tuple[Message, ...]:
        """As the protocol says; an owner who comes in again, with a question open, is only greeted."""
        return await self.take(conversation, Said(uuid.uuid4().hex, "", COMES_IN))

    async def asks(self, conversation: str) -> bool:
        """As the protocol says."""
        return await thinking().do(self._asks(conversation))

    async def _in_turn(self, conversation: str, work: Coroutine[Any, Any, Tuple[Message, ...]]) -> Tuple[Message, ...]:
        place = Place(self._address or conversation, conversation)
        within_s = None if self._start_by is None else self._start_by - time.monotonic()
        return await thinking().take_turn(work, place, within_s)

    async def _asks(self, conversation: str) -> bool:
        tracker = await self._agent.tracker_store.retrieve(conversation)
        return tracker is not None and consultation_in(tracker.get_slot).question is not None

    async def _take(self, conversation: str, said: Said, again: bool) -> Tuple[Message, ...]:
        if again:
            before = await self._said_to(conversation, said.id)
            if before is not None:
                return before
        collected = CollectedReplies()
        metadata = {PRESSED: said.pressed} if said.pressed else None
        message = UserMessage(said.text, collected, conversation, None, self._channel, said.id, metadata)
        await self._agent.handle_message(message)
        return tuple(map(message_from_reply, collected.messages))

    async def _said_to(self, conversation: str, message_id: str) -> Optional[Tuple[Message, ...]]:
        """The bot's messages after the owner's message of this id; None where the conversation has none such."""
        tracker = await self._agent.tracker_store.retrieve_full_tracker(conversation)
        heard, replies = False, []
        for event in tracker.events if tracker else ():
            if isinstance(event, UserUttered):
                if heard:
                    break
                heard = event.message_id == message_id
            elif heard and isinstance(event, BotUttered):
                replies.append(message_from_reply({"text": event.text, **event.data}))
        return tuple(replies) if heard else None


class CollectedReplies(CollectingOutputChannel):
    """Collects the replies of one turn as {"recipient_id", "text"} and, where there is a message part, "custom"."""

    async def send_response(self, recipient_id: Text, message: Dict[Text, Any]) -> None:
        """Keep one reply whole, text and part together."""
        reply = {"recipient_id": recipient_id, "text": message.get("text") or ""}
        if message.get("custom"):
            reply["custom"] = message["custom"]
        self.messages.append(reply)
