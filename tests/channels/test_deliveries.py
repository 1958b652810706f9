"""Deliveries acknowledge at once, work each event off once, in order, and survive failures and restarts."""

from __future__ import annotations

import asyncio
import random
import string
import time
from dataclasses import replace
from pathlib import Path
from typing import Awaitable, Callable, Iterable, List, Optional, Tuple

import pytest

from bot.channels.deliveries import Deliveries, DeliveryPolicy
from bot.frame.holding import check_still_held
from bot.frame.trackers import TrackersError
from bot.store import Arrival, Database, Delivery, Inbox, StoreError
from tests.store.conftest import postgresql_address as postgresql_address
from tests.store.patience import opened

QUICK = DeliveryPolicy(retry_delays_s=(0.05, 0.05), poll_interval_s=0.1, store_retry_delays_s=(0.02, 0.05))
SOON_LOST = replace(QUICK, drain_timeout_s=0.1)


@pytest.fixture
def database(tmp_path: Path) -> Database:
    return Database(str(tmp_path / "store.sqlite"))


@pytest.fixture
def inbox(database: Database) -> Inbox:
    return Inbox(database, "line", lease_s=0.3)


async def started(inbox: Inbox, work: Callable[[Delivery], Awaitable[None]]) -> Deliveries:
    deliveries = Deliveries(inbox, work, policy=QUICK)
    deliveries.start()
    return deliveries


async def until(condition: Callable[[], bool]) -> None:
    """Wait for what happens by itself. Fails where it does not within ten seconds."""
    end = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < end
        await asyncio.sleep(0.01)


async def test_order_is_kept_within_a_conversation_and_not_between_two(inbox: Inbox) -> None:
    worked: List[str] = []

    async def work(delivery: Delivery) -> None:
        await asyncio.sleep(0.1 if delivery.event_id == "slow" else 0)
        worked.append(delivery.event_id)

    deliveries = await started(inbox, work)
    await deliveries.accept([Arrival("slow", "a", ""), Arrival("then", "a", ""), Arrival("other", "b", "")])
    await deliveries.idle()
    assert worked == ["other", "slow", "then"]
    await deliveries.stop()


async def test_events_are_kept_at_once_however_many_conversations_wait_for_the_store(
    database: Database,
) -> None:
    class Slow(Inbox):
        def take(self, conversation: str, worker: str) -> Optional[Delivery]:
            time.sleep(0.1)
            return super().take(conversation, worker)

    async def work(delivery: Delivery) -> None:
        pass

    deliveries = await started(Slow(database, "line"), work)
    await deliveries.accept([Arrival(str(number), str(number), "") for number in range(60)])
    await asyncio.sleep(0.01)
    began = time.monotonic()
    await deliveries.accept([Arrival("another", "another", "")])
    assert time.monotonic() - began < 0.3
    await deliveries.stop()


async def test_what_comes_while_a_conversation_is_worked_on_follows(inbox: Inbox) -> None:
    worked: List[str] = []

    async def work(delivery: Delivery) -> None:
        worked.append(delivery.event_id)

    deliveries = await started(inbox, work)
    for number in range(30):
        await deliveries.accept([Arrival(str(number), "a", "")])
    await deliveries.idle()
    assert worked == [str(number) for number in range(30)]
    await deliveries.stop()


async def test_an_event_that_fails_is_tried_again_before_the_next(inbox: Inbox) -> None:
    worked: List[str] = []

    async def work(delivery: Delivery) -> None:
        if delivery.event_id == "fails" and delivery.attempts == 1:
            raise OSError("no network")
        worked.append(delivery.event_id)

    deliveries = await started(inbox, work)
    await deliveries.accept([Arrival("fails", "a", ""), Arrival("next", "a", "")])
    await until(lambda: len(worked) == 2)
    assert worked == ["fails", "next"]
    await deliveries.stop()


async def test_an_event_that_fails_again_and_again_does_not_hold_the_others_up(inbox: Inbox) -> None:
    worked: List[str] = []

    async def work(delivery: Delivery) -> None:
        if delivery.event_id == "fails":
            raise OSError("no network")
        worked.append(delivery.event_id)

    deliveries = await started(inbox, work)
    await deliveries.accept([Arrival("fails", "a", ""), Arrival("next", "a", "")])
    await until(lambda: worked != [])
    assert worked == ["next"]
    await deliveries.stop()


async def test_what_a_dead_process_left_is_taken_up(inbox: Inbox) -> None:
    inbox.accept([Arrival("1", "a", ""), Arrival("2", "a", "")])
    inbox.take("a", "dead")
    worked: List[str] = []

    async def work(delivery: Delivery) -> None:
        worked.append(f"{delivery.event_id} in attempt {delivery.attempts}")

    deliveries = await started(inbox, work)
    await until(lambda: len(worked) == 2)
    assert worked == ["1 in attempt 2", "2 in attempt 1"]
    await deliveries.stop()


