"""Deliveries acknowledge at once, work each event off once, in order, and survive failures and restarts."""

from __future__ import annotations

import asyncio
import random
import string
import time
from pathlib import Path
from typing import Awaitable, Callable, List, Optional, Sequence, Tuple

import pytest

from bot.channels import deliveries as module
from bot.channels.deliveries import Deliveries
from bot.frame.holding import check_still_held
from bot.frame.trackers import TrackersError
from bot.store import Arrival, Database, Delivery, Inbox, StoreError
from tests.store.conftest import postgresql_address as postgresql_address


@pytest.fixture
def inbox(tmp_path: Path) -> Inbox:
    return Inbox(Database(str(tmp_path / "store.sqlite")), "line", lease_s=0.3)


@pytest.fixture(autouse=True)
def short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_LOOK_AGAIN_S", 0.1)
    monkeypatch.setattr(module, "_WAIT_AFTER_A_FAILURE_S", (0.05, 0.05))


async def started(inbox: Inbox, work: Callable[[Delivery], Awaitable[None]]) -> Deliveries:
    deliveries = Deliveries(inbox, work)
    deliveries.start()
    return deliveries


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
    inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    take = inbox.take

    def take_slowly(conversation: str, worker: str) -> Optional[Delivery]:
        time.sleep(0.1)
        return take(conversation, worker)

    async def work(delivery: Delivery) -> None:
        pass

    monkeypatch.setattr(inbox, "take", take_slowly)
    deliveries = await started(inbox, work)
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
    await asyncio.sleep(0.5)
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
    await asyncio.sleep(0.8)
    assert worked == ["next"]
    await deliveries.stop()


async def test_what_a_dead_process_left_is_taken_up(inbox: Inbox) -> None:
    inbox.accept([Arrival("1", "a", ""), Arrival("2", "a", "")])
    inbox.take("a", "dead")
    worked: List[str] = []

    async def work(delivery: Delivery) -> None:
        worked.append(f"{delivery.event_id} in attempt {delivery.attempts}")

    deliveries = await started(inbox, work)
    await asyncio.sleep(0.7)
    assert worked == ["1 in attempt 2", "2 in attempt 1"]
    await deliveries.stop()


async def test_a_long_work_keeps_its_lease(inbox: Inbox) -> None:
    worked: List[str] = []

    async def work(delivery: Delivery) -> None:
        await asyncio.sleep(0.8)
        worked.append(delivery.event_id)

    first, second = await started(inbox, work), await started(inbox, work)
    await first.accept([Arrival("1", "a", "")])
    await asyncio.sleep(1)
    assert worked == ["1"]
    await first.stop()
    await second.stop()


async def test_stopping_finishes_what_is_begun_and_leaves_the_rest(inbox: Inbox) -> None:
    worked: List[str] = []

    async def work(delivery: Delivery) -> None:
        await asyncio.sleep(0.1)
        worked.append(delivery.event_id)

    deliveries = await started(inbox, work)
    await deliveries.accept([Arrival("1", "a", ""), Arrival("2", "a", "")])
    await asyncio.sleep(0.05)
    await deliveries.stop()
    assert worked == ["1"]
    assert inbox.left() == ("a",)


async def test_many_at_once_are_kept_together_and_in_order(inbox: Inbox, monkeypatch: pytest.MonkeyPatch) -> None:
    transactions: List[int] = []
    accept = inbox.accept

    def counted(arrivals: Sequence[Arrival]) -> Tuple[str, ...]:
        transactions.append(len(arrivals))
        return accept(arrivals)

    monkeypatch.setattr(inbox, "accept", counted)
    worked: List[str] = []

    async def work(delivery: Delivery) -> None:
        worked.append(delivery.event_id)

    deliveries = await started(inbox, work)
    await asyncio.gather(*(deliveries.accept([Arrival(str(number), "a", "")]) for number in range(50)))
    await deliveries.idle()
    assert worked == [str(number) for number in range(50)]
    assert sum(transactions) == 50 and len(transactions) < 5
    await deliveries.stop()


async def test_one_event_that_cannot_be_kept_keeps_no_other_out(inbox: Inbox, monkeypatch: pytest.MonkeyPatch) -> None:
    accept = inbox.accept

    def choosy(arrivals: Sequence[Arrival]) -> Tuple[str, ...]:
        if any(arrival.event_id == "bad" for arrival in arrivals):
            raise StoreError("no")
        return accept(arrivals)

    async def work(delivery: Delivery) -> None:
        pass

    monkeypatch.setattr(inbox, "accept", choosy)
    deliveries = await started(inbox, work)
    events = [deliveries.accept([Arrival(event_id, "a", "")]) for event_id in ("first", "bad", "last")]
    first, bad, last = await asyncio.gather(*events, return_exceptions=True)
    assert (first, last) == (None, None) and isinstance(bad, StoreError)
    await deliveries.idle()
    await deliveries.stop()


