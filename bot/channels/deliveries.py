"""Works off what a webhook was sent: at once acknowledged, each event once, in order within a conversation."""

from __future__ import annotations

import asyncio
import logging
import os
import socket
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Awaitable, Callable, Dict, Iterable, List, Optional, Set, Tuple

from bot.channels.complaints import complaint
from bot.channels.hold import Hold
from bot.frame.holding import saved_only_if
from bot.frame.trackers import TrackersError
from bot.store import Arrival, Delivery, Inbox, LostHoldError, StoreError, UnfitError

Work = Callable[[Delivery], Awaitable[None]]
_AtTheDoor = Tuple[List[Arrival], "asyncio.Future[None]"]

_AT_THE_DOOR = 2
# Not for the turns, which come one after another anyway: each event has a lease to renew, and may hold a connection.
_AT_ONCE = 32
_LONGEST_BEFORE_WORK_S = 1.0
_BETWEEN_TWO_LOOKS_S = 0.02
_LONGEST_NAME = 100
_LOGGER = logging.getLogger(__name__)


@dataclass(frozen=True)
class DeliveryPolicy:
    """How often what fails is tried again and after how long, and how much may wait for the store."""

    # Seconds before each further try of an event that failed, longer each time, since most failures pass soon; at
    # least one. What fails after the last is given up.
    retry_delays_s: Tuple[float, ...] = (1.0, 5.0, 30.0)
    # Seconds between two looks for what a process left behind: whoever wrote there waits that much longer at most.
    poll_interval_s: float = 5.0
    # Seconds before the store is asked once more to keep what waits at the door; the last holds from then on.
    store_retry_delays_s: Tuple[float, ...] = (0.2, 0.5, 1.0, 2.0, 5.0)
    # Seconds that a process which stops gives the store to keep what still waits; what it then has not is lost.
    drain_timeout_s: float = 5.0
    # Requests at the door, some 20 MB; a store that is away for longer than that takes is somebody's alarm.
    most_waiting: int = 10_000


