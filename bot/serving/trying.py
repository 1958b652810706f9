"""The bot that serves, for staff to try out: the same model, policy and actions, in conversations of their own.

These are in the memory of this process, and what an action does outside (a handoff, a sheet) is done in a store of
their own that is thrown away: nobody is called, nothing is counted, nothing is sent.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
import uuid
from collections import OrderedDict
from copy import copy
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Callable, Coroutine, List, Mapping, Optional, Sequence, Tuple

from rasa.core.agent import Agent
from rasa.core.lock_store import InMemoryLockStore
from rasa.core.tracker_store import InMemoryTrackerStore

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
    model, all that was sent before is said once more.
    """

    def __init__(self, agent: Callable[[], Optional[Agent]], clock: Callable[[], float] = time.monotonic) -> None:
        self._agent = agent
        self._clock = clock
        self._talks: "OrderedDict[Tuple[Sent, ...], _Talk]" = OrderedDict()
        self._apart: Optional[_Apart] = None
        self._sweeping: Optional[asyncio.TimerHandle] = None

    @property
    def at_any_time(self) -> Tuple[Choice, ...]:
        """As the protocol says."""
        return (*at_any_time(), wish_to_be_forgotten(), way_back())

    async def play(self, sent: Sequence[Sent]) -> Tuple[TurnRecord, ...]:
        """As the protocol says."""
        apart = await self._apart_now()
        if not sent:
            return ()
        known = self._talks.get(tuple(sent))
        if known is not None:
            return tuple(known.turns)
        talk = self._taken_up(sent)
        try:
            for message in sent[len(talk.sent) :]:
                talk.turns.append(replace(await apart.take(talk.conversation, message), number=len(talk.turns) + 1))
                talk.sent.append(message)
        except TooBusyError as error:
            raise BusyEngineError from error
        finally:
            await self._keep(apart, talk)
        return tuple(talk.turns)

    async def judge(self, title: str, lines: Sequence[Mapping[str, Any]]) -> Judged:
        """As the protocol says."""
        apart, conversation = await self._apart_now(), _new_name()
        try:
            outcome = await hold_to_the_end(apart.agent, Dialogue(title, "", tuple(lines)), conversation, apart.in_turn)
        except TooBusyError as error:
            raise BusyEngineError from error
        finally:
            await apart.forget(conversation)
        turns = tuple(HeldTurn(turn.owner, turn.by, turn.text) for turn in outcome.turns)
        found = (
            Difference(one.line, one.key, one.expected, one.now, one.told, one.leaves_nothing)
            for one in outcome.differences
        )
        return Judged(turns, tuple(found))

    async def story_goes(self, text: str) -> Optional[str]:
        """As the protocol says."""
        apart, conversation = await self._apart_now(), _new_name()
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "story.yml"
            file.write_text(text, encoding="utf-8")
            [story] = stories_in(file, apart.agent.domain)
        try:
            return await play(apart.agent, story, conversation, apart.in_turn)
        except TooBusyError as error:
            raise BusyEngineError from error
        finally:
            await apart.forget(conversation)

    async def _apart_now(self) -> "_Apart":
        """What the agent of this moment is tried out with."""
        agent = self._agent()
        if agent is None or agent.processor is None:
            raise NoEngineError
        if self._apart is None or self._apart.processor is not agent.processor:
            self._talks.clear()
            self._apart = await asyncio.to_thread(_Apart, agent)
        return self._apart

    def _taken_up(self, sent: Sequence[Sent]) -> _Talk:
        """The conversation in which most of it was sent already, and nothing else; a new one where there is none."""
        for length in range(len(sent), 0, -1):
            talk = self._talks.pop(tuple(sent[:length]), None)
            if talk is not None:
                return talk
        return _Talk(_new_name())

    async def _keep(self, apart: "_Apart", talk: _Talk) -> None:
        if apart is not self._apart:  # another model came meanwhile
            await apart.forget(talk.conversation)
            return
        talk.until = self._clock() + _FOR_S
        key = tuple(talk.sent)
        same = self._talks.pop(key, None)  # two pages of one trial
        self._talks[key] = talk
        if same is not None:
            await apart.forget(same.conversation)
        await self._let_old_ones_go()
        if self._sweeping is None:
            self._sweep_later()

    async def _let_old_ones_go(self) -> None:
        while self._talks and self._apart is not None:
            key, oldest = next(iter(self._talks.items()))
            if len(self._talks) <= _MOST and oldest.until > self._clock():
                return
            del self._talks[key]
            await self._apart.forget(oldest.conversation)

    def _sweep_later(self) -> None:
        loop = asyncio.get_running_loop()
        self._sweeping = loop.call_later(_FOR_S, lambda: loop.create_task(self._sweep()))

    async def _sweep(self) -> None:
        self._sweeping = None
        await self._let_old_ones_go()
        if self._talks:
            self._sweep_later()


class _Apart:
    """An agent of the same model that keeps its conversations, and all that comes of them, to itself."""

    def __init__(self, agent: Agent) -> None:
        self.processor = agent.processor
        self._trackers = InMemoryTrackerStore(agent.domain)
        self.agent = copy(agent)
        self.agent.tracker_store = self._trackers
        self.agent.lock_store = InMemoryLockStore()
        self.agent.action_endpoint = ActionsInProcess()  # an action server would know the operator's store alone
        self.agent.processor = copy(agent.processor)
        self.agent.processor.tracker_store = self.agent.tracker_store
        self.agent.processor.lock_store = self.agent.lock_store
        self.agent.processor.action_endpoint = self.agent.action_endpoint
        try:
            self._folder = tempfile.TemporaryDirectory(prefix="kakaritsuke-trial-")
        except OSError as error:
            raise StoreError(f"there is no room to try the bot out in: {error.strerror}") from error
        self._store = Database(str(Path(self._folder.name) / "store.sqlite"))

    async def take(self, conversation: str, sent: Sent) -> TurnRecord:
        """One turn. Raises TooBusyError where it could not begin in time."""
        heard: List[Taken] = []
        start_by = time.monotonic() + _BEGINS_WITHIN_S
        turns = RasaTurns(self.agent, _CHANNEL, _ADDRESS, start_by, for_staff=False, told=heard.append)
        with instead_of_the_operators(self._store):
            await turns.take(conversation, Said(uuid.uuid4().hex, sent.text, sent.pressed))
        return record_of(heard[-1])

    async def in_turn(self, work: Coroutine[Any, Any, Any]) -> Any:
        """What comes of work with the agent, in its turn among those of owners. Raises TooBusyError."""
        with instead_of_the_operators(self._store):
            return await thinking().take_turn(work, Place(_ADDRESS, _new_name()), _BEGINS_WITHIN_S)

    async def forget(self, conversation: str) -> None:
        """Nothing is left of a conversation."""
        self._trackers.store.pop(conversation, None)
        await asyncio.to_thread(forget_conversation, self._store, conversation)


def _new_name() -> str:
    return f"trial-{uuid.uuid4().hex}"
