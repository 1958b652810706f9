"""Open pages: each learns at once what was said in its conversation, here or in another process."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from contextlib import contextmanager
from datetime import datetime, timezone
from typing import Any, AsyncGenerator, Dict, Iterator, Mapping, Optional, Set

from bot.channels.web.admission import Crowd
from bot.channels.web.sessions import Session
from bot.messages import part_to_json
from bot.store import Entry, StoreError, Transcripts

# A proxy closes a connection on which nothing comes for long: nginx after a minute (proxy_read_timeout).
KEEP_ALIVE_S = 15.0
MOST_PER_SESSION = 4
_LOOK_S = 0.8
# Most turns are over sooner. Looking into the store for open pages meanwhile would only keep the turn from its answer.
_THINKS_LONG_S = 0.15
# The page that asked gets its answer first; whatever else is open learns of it from the stream.
_AFTER_THE_ANSWER_S = 0.02
_END_WITHIN_S = 1.0
_LOGGER = logging.getLogger(__name__)


class TooManyStreamsError(Exception):
    """A conversation has as many open pages as it may have."""


class NoRoomError(Exception):
    """The process, or an address, has as many open pages as the operator allows."""


class Stream:
    """One open page: how far it has been told, and whether it was told that the bot is thinking."""

    def __init__(self, session: Session, address: Optional[str], seq: int) -> None:
        self.session = session
        self.address = address
        self.seq = seq
        self.typing = False
        self.woken = asyncio.Event()


class Streams:
    """All open pages of this process.

    What is said here is told at once (`wake`). What other processes say is found by one look into the store a second
    for all pages together. A page that hears nothing for `keep_alive_s` seconds gets a comment.
    """

    def __init__(self, transcripts: Transcripts, crowd: Crowd, keep_alive_s: float = KEEP_ALIVE_S) -> None:
        self._transcripts = transcripts
        self._crowd = crowd
        self._keep_alive_s = keep_alive_s
        self._open: Dict[str, Set[Stream]] = {}
        self._typing: Set[str] = set()
        self._watch: Optional["asyncio.Task[None]"] = None

    def start(self) -> None:
        """Begin to look for what other processes say. Call it within the event loop that serves."""
        self._watch = asyncio.create_task(self._look_for_others())

    async def stop(self) -> None:
        """End all streams, and return when they have ended, or when a page that reads nothing holds its own up."""
        if self._watch is not None:
            self._watch.cancel()
        self._watch = None
        end = time.monotonic() + _END_WITHIN_S
        while self._open and time.monotonic() < end:
            for conversation in self._open:
                self.wake(conversation)
            await asyncio.sleep(0.01)

    def wake(self, conversation: str) -> None:
        """Something was said in a conversation."""
        for stream in self._open.get(conversation, ()):
            stream.woken.set()

    @contextmanager
    def typing(self, conversation: str) -> Iterator[None]:
        """As long as this lasts, the bot is thinking about what an owner said. Pages are told where it takes long.

        What was said by then is told along; what was said in it, right after it. Call it within the event loop.
        """
        loop = asyncio.get_running_loop()
        long = loop.call_later(_THINKS_LONG_S, self._think, conversation)
        try:
            yield
        finally:
            long.cancel()
            self._typing.discard(conversation)
            loop.call_later(_AFTER_THE_ANSWER_S, self.wake, conversation)

    def _think(self, conversation: str) -> None:
        self._typing.add(conversation)
        self.wake(conversation)

    async def events(
        self, session: Session, address: Optional[str], last_seen: Optional[int]
    ) -> AsyncGenerator[str, None]:
        """The server-sent events for a page that has seen everything up to `last_seen`, by default all there is.

        `address` is the one that the page counts for. Raises TooManyStreamsError and NoRoomError at the start,
        StoreError and ForgottenError at any time. Ends with the session, or as the server stops.
        """
        stream = self._opened(session, address)
        try:
            known = await asyncio.to_thread(self._transcripts.newest, [session.conversation])
            newest = known.get(session.conversation, 0)
            if newest == 0:
                await asyncio.to_thread(self._transcripts.after, session.conversation, 0)
            stream.seq = newest if last_seen is None else min(last_seen, newest)
            yield ": open\n\n"
            while self._watch is not None and datetime.now(timezone.utc) < session.expires_at:
                for event in await self._news(stream):
                    yield event
                if not await _woken_within(stream, self._keep_alive_s):
                    yield ": keep-alive\n\n"
        finally:
            self._close(stream)

    def _opened(self, session: Session, address: Optional[str]) -> Stream:
        of_session = self._open.get(session.conversation, set())
        if len(of_session) >= MOST_PER_SESSION:
            raise TooManyStreamsError
        if not self._crowd.enter(address):
            raise NoRoomError
        stream = Stream(session, address, 0)
        self._open.setdefault(session.conversation, of_session).add(stream)
        return stream

    def _close(self, stream: Stream) -> None:
        conversation = stream.session.conversation
        self._crowd.leave(stream.address)
        self._open[conversation].discard(stream)
        if not self._open[conversation]:
            del self._open[conversation]

    async def _news(self, stream: Stream) -> "list[str]":
        """What a page does not know yet. It is told that the bot has stopped thinking after what the bot said."""
        conversation = stream.session.conversation
        typing = conversation in self._typing
        entries = await asyncio.to_thread(self._transcripts.after, conversation, stream.seq)
        events = [_event(entry) for entry in entries]
        stream.seq = entries[-1].seq if entries else stream.seq
        typing = typing and conversation in self._typing
        if typing != stream.typing:
            stream.typing = typing
            events.append(f"event: typing\ndata: {json.dumps({'typing': typing})}\n\n")
        return events

    async def _look_for_others(self) -> None:
        while True:
            await asyncio.sleep(_LOOK_S)
            try:
                newest = await asyncio.to_thread(self._transcripts.newest, list(self._open))
            except StoreError:
                _LOGGER.exception("what others say is not found; looking again in a second")
                continue
            for conversation, streams in self._open.items():
                for stream in streams:
                    if newest.get(conversation, 0) != stream.seq:  # more was said, or all of it is forgotten
                        stream.woken.set()


async def _woken_within(stream: Stream, seconds: float) -> bool:
    try:
        await asyncio.wait_for(stream.woken.wait(), seconds)
    except asyncio.TimeoutError:
        return False
    stream.woken.clear()
    return True


def entry_to_json(entry: Entry) -> Mapping[str, Any]:
    """An entry as pages get it."""
    part = entry.message.part
    return {
        "seq": entry.seq,
        "from": entry.author.value,
        "id": entry.client_id,
        "text": entry.message.words,
        "plain": entry.message.plain(),
        "part": part_to_json(part) if part is not None else None,
        "at": entry.at.isoformat(timespec="milliseconds"),
    }


def _event(entry: Entry) -> str:
    """An entry as a server-sent event (https://html.spec.whatwg.org/#server-sent-events): JSON has no line ends."""
    return f"id: {entry.seq}\nevent: message\ndata: {json.dumps(entry_to_json(entry), ensure_ascii=False)}\n\n"