class Deliveries:
    """The events of one channel on their way to `work`, which handles one and raises where that failed.

    An event that fails is tried again as `policy` says; after the last try it is given up, and that is logged, so that
    it does not hold its conversation for ever. One whose turn cannot be kept waits until it can be: that is no
    fault of its own. What a process leaves behind when it stops or dies is taken up by the next, or by another that
    shares the inbox.

    `patient`: where the store fails, events wait at the door, in memory and in their order, until it is back. One that
    cannot be kept because of itself is left out then, since it never will be. Else whoever brought them hears of it.
    """

    def __init__(
        self, inbox: Inbox, work: Work, patient: bool = False, policy: DeliveryPolicy = DeliveryPolicy()
    ) -> None:
        self._inbox = inbox
        self._work = work
        self._patient = patient
        self._policy = policy
        self._worker = f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex}"
        self._busy: Dict[str, "asyncio.Task[None]"] = {}
        self._look: Set[str] = set()
        self._patrol: Optional["asyncio.Task[None]"] = None
        self._desks = asyncio.Semaphore(_AT_ONCE)
        self._waiting: List[_AtTheDoor] = []
        self._letting_in: Optional["asyncio.Task[None]"] = None
        # Threads of its own, so that no event waits at the door behind all those being worked on.
        self._door = ThreadPoolExecutor(_AT_THE_DOOR, "accept")

    def start(self) -> None:
        """Take up what was left behind, now and from time to time. Call it within the event loop that serves."""
        self._patrol = asyncio.create_task(self._take_up_what_is_left())

    async def accept(self, arrivals: Iterable[Arrival]) -> None:
        """Keep events for good and begin to work on them; returns once they are kept.

        Raises StoreError; a patient door only where too many wait there already. Who stops waiting changes nothing: the
        events are kept as soon as that is possible.
        """
        if len(self._waiting) >= self._policy.most_waiting:
            raise StoreError(f"{len(self._waiting)} requests wait for the store; no more are let in")
        kept: "asyncio.Future[None]" = asyncio.get_running_loop().create_future()
        self._waiting.append((list(arrivals), kept))
        if self._letting_in is None:
            self._letting_in = asyncio.create_task(self._let_in())
        await kept

    async def stop(self) -> None:
        """Finish what is being worked on and begin nothing more; what the store did not take is named in the log."""
        if self._patrol is not None:
            self._patrol.cancel()
        self._patrol = None
        await asyncio.gather(*self._busy.values())
        letting_in = self._letting_in
        if letting_in is not None:
            await asyncio.wait([letting_in], timeout=self._policy.drain_timeout_s)
            letting_in.cancel()
        if self._waiting:
            lost = [arrival.event_id for few, _ in self._waiting for arrival in few]
            _LOGGER.error("%d events are lost, since the store did not take them: %s", len(lost), ", ".join(lost))

    async def idle(self) -> None:
        """Wait until nothing of what was accepted here is being worked on."""
        while self._busy:
            await asyncio.gather(*self._busy.values())

    async def _let_in(self) -> None:
        """Keep what waits at the door, all that came meanwhile in one transaction: many at once are as quick as one."""
        delays_s, failures = self._policy.store_retry_delays_s, 0
        while self._waiting:
            together = list(self._waiting)
            left = [] if await self._keep(together, alone=False) else await self._keep_one_by_one(together)
            self._waiting = [*left, *self._waiting[len(together) :]]
            failures = failures + 1 if left else 0
            if left:
                wait_s = delays_s[min(failures, len(delays_s)) - 1]
                _LOGGER.error("%d requests wait for the store; trying again in %.1f s", len(self._waiting), wait_s)
                await asyncio.sleep(wait_s)
        self._letting_in = None

    async def _keep_one_by_one(self, together: List[_AtTheDoor]) -> List[_AtTheDoor]:
        """Those that wait on, where this door is patient: after two failures the store is away for the rest too."""
        left: List[_AtTheDoor] = []
        for number, alone in enumerate(together):
            if await self._keep([alone], alone=True):
                continue
            left.append(alone)
            if len(left) > 1:
                return [*left, *together[number + 1 :]]
        return left

    async def _keep(self, together: List[_AtTheDoor], alone: bool) -> bool:
        """Whether nothing more is to be done about these: they are kept, or can never be.

        Which of several is at fault is not known. One `alone` is at fault itself where the store does not complain of
        its own failure: the log names it, without its words.
        """
        arrivals = [arrival for few, _ in together for arrival in few]
        failure: Optional[Exception] = None
        try:
            found = await asyncio.get_running_loop().run_in_executor(self._door, self._inbox.accept, arrivals)
        except Exception as error:  # noqa: BLE001  (not swallowed: whoever brought it hears it, or it is tried again)
            failure, found = error, ()
        if failure is not None and not (alone and self._is_the_last_word(failure, arrivals)):
            return False
        for conversation in found:
            self._begin(conversation)
        for _, kept in together:
            if kept.done():  # whoever waited for it may have given up
                continue
            if failure is None or self._patient:
                kept.set_result(None)
            else:
                kept.set_exception(failure)
        return True

    def _is_the_last_word(self, failure: Exception, arrivals: List[Arrival]) -> bool:
        """Whether a failure to keep these is final. What it says may hold an owner's words, so its kind is told."""
        if isinstance(failure, StoreError) and not isinstance(failure, UnfitError):
            if self._patient:
                _LOGGER.error("events cannot be kept: %s", failure)
            return not self._patient
        events = ", ".join(repr(arrival.event_id[:_LONGEST_NAME]) for arrival in arrivals)
        _LOGGER.error("what no store can keep is left out (%s): event %s", type(failure).__name__, events)
        return True

    def _begin(self, conversation: str) -> None:
        """One task a conversation; where one works already, it looks once more before it ends."""
        self._look.add(conversation)
        if conversation not in self._busy and self._patrol is not None:
            self._busy[conversation] = asyncio.create_task(self._work_off(conversation))

    async def _work_off(self, conversation: str) -> None:
        try:
            while conversation in self._look and self._patrol is not None:
                self._look.discard(conversation)
                while self._patrol is not None and await self._work_on_the_next(conversation):
                    pass
        except StoreError as error:
            wait_s = self._policy.poll_interval_s
            _LOGGER.error("the inbox fails; what waits there is taken up again in %.0f s: %s", wait_s, error)
        finally:
            del self._busy[conversation]

    async def _work_on_the_next(self, conversation: str) -> bool:
        """Whether there was something to work on, which it did; of all conversations only some at a time."""
        await self._door_closed()
        async with self._desks:
            delivery = await asyncio.to_thread(self._inbox.take, conversation, self._worker)
            if delivery is not None:
                await self._handle(delivery)
            return delivery is not None

    async def _door_closed(self) -> None:
        """Wait a little while events come in: a sender is told first that they arrived, and then they are worked on."""
        until = time.monotonic() + _LONGEST_BEFORE_WORK_S
        while self._letting_in is not None and time.monotonic() < until:
            await asyncio.sleep(_BETWEEN_TWO_LOOKS_S)

    async def _handle(self, delivery: Delivery) -> None:
        """Work on one event while its lease is renewed; put it back where that fails, or give it up in the end.

        Where this process stood still and another has taken the event over, the rest is left to that one.
        """
        try:
            await self._work_on(delivery)
        except LostHoldError:
            _LOGGER.error("event %s was taken over while this process stood still, or forgotten", delivery.event_id)

    async def _work_on(self, delivery: Delivery) -> None:
        delays_s = self._policy.retry_delays_s
        hold = Hold(self._inbox.lease_s, lambda: self._inbox.renew(delivery))
        try:
            with hold.renewed(), saved_only_if(hold.check):
                await self._work(delivery)
        except LostHoldError:
            raise
        except Exception as error:  # noqa: BLE001  (not swallowed: it is tried again or given up, and told)
            if delivery.attempts <= len(delays_s) or isinstance(error, TrackersError):
                wait_s = delays_s[min(delivery.attempts, len(delays_s)) - 1]
                _LOGGER.error("event %s; trying again in %.0f s: %s", delivery.event_id, wait_s, complaint(error))
                await asyncio.to_thread(self._inbox.let_go, delivery, time.time() + wait_s)
                self._later(wait_s, delivery.conversation)
                return
            failed = complaint(error)
            _LOGGER.error("event %s failed %d times and is given up: %s", delivery.event_id, delivery.attempts, failed)
        await asyncio.to_thread(self._inbox.done, delivery)

    def _later(self, wait_s: float, conversation: str) -> None:
        asyncio.get_running_loop().call_later(wait_s, self._begin, conversation)

    async def _take_up_what_is_left(self) -> None:
        interval_s = self._policy.poll_interval_s
        while True:
            try:
                for conversation in await asyncio.to_thread(self._inbox.left):
                    self._begin(conversation)
            except StoreError as error:
                _LOGGER.error("what is left in the inbox is not known; looking in %.0f s: %s", interval_s, error)
            await asyncio.sleep(interval_s)