async def test_a_long_work_keeps_its_lease(inbox: Inbox) -> None:
    worked: List[str] = []

    async def work(delivery: Delivery) -> None:
        await asyncio.sleep(2.5 * inbox.lease_s)
        worked.append(delivery.event_id)

    first, second = await started(inbox, work), await started(inbox, work)
    await first.accept([Arrival("1", "a", "")])
    await first.idle()
    await second.idle()
    assert worked == ["1"]
    await first.stop()
    await second.stop()


async def test_stopping_finishes_what_is_begun_and_leaves_the_rest(inbox: Inbox) -> None:
    worked: List[str] = []
    begun, goes_on = asyncio.Event(), asyncio.Event()

    async def work(delivery: Delivery) -> None:
        begun.set()
        await goes_on.wait()
        worked.append(delivery.event_id)

    deliveries = await started(inbox, work)
    await deliveries.accept([Arrival("1", "a", ""), Arrival("2", "a", "")])
    await begun.wait()
    stopping = asyncio.create_task(deliveries.stop())
    await asyncio.sleep(0)  # it has begun to stop
    goes_on.set()
    await stopping
    assert worked == ["1"]
    assert inbox.left() == ("a",)


async def test_many_at_once_are_kept_together_and_in_order(database: Database) -> None:
    transactions: List[int] = []
    worked: List[str] = []

    class Counting(Inbox):
        def accept(self, arrivals: Iterable[Arrival]) -> Tuple[str, ...]:
            together = list(arrivals)
            transactions.append(len(together))
            return super().accept(together)

    async def work(delivery: Delivery) -> None:
        worked.append(delivery.event_id)

    deliveries = await started(Counting(database, "line"), work)
    await asyncio.gather(*(deliveries.accept([Arrival(str(number), "a", "")]) for number in range(50)))
    await deliveries.idle()
    assert worked == [str(number) for number in range(50)]
    assert sum(transactions) == 50 and len(transactions) < 5
    await deliveries.stop()


class MoodyInbox(Inbox):
    """An inbox that fails while `away`, or for the events called bad; `tries` says how often it was asked to keep some.

    It is away at first.
    """

    def __init__(self, store: Database) -> None:
        super().__init__(store, "line", lease_s=0.3)
        self.away = True
        self.tries = 0

    def accept(self, arrivals: Iterable[Arrival]) -> Tuple[str, ...]:
        self.tries += 1
        together = list(arrivals)
        if self.away or any(arrival.event_id == "bad" for arrival in together):
            raise StoreError("no space left")
        return super().accept(together)


@pytest.fixture
def moody(database: Database) -> MoodyInbox:
    return MoodyInbox(database)


async def test_one_event_that_cannot_be_kept_keeps_no_other_out(moody: MoodyInbox) -> None:
    async def work(delivery: Delivery) -> None:
        pass

    moody.away = False
    deliveries = await started(moody, work)
    events = [deliveries.accept([Arrival(event_id, "a", "")]) for event_id in ("first", "bad", "last")]
    first, bad, last = await asyncio.gather(*events, return_exceptions=True)
    assert (first, last) == (None, None) and isinstance(bad, StoreError)
    await deliveries.idle()
    await deliveries.stop()


def patient(inbox: Inbox, worked: List[str], policy: DeliveryPolicy = QUICK) -> Deliveries:
    async def work(delivery: Delivery) -> None:
        worked.append(delivery.event_id)

    deliveries = Deliveries(inbox, work, patient=True, policy=policy)
    deliveries.start()
    return deliveries


async def test_at_a_patient_door_events_wait_for_the_store_in_their_order(moody: MoodyInbox) -> None:
    worked: List[str] = []
    deliveries = patient(moody, worked)
    for number in range(20):  # whoever brings one goes away
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(deliveries.accept([Arrival(str(number), "a", "")]), 0.01)
    assert worked == []
    moody.away = False
    await asyncio.wait_for(deliveries.accept([Arrival("last", "a", "")]), 1.0)
    await deliveries.idle()
    assert worked == [*map(str, range(20)), "last"]
    await deliveries.stop()


async def test_an_event_that_no_store_takes_does_not_keep_a_patient_door_shut(moody: MoodyInbox) -> None:
    worked: List[str] = []
    moody.away = False
    deliveries = patient(moody, worked, SOON_LOST)
    bad = asyncio.create_task(deliveries.accept([Arrival("bad", "a", "")]))
    for number in range(3):
        await asyncio.wait_for(deliveries.accept([Arrival(str(number), "a", "")]), 1.0)
    await deliveries.idle()
    assert worked == ["0", "1", "2"] and not bad.done()
    bad.cancel()
    await deliveries.stop()


POISON = ("\ud800", "also\udfff")  # half a character, as no database takes it


async def test_events_that_can_never_be_kept_are_left_out_and_all_others_go_on(
    inbox: Inbox, caplog: pytest.LogCaptureFixture
) -> None:
    worked: List[str] = []
    deliveries = patient(inbox, worked)
    events = [Arrival(event_id, "a", "what an owner said") for event_id in ("0", POISON[0], "1", POISON[1], "2")]
    kept = [deliveries.accept([event]) for event in events]
    await asyncio.wait_for(asyncio.gather(*kept), 5.0)
    await deliveries.idle()
    assert worked == ["0", "1", "2"]
    assert caplog.text.count("what no store can keep is left out") == 2
    assert repr(POISON[0]) in caplog.text and "what an owner said" not in caplog.text
    await deliveries.stop()
    assert "lost" not in caplog.text


