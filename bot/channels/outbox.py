"""Sends what people of the staff say to owners on one service: in order, each once, and what is refused stays known."""

from __future__ import annotations

import asyncio
import logging
import time
from typing import Awaitable, Callable, Optional, Sequence, Set, Tuple

from bot.channels.complaints import complaint
from bot.staff_words import StaffWords
from bot.store import Line, StaffLine, StaffLines, StoreError

Send = Callable[[Sequence[StaffLine]], Awaitable[None]]

MOST_ATTEMPTS = 5
UNREACHABLE, GONE, QUOTA, REFUSED = "unreachable", "gone", "quota", "refused"
_LOOK_S = 0.5
_AT_ONCE = 4
_AGAIN_S = 3.0
_LOGGER = logging.getLogger(__name__)


class Outbox:
    """Looks for lines of one channel and hands those of one conversation at a time to `send`, which settles them.

    What `send` raises is tried again some seconds later, and refused in the end. Several processes may look.
    """

    def __init__(self, lines: StaffLines, channel: str, send: Send, look_s: float = _LOOK_S) -> None:
        self._lines = lines
        self._channel = channel
        self._send = send
        self._look_s = look_s
        self._watch: "Optional[asyncio.Task[None]]" = None
        self._sending: "Set[asyncio.Task[None]]" = set()

    def start(self) -> None:
        """Begin to look. Call it within the event loop that serves."""
        self._watch = asyncio.create_task(self._look())

    async def stop(self) -> None:
        """Finish what is being sent, and begin nothing more."""
        if self._watch is not None:
            self._watch.cancel()
        self._watch = None
        await asyncio.gather(*self._sending)

    async def _look(self) -> None:
        while True:
            try:
                while len(self._sending) < _AT_ONCE and (taken := await self._take()):
                    task = asyncio.create_task(self._send_out(taken))
                    self._sending.add(task)
                    task.add_done_callback(self._sending.discard)
            except StoreError as error:
                _LOGGER.error("what staff says on %s is not found: %s", self._channel, error)
            await asyncio.sleep(self._look_s)

    async def _take(self) -> Tuple[StaffLine, ...]:
        return await asyncio.to_thread(self._lines.take, self._channel)

    async def _send_out(self, lines: Sequence[StaffLine]) -> None:
        try:
            await self._send(lines)
        except Exception as error:  # noqa: BLE001  (not swallowed: it is tried again or refused, and staff sees that)
            last = lines[0].attempts >= MOST_ATTEMPTS
            _LOGGER.error("what staff says on %s is not sent: %s", self._channel, complaint(error))
            try:
                if last:
                    await asyncio.to_thread(self._lines.refused, lines, UNREACHABLE)
                else:
                    await asyncio.to_thread(self._lines.let_go, lines, time.time() + _AGAIN_S * lines[0].attempts)
            except StoreError as failure:  # its hold runs out, and it is taken again
                _LOGGER.error("what staff says on %s stays in doubt: %s", self._channel, failure)


def as_read(line: StaffLine, words: StaffWords) -> str:
    """What an owner reads of a line where everything comes under one name."""
    return words.said.format(name=line.shown_as, words=line.words) if line.kind is Line.SAID else line.words


def leads_back(line: StaffLine) -> bool:
    """Whether the owner may want the bot back after it: not where they have it."""
    return line.kind in (Line.CAME, Line.SAID, Line.LEFT)
