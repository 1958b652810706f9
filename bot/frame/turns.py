"""One turn of a conversation for any channel: an owner's message in, the bot's messages out."""

from __future__ import annotations

import asyncio
import logging
import time
import uuid
from dataclasses import dataclass
from typing import Any, Coroutine, Dict, Mapping, Optional, Protocol, Sequence, Text, Tuple

from rasa.core.agent import Agent
from rasa.core.channels.channel import CollectingOutputChannel, UserMessage
from rasa.shared.core.events import BotUttered, UserUttered

from bot.consult.answering.person import CALL_BACK_NOTED
from bot.consult.reading.understood import PRESSED
from bot.consult.state.kept import consultation_in
from bot.frame.forgetting import forget
from bot.frame.holding import check_still_held
from bot.frame.order import Place
from bot.frame.thinking import thinking
from bot.masking import masked
from bot.messages import COMES_IN, Forgotten, Message, message_from_reply
from bot.store import StoreError, database, handoffs
from bot.store.retention import was_forgotten

_RESPONSE = "utter_action"  # under which Rasa keeps the name of a response beside its words
_LONGEST_WISH = 1000
_Replies = Sequence[Mapping[str, Any]]
_LOGGER = logging.getLogger(__name__)


@dataclass(frozen=True)
class Said:
    """What an owner sent. `id` names it once and for all; `pressed` is the id of the choice whose label `text` is.

    `text` are the words as they came, as far as the channel still has them: numbers in them are hidden by the turn.
    What bot.messages.AT_ANY_TIME names can be pressed at any time; the others where they were offered.
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

    However many are asked for, two are under way at a time, in a fair order between addresses: `address` is the one
    that the turns count for, by default each conversation its own. A turn that has not begun at `start_by`
    (`time.monotonic()`) is not taken, and raises TooBusyError; by default it waits.

    Rasa never sees numbers that belong to a person, and the turn does what has to be done outside of it: forget the
    conversation, or pass the wish for call-back on to staff with its number.
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
        if any(reply.get(_RESPONSE) == CALL_BACK_NOTED for reply in replies):
            await asyncio.to_thread(_pass_on_wish, conversation, said.text)
        to_forget = any(isinstance(message.part, Forgotten) for message in messages)
        if to_forget or await asyncio.to_thread(was_forgotten, database(), conversation, began):
            await check_still_held()  # whoever took over has forgotten it, and says so
            async with self._agent.lock_store.lock(conversation):
                await asyncio.to_thread(forget, self._agent.tracker_store, database(), conversation)
        return messages

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
    """Collects the replies of one turn as {"recipient_id", "text"}, with the message part as "custom" where there is
    one, and the name of the response.
    """

    async def send_response(self, recipient_id: Text, message: Dict[Text, Any]) -> None:
        """Keep one reply whole, text and part together."""
        reply = {"recipient_id": recipient_id, "text": message.get("text") or ""}
        self.messages.append({**reply, **{key: message[key] for key in ("custom", _RESPONSE) if message.get(key)}})
