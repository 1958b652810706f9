"""One turn of a conversation for any channel: an owner's message in, the bot's messages out."""

from __future__ import annotations

import asyncio
import logging
import time
import uuid
from copy import copy
from dataclasses import dataclass, replace
from typing import AbstractSet, Any, Callable, Coroutine, Dict, Mapping, Optional, Protocol, Sequence, Text, Tuple

from rasa.core.agent import Agent
from rasa.core.channels.channel import CollectingOutputChannel, UserMessage
from rasa.shared.core.events import BotUttered, UserUttered

from bot.consult.answering.person import CALL_BACK_NOTED
from bot.consult.answering.rating import RATED_NOT_USEFUL, RATED_USEFUL, RATED_WHY
from bot.consult.reading.understood import PRESSED
from bot.consult.scene import EffectKind
from bot.consult.state.kept import consultation_in
from bot.frame.forgetting import forget
from bot.frame.holding import check_still_held, saved_only_if
from bot.frame.order import Place
from bot.frame.plan import plan_in
from bot.frame.recording import Taken, Watched, recorder, watching
from bot.frame.thinking import thinking
from bot.masking import masked
from bot.messages import COMES_IN, Forgotten, Message, message_from_reply
from bot.operator.desk import desk
from bot.store import ChangedHandsError, Ratings, StoreError, Turnstile, database, handoffs
from bot.store.retention import was_forgotten

