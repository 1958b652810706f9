"""One turn of a conversation for any channel: an owner's message in, the bot's messages out."""

from __future__ import annotations

import asyncio
import logging
import time
from dataclasses import dataclass
from typing import Any, Dict, List, Mapping, Optional, Protocol, Sequence, Text, Tuple

from rasa.core.agent import Agent
from rasa.core.channels.channel import CollectingOutputChannel, UserMessage
from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.events import BotUttered, UserUttered

from bot.frame.forgetting import forget
from bot.frame.thinking import thinking
from bot.masking import masked
from bot.messages import Forgotten, Message, message_from_reply
from bot.store import StoreError, database, handoffs
from bot.store.retention import was_forgotten

PRESSED = "choice"  # where bot.consult.heard looks for it in a message's metadata
_GREETING = "action_greet"
_COMFORT = "action_comfort"
_WAITING_QUESTION = "question"
# What an action asks for beside its words, under `effect` in the reply: the wish for call-back, as the owner wrote it.
_EFFECT = "effect"
_CALL_BACK = "call_back"
_LONGEST_WISH = 1000
_Replies = Sequence[Mapping[str, Any]]
_LOGGER = logging.getLogger(__name__)


@dataclass(frozen=True)
class Said:
    """What an owner sent. `id` names it once and for all; `pressed` is the id of the choice whose label `text` is.

    `text` are the words as they came, as far as the channel still has them: numbers in them are hidden by the turn.
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

    async def comfort(self, conversation: str) -> Tuple[Message, ...]:
        """What the bot says when an owner in distress asks for help with a press, before any word of theirs."""

    async def asks(self, conversation: str) -> bool:
        """Whether a question of the bot's waits for its answer."""


class RasaTurns:
    """Conversations with Rasa's agent, in the thread for that. `channel` is the name that Rasa keeps with each message.

    However many are asked for, one is computed at a time, in the order in which they were asked for. Rasa never sees
    numbers that belong to a person, and the turn does what has to be done outside of it: forget the conversation, or
    pass the wish for call-back on to staff with its number.
    """

    def __init__(self, agent: Agent, channel: str) -> None:
        self._agent = agent
        self._channel = channel

    async def take(self, conversation: str, said: Said, again: bool = False) -> Tuple[Message, ...]:
        """As the protocol says. The tracker knows by its id which message was taken, and what was said to it."""
        return await thinking().do(self._take(conversation, said, again))

    async def greet(self, conversation: str) -> Tuple[Message, ...]:
        """As the protocol says; an owner who comes in again, with a question open, is only greeted."""
        return await thinking().do(self._act(conversation, _GREETING))

    async def comfort(self, conversation: str) -> Tuple[Message, ...]:
        """As the protocol says; what follows is met as after a message of distress."""
        return await thinking().do(self._act(conversation, _COMFORT))

    async def asks(self, conversation: str) -> bool:
        """As the protocol says."""
        return await thinking().do(self._asks(conversation))

    async def _asks(self, conversation: str) -> bool:
        tracker = await self._agent.tracker_store.retrieve(conversation)
        return tracker is not None and tracker.get_slot(_WAITING_QUESTION) is not None

    async def _take(self, conversation: str, said: Said, again: bool) -> Tuple[Message, ...]:
        began = time.time()
        replies = await self._said_to(conversation, said.id) if again else None
        if replies is None:
            collected = CollectedReplies()
            metadata = {PRESSED: said.pressed} if said.pressed else None
            text = masked(said.text)
            message = UserMessage(text, collected, conversation, None, self._channel, said.id, metadata)
            await self._agent.handle_message(message)
            replies = collected.messages
        messages = tuple(map(message_from_reply, replies))
        if any(reply.get(_EFFECT) == _CALL_BACK for reply in replies):
            await asyncio.to_thread(_pass_on_wish, conversation, said.text)
        to_forget = any(isinstance(message.part, Forgotten) for message in messages)
        if to_forget or await asyncio.to_thread(was_forgotten, database(), conversation, began):
            async with self._agent.lock_store.lock(conversation):
                await asyncio.to_thread(forget, self._agent.tracker_store, database(), conversation)
        return messages

    async def _act(self, conversation: str, action: str) -> Tuple[Message, ...]:
        """Act and then listen: Rasa answers an owner's message with nothing where the bot was not listening."""
        collected = CollectedReplies()
        async with self._agent.lock_store.lock(conversation):
            for name in (action, ACTION_LISTEN_NAME):
                await self._agent.execute_action(conversation, name, collected, None, None)
        return tuple(map(message_from_reply, collected.messages))

    async def _said_to(self, conversation: str, message_id: str) -> Optional[_Replies]:
        """The bot's replies to the owner's message of this id; None where the conversation has none such."""
        tracker = await self._agent.tracker_store.retrieve_full_tracker(conversation)
        heard, replies = False, list[Mapping[str, Any]]()
        for event in tracker.events if tracker else ():
            if isinstance(event, UserUttered):
                if heard:
                    break
                heard = event.message_id == message_id
            elif heard and isinstance(event, BotUttered):
                replies.append(event.message())
        return replies if heard else None


def _pass_on_wish(conversation: str, wish: str) -> None:
    """Keep the wish with its number in the handoff, where staff erases it; the action has kept it without.

    Where that fails, staff still has the wish, and the conversation to answer in.
    """
    try:
        handoffs().wish_call_back(conversation, wish[:_LONGEST_WISH])
    except StoreError:
        _LOGGER.exception("a wish for call-back reached staff without its number")


class CollectedReplies(CollectingOutputChannel):
    """Collects the replies of one turn as {"recipient_id", "text"} and, where there is a message part, "custom"."""

    async def send_response(self, recipient_id: Text, message: Dict[Text, Any]) -> None:
        """Keep one reply whole, text and part together."""
        reply = {"recipient_id": recipient_id, "text": message.get("text") or ""}
        more: List[str] = [key for key in ("custom", _EFFECT) if message.get(key)]
        self.messages.append({**reply, **{key: message[key] for key in more}})
