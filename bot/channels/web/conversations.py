"""An owner's message on its way through a turn: kept first, taken once, answered with what was said to it."""

from __future__ import annotations

import asyncio
import logging
import math
import os
import socket
import time
import uuid
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import AsyncIterator, Callable, Dict, Sequence, Tuple
from weakref import WeakValueDictionary

from bot.channels.complaints import complaint
from bot.channels.hold import Hold
from bot.channels.web.streams import Streams
from bot.frame.holding import saved_only_if
from bot.frame.thinking import TooBusyError
from bot.frame.turns import Said, Turns
from bot.messages import Forgotten, Message
from bot.store import (
    Author,
    Entry,
    Exchange,
    ForgottenError,
    Heard,
    IdReusedError,
    LostHoldError,
    StoreError,
    Transcripts,
)

_LOOK_AGAIN_S = 0.1
_FINISH_WITHIN_S = 10.0
_LOGGER = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Running:
    heard: Heard
    task: "asyncio.Task[Exchange]"


class TurnFailedError(Exception):
    """The bot could not answer; the same message may come again."""


class Conversations:
    """The conversations on the website, whose transcripts other processes may share.

    A turn goes on when the owner's page has gone: what is said to them waits in the transcript.
    """

    def __init__(self, transcripts: Transcripts, streams: Streams, clock: Callable[[], float] = time.monotonic) -> None:
        self._transcripts = transcripts
        self._streams = streams
        self._clock = clock
        self._worker = f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex}"
        self._alone: "WeakValueDictionary[str, asyncio.Lock]" = WeakValueDictionary()
        self._running: Dict[Tuple[str, str], _Running] = {}

    async def open(self, turns: Turns, conversation: str) -> Tuple[Entry, ...]:
        """Begin a new conversation with the bot's greeting. Raises TurnFailedError, TooBusyError, StoreError."""
        try:
            greeting = await turns.greet(conversation)
        except TooBusyError:
            raise
        except Exception as error:
            raise _failed(error) from error
        return await asyncio.to_thread(self._transcripts.append, conversation, Author.BOT, greeting)

    async def say(self, turns: Turns, conversation: str, heard: Heard, start_by: float = math.inf) -> Exchange:
        """An owner's message and what the bot says to it; the same message again gives the same.

        Where the owner had the conversation forgotten, nothing of the exchange is kept.

        Raises IdReusedError, ForgottenError, TurnFailedError, StoreError, and TooBusyError where another message of the
        conversation, or the turns of others, are in the way until `start_by` (by the clock handed in). The message may
        come again.
        """
        key = (conversation, heard.client_id)
        if key not in self._running:
            task = asyncio.create_task(self._hear_and_answer(turns, conversation, heard, start_by))
            self._running[key] = _Running(heard, task)
            task.add_done_callback(lambda done: self._ended(key, done))
        if not heard.is_same(self._running[key].heard):
            raise IdReusedError(heard.client_id)
        return await asyncio.shield(self._running[key].task)

    async def finish(self) -> None:
        """Wait until the turns that have begun are over; one that hangs is left to whoever gets its message again."""
        turns = [running.task for running in self._running.values()]
        if turns:
            await asyncio.wait(turns, timeout=_FINISH_WITHIN_S)

    def _ended(self, key: Tuple[str, str], task: "asyncio.Task[Exchange]") -> None:
        del self._running[key]
        if not task.cancelled():
            task.exception()  # said to whoever waits; nobody may be waiting any more

    async def _hear_and_answer(self, turns: Turns, conversation: str, heard: Heard, start_by: float) -> Exchange:
        async with self._alone_by(conversation, start_by):
            while True:
                hearing = await asyncio.to_thread(self._transcripts.hear, conversation, heard, self._worker)
                if hearing.exchange.replies is not None:
                    return hearing.exchange
                if hearing.attempt is None:
                    if self._clock() >= start_by:
                        raise TooBusyError
                    await asyncio.sleep(_LOOK_AGAIN_S)  # another process works on the conversation
                    continue
                try:
                    return await self._answer(turns, conversation, hearing.exchange.owner, heard, hearing.attempt > 1)
                except LostHoldError:
                    _LOGGER.error("another process took a turn over while this one stood still; its answer counts")

    @asynccontextmanager
    async def _alone_by(self, conversation: str, start_by: float) -> AsyncIterator[None]:
        """No other message of a conversation is worked on here meanwhile. Raises TooBusyError where that takes long."""
        lock = self._alone.setdefault(conversation, asyncio.Lock())
        within_s = None if start_by == math.inf else max(0.0, start_by - self._clock())
        try:
            await asyncio.wait_for(lock.acquire(), within_s)
        except asyncio.TimeoutError:
            raise TooBusyError from None
        try:
            yield
        finally:
            lock.release()

    async def _answer(self, turns: Turns, conversation: str, owner: Entry, heard: Heard, again: bool) -> Exchange:
        hold = Hold(self._transcripts.lease_s, lambda: self._transcripts.renew(conversation, self._worker))
        said = Said(heard.client_id, heard.words, heard.choice)
        try:
            with self._streams.typing(conversation), hold.renewed(), saved_only_if(hold.check):
                messages = await turns.take(conversation, said, again)
                if any(isinstance(message.part, Forgotten) for message in messages):
                    return _not_kept(owner, messages)
                return await asyncio.to_thread(
                    self._transcripts.answer, conversation, heard.client_id, messages, self._worker
                )
        except (LostHoldError, ForgottenError):  # by another process; by somebody else, at this very moment
            raise
        except StoreError as error:  # asked once more, the store would only keep the owner waiting; the lease runs out
            raise _failed(error) from error
        except Exception as error:
            await asyncio.to_thread(self._transcripts.let_go, conversation, self._worker)
            if isinstance(error, TooBusyError):
                raise
            raise _failed(error) from error


def _not_kept(owner: Entry, messages: Sequence[Message]) -> Exchange:
    """The exchange that ends a conversation: its owner hears it, and nobody keeps it."""
    now = datetime.now(timezone.utc)
    told = (Entry(owner.seq + number, Author.BOT, message, now) for number, message in enumerate(messages, start=1))
    return Exchange(owner, tuple(told))


def _failed(error: Exception) -> TurnFailedError:
    """Says in the log where a turn failed."""
    _LOGGER.error("a turn on the website failed: %s", complaint(error))
    return TurnFailedError()