async def test_events_that_postgresql_cannot_hold_are_left_out(postgresql_address: str) -> None:
    worked: List[str] = []
    inbox = Inbox(opened(postgresql_address), "line")
    deliveries = patient(inbox, worked)
    too_long = "".join(random.Random(1).choices(string.ascii_letters, k=20_000))  # for an index, however it is packed
    kept = [deliveries.accept([Arrival(event_id, "a", "")]) for event_id in ("0", "a\0b", "1", too_long, "2")]
    await asyncio.wait_for(asyncio.gather(*kept), 10.0)
    await deliveries.idle()
    assert worked == ["0", "1", "2"]
    await deliveries.stop()


async def test_who_is_not_patient_hears_that_an_event_can_never_be_kept(inbox: Inbox) -> None:
    async def work(delivery: Delivery) -> None:
        pass

    deliveries = await started(inbox, work)
    with pytest.raises(UnicodeEncodeError):
        await deliveries.accept([Arrival(POISON[0], "a", "")])
    await deliveries.stop()


def take_over(inbox: Inbox) -> None:
    """What another process does once the worker of "1" has stood still for longer than its lease."""
    while (delivery := inbox.take("a", "another")) is None:
        time.sleep(0.02)
    inbox.done(delivery)


async def test_who_stood_still_while_another_took_over_saves_nothing_and_changes_nothing(
    inbox: Inbox, caplog: pytest.LogCaptureFixture
) -> None:
    saved: List[str] = []

    async def work(delivery: Delivery) -> None:
        take_over(inbox)  # the whole loop stands still, its renewals too
        await check_still_held()
        saved.append(delivery.event_id)

    deliveries = await started(inbox, work)
    await deliveries.accept([Arrival("1", "a", "")])
    await deliveries.idle()
    assert saved == [] and "taken over" in caplog.text
    assert inbox.take("a", "me") is None
    await deliveries.stop()


async def test_a_store_that_is_away_for_a_moment_does_not_end_the_renewals(database: Database) -> None:
    failures = [StoreError("away")]
    worked: List[str] = []

    class AwayAtFirst(Inbox):
        def renew(self, delivery: Delivery) -> None:
            if failures:
                raise failures.pop()
            super().renew(delivery)

    inbox = AwayAtFirst(database, "line", lease_s=1.0)

    async def work(delivery: Delivery) -> None:
        await asyncio.sleep(2.5 * inbox.lease_s)
        worked.append(delivery.event_id)

    first, second = await started(inbox, work), await started(inbox, work)
    await first.accept([Arrival("1", "a", "")])
    await first.idle()
    await second.idle()
    assert worked == ["1"]
    await first.stop()
    await second.stop()


async def test_what_a_patient_door_never_got_rid_of_is_named_in_the_log(
    moody: MoodyInbox, caplog: pytest.LogCaptureFixture
) -> None:
    deliveries = patient(moody, [], SOON_LOST)
    with pytest.raises(asyncio.TimeoutError):
        await asyncio.wait_for(deliveries.accept([Arrival("Ev1", "a", "what an owner said")]), 0.05)
    await deliveries.stop()
    assert "1 events are lost" in caplog.text and "Ev1" in caplog.text
    assert "what an owner said" not in caplog.text


async def test_what_the_store_takes_at_the_last_moment_is_kept(moody: MoodyInbox) -> None:
    deliveries = patient(moody, [])
    first = asyncio.create_task(deliveries.accept([Arrival("1", "a", "")]))
    await until(lambda: moody.tries > 0)
    stopping, before = asyncio.create_task(deliveries.stop()), moody.tries
    await until(lambda: moody.tries > before)
    moody.away = False
    await stopping
    await first
    assert moody.left() == ("a",)


async def test_a_patient_door_has_room_for_so_many_only(moody: MoodyInbox) -> None:
    deliveries = patient(moody, [], replace(SOON_LOST, most_waiting=1))
    first = asyncio.create_task(deliveries.accept([Arrival("1", "a", "")]))
    await asyncio.sleep(0)
    with pytest.raises(StoreError):
        await deliveries.accept([Arrival("2", "a", "")])
    first.cancel()
    await deliveries.stop()


async def test_an_event_whose_turn_cannot_be_kept_is_not_given_up(inbox: Inbox) -> None:
    attempts: List[int] = []
    answered = asyncio.Event()

    async def work(delivery: Delivery) -> None:
        attempts.append(delivery.attempts)
        if delivery.attempts < 6:
            raise TrackersError("the conversations are away")
        answered.set()

    deliveries = await started(inbox, work)
    await deliveries.accept([Arrival("first", "a", "")])
    await asyncio.wait_for(answered.wait(), 10)
    await deliveries.stop()
    assert attempts == [1, 2, 3, 4, 5, 6]