class Moody:
    """A store that fails while `away`, or for the events called bad."""

    def __init__(self, inbox: Inbox, monkeypatch: pytest.MonkeyPatch) -> None:
        self.away = True
        self._accept = inbox.accept
        monkeypatch.setattr(inbox, "accept", self.accept)
        monkeypatch.setattr(module, "_KNOCK_AGAIN_S", (0.02, 0.05))

    def accept(self, arrivals: Sequence[Arrival]) -> Tuple[str, ...]:
        if self.away or any(arrival.event_id == "bad" for arrival in arrivals):
            raise StoreError("no space left")
        return self._accept(arrivals)


def patient(inbox: Inbox, worked: List[str]) -> Deliveries:
    async def work(delivery: Delivery) -> None:
        worked.append(delivery.event_id)

    deliveries = Deliveries(inbox, work, patient=True)
    deliveries.start()
    return deliveries


async def test_at_a_patient_door_events_wait_for_the_store_in_their_order(
    inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Moody(inbox, monkeypatch)
    worked: List[str] = []
    deliveries = patient(inbox, worked)
    for number in range(20):  # whoever brings one goes away
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(deliveries.accept([Arrival(str(number), "a", "")]), 0.01)
    assert worked == []
    store.away = False
    await asyncio.wait_for(deliveries.accept([Arrival("last", "a", "")]), 1.0)
    await deliveries.idle()
    assert worked == [*map(str, range(20)), "last"]
    await deliveries.stop()


async def test_an_event_that_no_store_takes_does_not_keep_a_patient_door_shut(
    inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Moody(inbox, monkeypatch)
    worked: List[str] = []
    store.away = False
    deliveries = patient(inbox, worked)
    bad = asyncio.create_task(deliveries.accept([Arrival("bad", "a", "")]))
    for number in range(3):
        await asyncio.wait_for(deliveries.accept([Arrival(str(number), "a", "")]), 1.0)
    await deliveries.idle()
    assert worked == ["0", "1", "2"] and not bad.done()
    monkeypatch.setattr(module, "_LAST_TRY_WITHIN_S", 0.1)
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
    inbox = Inbox(Database(postgresql_address), "line")
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


async def test_a_store_that_is_away_for_a_moment_does_not_end_the_renewals(
    inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    renew, failures = inbox.renew, [StoreError("away")]
    worked: List[str] = []

    def renew_after_a_failure(delivery: Delivery) -> None:
        if failures:
            raise failures.pop()
        renew(delivery)

    async def work(delivery: Delivery) -> None:
        await asyncio.sleep(2.5)
        worked.append(delivery.event_id)

    monkeypatch.setattr(inbox, "renew", renew_after_a_failure)
    monkeypatch.setattr(inbox, "lease_s", 1.0)
    first, second = await started(inbox, work), await started(inbox, work)
    await first.accept([Arrival("1", "a", "")])
    await first.idle()
    await second.idle()
    assert worked == ["1"]
    await first.stop()
    await second.stop()


async def test_what_a_patient_door_never_got_rid_of_is_named_in_the_log(
    inbox: Inbox, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    Moody(inbox, monkeypatch)
    monkeypatch.setattr(module, "_LAST_TRY_WITHIN_S", 0.1)
    deliveries = patient(inbox, [])
    with pytest.raises(asyncio.TimeoutError):
        await asyncio.wait_for(deliveries.accept([Arrival("Ev1", "a", "what an owner said")]), 0.05)
    await deliveries.stop()
    assert "1 events are lost" in caplog.text and "Ev1" in caplog.text
    assert "what an owner said" not in caplog.text


async def test_what_the_store_takes_at_the_last_moment_is_kept(inbox: Inbox, monkeypatch: pytest.MonkeyPatch) -> None:
    store = Moody(inbox, monkeypatch)
    deliveries = patient(inbox, [])
    first = asyncio.create_task(deliveries.accept([Arrival("1", "a", "")]))
    await asyncio.sleep(0.1)
    stopping = asyncio.create_task(deliveries.stop())
    await asyncio.sleep(0.1)
    store.away = False
    await stopping
    await first
    assert inbox.left() == ("a",)


async def test_a_patient_door_has_room_for_so_many_only(inbox: Inbox, monkeypatch: pytest.MonkeyPatch) -> None:
    Moody(inbox, monkeypatch)
    monkeypatch.setattr(module, "_MOST_AT_THE_DOOR", 1)
    monkeypatch.setattr(module, "_LAST_TRY_WITHIN_S", 0.1)
    deliveries = patient(inbox, [])
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
