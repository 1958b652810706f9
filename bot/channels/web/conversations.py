"""An owner's message on its way through a turn: kept first, taken once, answered with what was said to it."""

from __future__ import annotations

import asyncio
import logging
import os
import socket
import traceback
import uuid
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Dict, Sequence, Tuple
from weakref import WeakValueDictionary

from bot.channels.web.streams import Streams
from bot.frame.turns import Said, Turns
from bot.messages import Forgotten, Message
from bot.store import Author, Entry, Exchange, ForgottenError, Heard, IdReusedError, Transcripts

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

    def __init__(self, transcripts: Transcripts, streams: Streams) -> None:
        self._transcripts = transcripts
        self._streams = streams
        self._worker = f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex}"
        self._alone: "WeakValueDictionary[str, asyncio.Lock]" = WeakValueDictionary()
        self._running: Dict[Tuple[str, str], _Running] = {}

    async def open(self, turns: Turns, conversation: str) -> Tuple[Entry, ...]:
        """Begin a new conversation with the bot's greeting. Raises TurnFailedError, StoreError."""
        try:
            greeting = await turns.greet(conversation)
        except Exception as error:
            raise _failed(error) from error
        return await asyncio.to_thread(self._transcripts.append, conversation, Author.BOT, greeting)

    async def say(self, turns: Turns, conversation: str, heard: Heard) -> Exchange:
        """An owner's message and what the bot says to it; the same message again gives the same.

        Where the owner had the conversation forgotten, nothing of the exchange is kept.

        Raises IdReusedError, ForgottenError, TurnFailedError, StoreError.
        """
        key = (conversation, heard.client_id)
        if key not in self._running:
            task = asyncio.create_task(self._hear_and_answer(turns, conversation, heard))
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

    async def _hear_and_answer(self, turns: Turns, conversation: str, heard: Heard) -> Exchange:
        lock = self._alone.setdefault(conversation, asyncio.Lock())
        async with lock:
            hearing = await asyncio.to_thread(self._transcripts.hear, conversation, heard, self._worker)
            while hearing.attempt is None:
                if hearing.exchange.replies is not None:
                    return hearing.exchange
                await asyncio.sleep(_LOOK_AGAIN_S)  # another process works on the conversation
                hearing = await asyncio.to_thread(self._transcripts.hear, conversation, heard, self._worker)
            owner, again = hearing.exchange.owner, hearing.attempt > 1
            return await self._answer(
                turns, conversation, owner, Said(heard.client_id, heard.words, heard.choice), again
            )

    async def _answer(self, turns: Turns, conversation: str, owner: Entry, said: Said, again: bool) -> Exchange:
        renewal = asyncio.create_task(self._renew(conversation))
        try:
            with self._streams.typing(conversation):
                messages = await turns.take(conversation, said, again)
                if any(isinstance(message.part, Forgotten) for message in messages):
                    return _not_kept(owner, messages)
                return await asyncio.to_thread(self._transcripts.answer, conversation, said.id, messages)
        except ForgottenError:  # at this very moment, by somebody else
            raise
        except Exception as error:
            await asyncio.to_thread(self._transcripts.let_go, conversation, self._worker)
            raise _failed(error) from error
        finally:
            renewal.cancel()

    async def _renew(self, conversation: str) -> None:
        while True:
            await asyncio.sleep(self._transcripts.lease_s / 3)
            await asyncio.to_thread(self._transcripts.renew, conversation, self._worker)


def _not_kept(owner: Entry, messages: Sequence[Message]) -> Exchange:
    """The exchange that ends a conversation: its owner hears it, and nobody keeps it."""
    now = datetime.now(timezone.utc)
    told = (Entry(owner.seq + number, Author.BOT, message, now) for number, message in enumerate(messages, start=1))
    return Exchange(owner, tuple(told))


def _failed(error: Exception) -> TurnFailedError:
    """Says in the log where a turn failed, without what the error says: that may hold an owner's words."""
    where = "".join(traceback.format_tb(error.__traceback__))
    _LOGGER.error("a turn on the website failed with %s:\n%s", type(error).__name__, where)
    return TurnFailedError()
