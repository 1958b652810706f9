"""The bot that serves, for staff to try out: the same model, policy and actions, in conversations of their own.

Beside its model another can be tried out, with the rest as it serves.

These are in the memory of this process, and what an action does outside (a handoff, a sheet) is done in a store of
their own that is thrown away: nobody is called, nothing is counted, nothing is sent.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
import uuid
import weakref
from collections import OrderedDict
from contextlib import asynccontextmanager
from copy import copy
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, AsyncIterator, Awaitable, Callable, Coroutine, List, Mapping, Optional, Sequence, Tuple

from rasa.core.agent import Agent
from rasa.core.lock_store import InMemoryLockStore
from rasa.core.processor import MessageProcessor
from rasa.core.tracker_store import InMemoryTrackerStore
from rasa.shared.core.domain import Domain

from bot.channels.at_any_time import at_any_time, way_back, wish_to_be_forgotten
from bot.console.engine import BusyEngineError, Difference, HeldTurn, Judged, NoEngineError
from bot.evaluation.dialogues import Dialogue, hold_to_the_end
from bot.evaluation.stories import play, stories_in
from bot.frame.action_endpoint import ActionsInProcess
from bot.frame.order import Place
from bot.frame.recording import Taken, record_of
from bot.frame.thinking import TooBusyError, thinking
from bot.frame.turns import RasaTurns, Said
from bot.messages import Choice
from bot.store import Database, Sent, StoreError, TurnRecord, instead_of_the_operators
from bot.store.retention import forget_conversation

_CHANNEL = "trial"
_ADDRESS = "trial"  # all trials count as one address: owners' turns are not kept waiting by many of them
_BEGINS_WITHIN_S = 10.0
# Conversations that can be gone on with without being said once more; some 200 KB each. Not for longer: what an owner
# deletes must not stay in memory because staff tried it out.
_MOST, _FOR_S = 30, 600.0


@dataclass
class _Talk:
    """A conversation that can be gone on with."""

    conversation: str
    sent: List[Sent] = field(default_factory=list)
    turns: List[TurnRecord] = field(default_factory=list)
    until: float = 0.0


class ServingBot:
    """As the console asks (`bot.console.engine.Engine`), by the agent that is there once the server has started.

    A message costs what it costs an owner. Where the conversation is not remembered, by this process and under this
    model, all that was sent before is said once more. `beside` gives the processor of another model, loaded where it is
    not; it raises CannotAnswerError.
    """

    def __init__(
        self,
        agent: Callable[[], Optional[Agent]],
        beside: Callable[[str], Awaitable[MessageProcessor]],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._agent = agent
        self._beside = beside
        self._clock = clock
        self._serving: Optional[_Apart] = None
        self._other: Optional[_Apart] = None

    @property
    def at_any_time(self) -> Tuple[Choice, ...]:
        """As the protocol says."""
        return (*at_any_time(), wish_to_be_forgotten(), way_back())

    async def play(self, sent: Sequence[Sent], model: Optional[str] = None) -> Tuple[TurnRecord, ...]:
        """As the protocol says."""
        agent = self._agent_now()
        if model is None:
            processor = agent.processor
            apart = self._serving = await self._apart_of(agent, processor, self._serving)
        else:
            processor = await self._beside(model)
            apart = self._other = await self._apart_of(agent, processor, self._other)
        try:
            return await apart.play(apart.bot(agent, processor), sent)
        except TooBusyError as error:
            raise BusyEngineError from error

    async def judge(self, title: str, lines: Sequence[Mapping[str, Any]]) -> Judged:
        """As the protocol says."""
        async with self._conversation_apart() as (apart, bot, conversation):
            outcome = await hold_to_the_end(bot, Dialogue(title, "", tuple(lines)), conversation, apart.in_turn)
        turns = tuple(HeldTurn(turn.owner, turn.by, turn.text) for turn in outcome.turns)
        found = (
            Difference(one.line, one.key, one.expected, one.now, one.told, one.leaves_nothing)
            for one in outcome.differences
        )
        return Judged(turns, tuple(found))

    async def story_goes(self, text: str) -> Optional[str]:
        """As the protocol says."""
        async with self._conversation_apart() as (apart, bot, conversation):
            with tempfile.TemporaryDirectory() as folder:
                file = Path(folder) / "story.yml"
                file.write_text(text, encoding="utf-8")
                [story] = stories_in(file, bot.domain)
            return await play(bot, story, conversation, apart.in_turn)

    @asynccontextmanager
    async def _conversation_apart(self) -> AsyncIterator[Tuple["_Apart", Agent, str]]:
        """A conversation with the bot that serves, of which nothing is left behind. Raises BusyEngineError."""
        agent, conversation = self._agent_now(), _new_name()
        apart = self._serving = await self._apart_of(agent, agent.processor, self._serving)
        try:
            yield apart, apart.bot(agent, agent.processor), conversation
        except TooBusyError as error:
            raise BusyEngineError from error
        finally:
            await apart.forget(conversation)

    def _agent_now(self) -> Agent:
        """The agent of this moment, whose model staff may change. Raises NoEngineError."""
        agent = self._agent()
        if agent is None or agent.processor is None:
            raise NoEngineError
        return copy(agent)

    async def _apart_of(self, agent: Agent, processor: MessageProcessor, known: Optional["_Apart"]) -> "_Apart":
        """Where conversations with a model are kept: where they were, or anew where that was another's."""
        if known is not None and known.is_of(processor):
            return known
        if known is not None:
            known.end()
        return await asyncio.to_thread(_Apart, agent.domain, processor, self._clock)


