"""Conversations that stay in memory between two turns: a few, for a while, and gone at once when they are forgotten."""

from __future__ import annotations

import asyncio
import threading
import time
from collections import OrderedDict
from copy import copy, deepcopy
from dataclasses import dataclass
from typing import Callable, Generic, Optional, Text, TypeVar

from rasa.shared.core.trackers import DialogueStateTracker

_MOST = 300  # some 100 KB each, a road shown and the reading of the latest message included
_FOR_S = 1800.0
Tracker = TypeVar("Tracker", bound=DialogueStateTracker)


@dataclass(frozen=True)
class _Remembered(Generic[Tracker]):
    tracker: Tracker
    until: float


class WarmTrackers(Generic[Tracker]):
    """The latest conversations as they were kept last.

    Whoever takes one asks the database whether it is still so. At most `most` are remembered, each for `for_s` seconds
    after it was kept; they go by themselves, where an event loop runs.
    """

    def __init__(self, most: int = _MOST, for_s: float = _FOR_S, clock: Callable[[], float] = time.monotonic) -> None:
        self._most = most
        self._for_s = for_s
        self._clock = clock
        self._remembered: "OrderedDict[Text, _Remembered[Tracker]]" = OrderedDict()
        self._forgotten = 0
        self._lock = threading.Lock()
        self._sweeping: Optional[asyncio.TimerHandle] = None

    def __len__(self) -> int:
        return len(self._remembered)

    def get(self, conversation: Text) -> Optional[Tracker]:
        """A copy of a conversation, which may be changed; None where it is not remembered."""
        with self._lock:
            self._let_old_ones_go()
            found = self._remembered.get(conversation)
            return copy_of(found.tracker) if found is not None else None

    def begin(self) -> int:
        """To be handed to `remember`: what is forgotten from now on is not remembered again by who began before."""
        return self._forgotten

    def remember(self, tracker: Tracker, begun: int) -> None:
        """Remember a conversation that was kept, unless any was forgotten since `begin`. Nobody changes it any more."""
        with self._lock:
            if begun != self._forgotten:
                return
            self._remembered[tracker.sender_id] = _Remembered(tracker, self._clock() + self._for_s)
            self._remembered.move_to_end(tracker.sender_id)
            self._let_old_ones_go()
        self._sweep_later()

    def forget(self, conversation: Text) -> None:
        """Remember a conversation no longer."""
        with self._lock:
            self._forgotten += 1
            self._remembered.pop(conversation, None)

    def forget_all(self) -> None:
        """Remember none."""
        with self._lock:
            self._forgotten += 1
            self._remembered.clear()

    def _let_old_ones_go(self) -> None:
        now = self._clock()
        while self._remembered:
            oldest = next(iter(self._remembered.values()))
            if len(self._remembered) <= self._most and oldest.until > now:
                return
            self._remembered.popitem(last=False)

    def _sweep_later(self) -> None:
        if self._sweeping is None:
            self._sweeping = asyncio.get_running_loop().call_later(self._for_s, self._sweep)

    def _sweep(self) -> None:
        self._sweeping = None
        with self._lock:
            self._let_old_ones_go()
            left = len(self._remembered)
        if left:
            self._sweep_later()


def copy_of(tracker: Tracker) -> Tracker:
    """A tracker as it is, with lists and slots of its own. Events are never changed, so both have the same."""
    copied = copy(tracker)
    copied.events = tracker.events.copy()
    copied.slots = {name: copy(slot) for name, slot in tracker.slots.items()}
    copied.active_loop = deepcopy(tracker.active_loop)
    return copied
