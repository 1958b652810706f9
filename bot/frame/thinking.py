"""The thread in which turns are computed, so that the loop that serves goes on acknowledging meanwhile."""

from __future__ import annotations

import asyncio
import contextvars
import threading
from concurrent.futures import Future
from functools import lru_cache
from typing import Any, Coroutine, List, Optional, TypeVar

from threadpoolctl import threadpool_limits

from bot.frame.order import FairOrder, Place

Result = TypeVar("Result")


class TooBusyError(Exception):
    """A turn could not begin in time, since others were computed; it was not taken."""


class _Turn:
    """A turn that waits, and what comes of it."""

    def __init__(self, work: Coroutine[Any, Any, Any], place: Place) -> None:
        self.work = work
        self.place = place
        self.context = contextvars.copy_context()  # of whoever asked, not of whoever was computed before
        self.result: "Future[Any]" = Future()


class Thinking:
    """One thread with an event loop of its own.

    A turn keeps its loop busy for some 30 ms. On the loop that serves, an acknowledgement, which takes several rounds
    of it, waited for a turn in each. All that belongs to Rasa's agent runs here, since much of it is bound to one loop.

    Two turns are under way at once, of different conversations: while one waits for the store, the other is computed.
    With one, 50 owners had 15 turns a second, with two 20 (2 cores with other work for them, load 7, 2026-11-29).

    A turn that hangs on something outside holds the others up for so many seconds; then the next begins beside it.
    """

    def __init__(self, holds_others_up_s: float = 10.0, at_once: int = 2) -> None:
        self._holds_others_up_s = holds_others_up_s
        self._at_once = at_once
        self.loop = asyncio.new_event_loop()
        self._order: FairOrder[_Turn] = FairOrder()
        self._lock = threading.Lock()
        self._under_way: List[_Turn] = []
        threading.Thread(target=self.loop.run_forever, name="thinking", daemon=True).start()

    async def do(self, work: Coroutine[Any, Any, Result]) -> Result:
        """What comes of `work`, done in the thread at once. Whoever is cancelled while they wait cancels it too."""
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(work, self.loop))

    async def take_turn(
        self, work: Coroutine[Any, Any, Result], place: Place, within_s: Optional[float] = None
    ) -> Result:
        """What comes of `work`, done in the thread when it is its turn: in `FairOrder`, one a conversation.

        Raises TooBusyError where that is not within so many seconds. Whoever is cancelled cancels it too.
        """
        turn = _Turn(work, place)
        with self._lock:
            self._order.add(place, turn)
        self.loop.call_soon_threadsafe(self._begin_next)
        waiting = asyncio.wrap_future(turn.result)
        late = None if within_s is None else asyncio.get_running_loop().call_later(within_s, self._give_up, place, turn)
        try:
            result: Result = await waiting
        except asyncio.CancelledError:
            self._withdraw(place, turn)
            raise
        finally:
            if late is not None:
                late.cancel()
        return result

    def _give_up(self, place: Place, turn: _Turn) -> None:
        if self._withdraw(place, turn):
            turn.result.set_exception(TooBusyError())

    def _withdraw(self, place: Place, turn: _Turn) -> bool:
        """Whether the turn had not begun; it never will."""
        with self._lock:
            waited = self._order.remove(place, turn)
        if waited:
            turn.work.close()
        return waited

    def _begin_next(self) -> None:
        """Begin whose turn it is, where there is room for one."""
        if len(self._under_way) >= self._at_once:
            return
        with self._lock:
            turn = self._order.next({other.place.conversation for other in self._under_way})
        if turn is None:
            return
        self._under_way.append(turn)
        task: asyncio.Task[Any] = turn.context.run(self.loop.create_task, turn.work)
        held_up = self.loop.call_later(self._holds_others_up_s, self._let_others_in, turn)
        turn.result.add_done_callback(lambda result: self._cancelled(result, task))
        task.add_done_callback(lambda done: self._ended(turn, done, held_up))

    def _cancelled(self, result: "Future[Any]", task: "asyncio.Task[Any]") -> None:
        if result.cancelled():
            self.loop.call_soon_threadsafe(task.cancel)

    def _ended(self, turn: _Turn, task: "asyncio.Task[Any]", held_up: asyncio.TimerHandle) -> None:
        held_up.cancel()
        if turn.result.set_running_or_notify_cancel():
            if task.cancelled():
                turn.result.set_exception(asyncio.CancelledError())
            elif task.exception() is not None:
                turn.result.set_exception(task.exception())
            else:
                turn.result.set_result(task.result())
        self._let_others_in(turn)

    def _let_others_in(self, turn: _Turn) -> None:
        if turn in self._under_way:
            self._under_way.remove(turn)
            self._begin_next()


@lru_cache(maxsize=1)
def thinking() -> Thinking:
    """The one thread of this process."""
    return Thinking()


def think_on_one_core() -> None:
    """Let the arithmetic of a turn be done by the thread that computes it, and not by one more a core.

    A message is so few numbers that they wait for each other longer than they compute. On 2 cores with other work for
    them (load 5, 2026-11-29) a turn took 42 ms of processor time with two and 24 ms with one, and 31 and 25 ms until it
    was answered. It holds for what is loaded by now, and for all of the process.
    """
    threadpool_limits(limits=1, user_api="blas")