class _Apart:
    """The conversations with one model, and all that comes of them, apart from those of owners.

    The model itself is not held: it goes when whoever loaded it lets it go.
    """

    def __init__(self, domain: Domain, processor: MessageProcessor, clock: Callable[[], float]) -> None:
        self._processor = weakref.ref(processor)
        self._clock = clock
        self._talks: "OrderedDict[Tuple[Sent, ...], _Talk]" = OrderedDict()
        self._sweeping: Optional[asyncio.TimerHandle] = None
        self._has_ended = False
        self._trackers = InMemoryTrackerStore(domain)
        self._locks = InMemoryLockStore()
        self._actions = ActionsInProcess()  # an action server would know the operator's store alone
        try:
            self._folder = tempfile.TemporaryDirectory(prefix="kakaritsuke-trial-")
        except OSError as error:
            raise StoreError(f"there is no room to try the bot out in: {error.strerror}") from error
        self._store = Database(str(Path(self._folder.name) / "store.sqlite"))

    def is_of(self, processor: MessageProcessor) -> bool:
        """Whether these are conversations with this model."""
        return self._processor() is processor

    def bot(self, agent: Agent, processor: MessageProcessor) -> Agent:
        """The bot that serves, with this model and these conversations."""
        bot = copy(agent)
        bot.processor = copy(processor)
        bot.domain = processor.domain
        for part in (bot, bot.processor):
            part.tracker_store, part.lock_store, part.action_endpoint = self._trackers, self._locks, self._actions
        return bot

    async def play(self, bot: Agent, sent: Sequence[Sent]) -> Tuple[TurnRecord, ...]:
        """The turns in which this is sent, as far as they are not remembered. Raises TooBusyError."""
        if not sent:
            return ()
        known = self._talks.get(tuple(sent))
        if known is not None:
            return tuple(known.turns)
        talk = self._taken_up(sent)
        try:
            for message in sent[len(talk.sent) :]:
                talk.turns.append(
                    replace(await self._take(bot, talk.conversation, message), number=len(talk.turns) + 1)
                )
                talk.sent.append(message)
        finally:
            await self._keep(talk)
        return tuple(talk.turns)

    async def in_turn(self, work: Coroutine[Any, Any, Any]) -> Any:
        """What comes of work with the agent, in its turn among those of owners. Raises TooBusyError."""
        with instead_of_the_operators(self._store):
            return await thinking().take_turn(work, Place(_ADDRESS, _new_name()), _BEGINS_WITHIN_S)

    async def forget(self, conversation: str) -> None:
        """Nothing is left of a conversation."""
        self._trackers.store.pop(conversation, None)
        await asyncio.to_thread(forget_conversation, self._store, conversation)

    def end(self) -> None:
        """Another model took the place of this one: nothing of it is remembered from now on."""
        self._has_ended = True
        self._talks.clear()
        if self._sweeping is not None:
            self._sweeping.cancel()

    async def _take(self, bot: Agent, conversation: str, sent: Sent) -> TurnRecord:
        """One turn. Raises TooBusyError where it could not begin in time."""
        heard: List[Taken] = []
        start_by = time.monotonic() + _BEGINS_WITHIN_S
        turns = RasaTurns(bot, _CHANNEL, _ADDRESS, start_by, for_staff=False, told=heard.append)
        with instead_of_the_operators(self._store):
            await turns.take(conversation, Said(uuid.uuid4().hex, sent.text, sent.pressed))
        return record_of(heard[-1])

    def _taken_up(self, sent: Sequence[Sent]) -> _Talk:
        """The conversation in which most of it was sent already, and nothing else; a new one where there is none."""
        for length in range(len(sent), 0, -1):
            talk = self._talks.pop(tuple(sent[:length]), None)
            if talk is not None:
                return talk
        return _Talk(_new_name())

    async def _keep(self, talk: _Talk) -> None:
        if self._has_ended:
            await self.forget(talk.conversation)
            return
        talk.until = self._clock() + _FOR_S
        key = tuple(talk.sent)
        same = self._talks.pop(key, None)  # two pages of one trial
        self._talks[key] = talk
        if same is not None:
            await self.forget(same.conversation)
        await self._let_old_ones_go()
        if self._sweeping is None:
            self._sweep_later()

    async def _let_old_ones_go(self) -> None:
        while self._talks:
            key, oldest = next(iter(self._talks.items()))
            if len(self._talks) <= _MOST and oldest.until > self._clock():
                return
            del self._talks[key]
            await self.forget(oldest.conversation)

    def _sweep_later(self) -> None:
        loop = asyncio.get_running_loop()
        self._sweeping = loop.call_later(_FOR_S, lambda: loop.create_task(self._sweep()))

    async def _sweep(self) -> None:
        self._sweeping = None
        await self._let_old_ones_go()
        if self._talks:
            self._sweep_later()


def _new_name() -> str:
    return f"trial-{uuid.uuid4().hex}"