_RESPONSE = "utter_action"  # under which Rasa keeps the name of a response beside its words
_LONGEST_WISH = 1000
_MOST_TIMES_ANEW = 3
_CHANGES_HANDS = (EffectKind.CALL_STAFF, EffectKind.TAKE_BACK)
_MODEL = ".tar.gz"
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
    conversation, pass the wish for call-back on to staff with its number, record the turn for staff. What is tried out
    and comes from no owner is not `for_staff`; whoever tries it out may have it `told`, also where it ends with the
    conversation being forgotten. `clock` says when a message came (Unix seconds).
    """

    def __init__(
        self,
        agent: Agent,
        channel: str,
        address: Optional[str] = None,
        start_by: Optional[float] = None,
        for_staff: bool = True,
        clock: Callable[[], float] = time.time,
        told: Optional[Callable[[Taken], None]] = None,
    ) -> None:
        self._agent = agent
        self._channel = channel
        self._address = address
        self._start_by = start_by
        self._for_staff = for_staff
        self._clock = clock
        self._told = told

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
        began = self._clock()
        taken = await self._taken_before(conversation, said) if again else None
        if taken is None:
            taken = await self._taken_now(conversation, said, began)
        if self._told is not None:
            self._told(taken)
        messages = tuple(message for _, message in taken.said)
        if any(response == CALL_BACK_NOTED for response, _ in taken.said):
            await asyncio.to_thread(_pass_on_wish, conversation, said.text)
        rated = {response for response, _ in taken.said} & {RATED_USEFUL, RATED_NOT_USEFUL, RATED_WHY}
        if rated:
            await asyncio.to_thread(_keep_rating, conversation, said.text, rated)
        to_forget = any(isinstance(message.part, Forgotten) for message in messages)
        if to_forget or await asyncio.to_thread(was_forgotten, database(), conversation, began):
            await check_still_held()  # whoever took over has forgotten it, and says so
            async with self._agent.lock_store.lock(conversation):
                await asyncio.to_thread(forget, self._agent.tracker_store, database(), conversation)
        elif self._for_staff:
            recorder().add(taken, began, database())
        return messages

    async def _taken_now(self, conversation: str, said: Said, began: float) -> Taken:
        """The turn, decided anew where the conversation changed hands before it was saved."""
        for _ in range(_MOST_TIMES_ANEW):
            try:
                return await self._taken_once(conversation, said, began)
            except ChangedHandsError:
                _LOGGER.info("a turn is decided anew: its conversation changed hands")
        return await self._taken_once(conversation, said, began)

    async def _taken_once(self, conversation: str, said: Said, began: float) -> Taken:
        collected = CollectedReplies()
        metadata = {PRESSED: said.pressed} if said.pressed else None
        clock = time.perf_counter()
        message = UserMessage(masked(said.text), collected, conversation, None, self._channel, said.id, metadata)
        agent = copy(self._agent)  # staff may change the model meanwhile (bot/serving/learning.py); a turn has one
        with watching() as watched, saved_only_if(lambda: _begin_to_speak(conversation, watched)):
            await agent.handle_message(message)
        taken = self._taken(conversation, said, began, collected.messages)
        took_ms = 1000 * (time.perf_counter() - clock)
        return replace(taken, decided=watched.decided, milliseconds=took_ms, model=_name_of_model(agent))

    async def _taken_before(self, conversation: str, said: Said) -> Optional[Taken]:
        """The turn of the message of this id, as far as the conversation knows it; None where it has none such."""
        tracker = await self._agent.tracker_store.retrieve_full_tracker(conversation)
        heard: Optional[UserUttered] = None
        replies = list[Mapping[str, Any]]()
        is_the_last = True
        for event in tracker.events if tracker else ():
            if isinstance(event, UserUttered):
                if heard is not None:
                    is_the_last = False
                    break
                heard = event if event.message_id == said.id else None
            elif heard is not None and isinstance(event, BotUttered):
                replies.append(event.message())
        if heard is None:
            return None
        taken = self._taken(conversation, said, heard.timestamp, replies)
        by, after = plan_in(tracker.get_slot).by, consultation_in(tracker.get_slot)
        return replace(taken, by=by, after=after, is_the_last=is_the_last)

    def _taken(self, conversation: str, said: Said, at: float, replies: Sequence[Mapping[str, Any]]) -> Taken:
        spoken = tuple((str(reply.get(_RESPONSE) or ""), message_from_reply(reply)) for reply in replies)
        return Taken(conversation, self._channel, said.id, at, masked(said.text), said.pressed, spoken)


def _name_of_model(agent: Agent) -> str:
    """The name of the trained model: it has the fingerprint of what it was made from."""
    file: str = agent.processor.model_filename
    return file.removesuffix(_MODEL)


async def _begin_to_speak(conversation: str, watched: Watched) -> None:
    """From here until the turn's answer is sent nobody of staff takes the conversation over.

    Raises ChangedHandsError where somebody has, or gave it back, since the turn was decided.
    """
    decided = watched.decided
    if decided is None or not desk().staff:
        return
    changes_it = any(effect.kind in _CHANGES_HANDS for effect in decided.turn.effects)
    await asyncio.to_thread(Turnstile(database()).begin_to_speak, conversation, decided.theirs, changes_it)


def _pass_on_wish(conversation: str, wish: str) -> None:
    """Keep the wish with its number in the handoff, where staff erases it; the action has kept it without.

    Where that fails, staff still has the wish, and the conversation to answer in.
    """
    try:
        handoffs().wish_call_back(conversation, wish[:_LONGEST_WISH])
    except StoreError:
        _LOGGER.exception("a wish for call-back reached staff without its number")


def _keep_rating(conversation: str, words: str, said: AbstractSet[str]) -> None:
    """Keep whether the consultation was of use, and why, by what was said to it.

    Where that fails it is lost: the owner was thanked, and is not asked again.
    """
    try:
        for response, useful in ((RATED_USEFUL, True), (RATED_NOT_USEFUL, False)):
            if response in said:
                Ratings(database()).rate(conversation, useful)
        if RATED_WHY in said:
            Ratings(database()).say_why(conversation, words)
    except StoreError:
        _LOGGER.exception("a rating is not kept")


class CollectedReplies(CollectingOutputChannel):
    """Collects the replies of one turn as {"recipient_id", "text"}, with the message part as "custom" where there is
    one, and the name of the response.
    """

    async def send_response(self, recipient_id: Text, message: Dict[Text, Any]) -> None:
        """Keep one reply whole, text and part together."""
        reply = {"recipient_id": recipient_id, "text": message.get("text") or ""}
        self.messages.append({**reply, **{key: message[key] for key in ("custom", _RESPONSE) if message.get(key)}})
