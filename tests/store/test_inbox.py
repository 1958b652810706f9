"""The inbox keeps each event once, gives a conversation to one worker at a time, and forgets what was said."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import List

import pytest

from bot.store import Arrival, Chat, Chats, Condition, Database, Inbox, LostHoldError, Reason, StoredHandoffs
from bot.store.inbox import forget_done
from tests.store.patience import opened


@pytest.fixture
def inbox(address: str) -> Inbox:
    return Inbox(opened(address), "line")


def arrival(event_id: str, conversation: str = "a", body: str = "{}") -> Arrival:
    return Arrival(event_id, conversation, body)


def test_an_event_is_new_once(inbox: Inbox) -> None:
    assert inbox.accept([arrival("1")]) == ("a",)
    assert inbox.accept([arrival("1")]) == ()


def test_an_event_stays_known_after_it_was_worked_off(inbox: Inbox) -> None:
    inbox.accept([arrival("1")])
    delivery = inbox.take("a", "me")
    assert delivery is not None
    inbox.done(delivery)
    assert inbox.accept([arrival("1")]) == ()


def test_two_channels_may_have_events_of_the_same_name(address: str) -> None:
    assert Inbox(opened(address), "line").accept([arrival("1")]) == ("a",)
    assert Inbox(opened(address), "slack").accept([arrival("1")]) == ("a",)


def test_events_come_in_the_order_of_arrival(inbox: Inbox) -> None:
    inbox.accept([arrival("b"), arrival("a"), arrival("c")])
    taken = []
    while (delivery := inbox.take("a", "me")) is not None:
        taken.append(delivery.event_id)
        inbox.done(delivery)
    assert taken == ["b", "a", "c"]


def test_a_wish_for_call_back_is_kept_as_it_came_only_while_staff_waits_for_it(address: str) -> None:
    store = opened(address)
    inbox, handoffs = Inbox(store, "line"), StoredHandoffs(store)

    def kept(event_id: str) -> str:
        inbox.accept([Arrival(event_id, "a", "hidden", as_wish="number")])
        delivery = inbox.take("a", "me")
        assert delivery is not None
        inbox.done(delivery)
        return delivery.body

    bodies = [kept("nobody was called")]
    handoffs.open("a", Reason.DISTRESS)
    bodies.append(kept("staff was alerted"))
    handoffs.open("another", Reason.ASKED)
    bodies.append(kept("another owner's staff"))
    handoffs.open("a", Reason.ASKED)
    bodies.append(kept("staff was called"))
    handoffs.wish_call_back("a", "number")
    bodies.append(kept("the wish is known"))
    assert bodies == ["hidden", "hidden", "hidden", "number", "hidden"]


def test_a_conversation_has_one_worker_at_a_time(inbox: Inbox) -> None:
    inbox.accept([arrival("1"), arrival("2")])
    assert inbox.take("a", "me") is not None
    assert inbox.take("a", "another") is None


def test_an_event_may_count_only_within_a_conversation_that_is_known_or_only_before_it(inbox: Inbox) -> None:
    assert inbox.accept([Arrival("1", "a", "{}", Condition.KNOWN)]) == ()
    assert inbox.accept([Arrival("2", "a", "{}", Condition.NEW), Arrival("3", "a", "{}", Condition.KNOWN)]) == ("a",)
    assert inbox.accept([Arrival("4", "a", "{}", Condition.NEW)]) == ()
    taken = []
    while (delivery := inbox.take("a", "me")) is not None:
        taken.append(delivery.event_id)
        inbox.done(delivery)
    assert taken == ["2", "3"]


def test_an_event_of_a_chat_belongs_to_its_conversation_begun_where_there_is_none(address: str) -> None:
    store, chat = opened(address), Chat("account", "U1")
    (conversation,) = Inbox(store, "line").accept([Arrival("1", chat, "{}"), Arrival("2", chat, "{}")])
    assert Chats(store, "line").of(conversation) == chat
    assert Chats(store, "line").conversation(chat) == conversation
    assert Inbox(store, "line").accept([Arrival("3", Chat("account", "U2"), "{}")]) != (conversation,)


def test_another_conversation_need_not_wait(inbox: Inbox) -> None:
    inbox.accept([arrival("1"), arrival("2", "b")])
    inbox.take("a", "me")
    assert inbox.take("b", "another") is not None


def test_many_workers_at_once_take_an_event_once(address: str) -> None:
    Inbox(opened(address), "line").accept([arrival("1")])
    taken: List[object] = []

    def work(name: str) -> None:
        taken.append(Inbox(opened(address), "line").take("a", name))

    workers = [threading.Thread(target=work, args=(str(number),)) for number in range(8)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len([delivery for delivery in taken if delivery is not None]) == 1


def test_what_a_dead_worker_held_is_taken_up_with_what_it_noted(address: str) -> None:
    inbox = Inbox(opened(address), "line", lease_s=0.05)
    inbox.accept([arrival("1")])
    held = inbox.take("a", "dead")
    assert held is not None
    inbox.note(held, "half way")
    time.sleep(0.1)
    again = inbox.take("a", "me")
    assert again is not None
    assert (again.attempts, again.progress) == (2, "half way")


def test_a_renewed_lease_keeps_the_conversation(address: str) -> None:
    inbox = Inbox(opened(address), "line", lease_s=0.2)
    inbox.accept([arrival("1")])
    held = inbox.take("a", "me")
    assert held is not None
    time.sleep(0.15)
    inbox.renew(held)
    time.sleep(0.1)
    assert inbox.take("a", "another") is None


def test_what_was_put_back_waits_until_its_time(inbox: Inbox) -> None:
    inbox.accept([arrival("1")])
    delivery = inbox.take("a", "me")
    assert delivery is not None
    inbox.let_go(delivery, time.time() + 0.2)
    assert inbox.take("a", "me") is None
    assert inbox.left() == ()
    time.sleep(0.25)
    assert inbox.left() == ("a",)


def test_what_was_said_is_erased_when_it_is_worked_off(address: str) -> None:
    inbox = Inbox(opened(address), "line")
    inbox.accept([arrival("1", body="株を譲りたい")])
    delivery = inbox.take("a", "me")
    assert delivery is not None
    assert delivery.body == "株を譲りたい"
    inbox.done(delivery)
    with opened(address).reading() as store:
        assert store.exec_driver_sql("SELECT body FROM inbox").scalar_one() is None


def test_old_events_are_forgotten_in_the_end(address: str, inbox: Inbox) -> None:
    inbox.accept([arrival("1"), arrival("2")])
    delivery = inbox.take("a", "me")
    assert delivery is not None
    inbox.done(delivery)
    assert forget_done(opened(address), time.time() + 1) == 1
    assert inbox.take("a", "me") is not None


def test_a_conversation_is_known_from_its_first_event_on(inbox: Inbox) -> None:
    assert not inbox.knows("a")
    inbox.accept([arrival("1")])
    assert inbox.knows("a")
    assert not inbox.knows("b")


def test_conversations_are_forgotten_by_the_beginning_of_their_names(inbox: Inbox) -> None:
    inbox.accept([arrival("1", "team_1-a"), arrival("2", "team_1-b"), arrival("3", "teamx1-a")])
    assert inbox.forget_conversations("team_1-") == 2
    assert not inbox.knows("team_1-a")
    assert inbox.knows("teamx1-a")


def test_what_was_said_is_in_neither_the_file_nor_its_log_some_time_later(tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite"
    inbox = Inbox(Database(str(path), erased_within_s=0.05), "line")
    inbox.accept([arrival("1", body="my telephone is 0120-999-999")])
    delivery = inbox.take("a", "me")
    assert delivery is not None
    inbox.done(delivery)
    time.sleep(0.06)
    inbox.left()
    assert [b"0120-999-999" in found.read_bytes() for found in tmp_path.iterdir()] == [False] * 3


def test_a_store_that_is_taken_away_is_made_anew(tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite"
    inbox = Inbox(Database(str(path)), "line")
    inbox.accept([arrival("1")])
    for found in tmp_path.iterdir():
        found.unlink()
    assert inbox.accept([arrival("1")]) == ("a",)
    assert path.exists()


def test_many_threads_may_be_the_first_to_write(tmp_path: Path) -> None:
    for attempt in range(5):
        inbox = Inbox(Database(str(tmp_path / f"{attempt}.sqlite")), "line")
        with ThreadPoolExecutor(8) as threads:
            kept = list(threads.map(lambda number: inbox.accept([arrival(str(number))]), range(8)))  # noqa: B023
        assert kept == [("a",)] * 8


def test_who_stood_still_while_another_took_over_changes_nothing(address: str) -> None:
    inbox = Inbox(opened(address), "line", lease_s=0.05)
    inbox.accept([arrival("1")])
    mine = inbox.take("a", "me")
    assert mine is not None
    time.sleep(0.1)
    theirs = inbox.take("a", "another")
    assert theirs is not None
    for call in (
        lambda: inbox.renew(mine),
        lambda: inbox.note(mine, "mine"),
        lambda: inbox.let_go(mine, time.time()),
        lambda: inbox.done(mine),
    ):
        with pytest.raises(LostHoldError):
            call()
    inbox.note(theirs, "theirs")
    inbox.done(theirs)
    with pytest.raises(LostHoldError):
        inbox.note(theirs, "after the end")
    with pytest.raises(LostHoldError):
        inbox.renew_to_send(theirs)


def test_who_forgot_the_conversation_may_send_and_is_done_but_takes_no_turn_any_more(inbox: Inbox) -> None:
    inbox.accept([arrival("1")])
    mine = inbox.take("a", "me")
    assert mine is not None
    inbox.forget_conversations("a")
    with pytest.raises(LostHoldError):
        inbox.renew(mine)
    inbox.note(mine, "the answer")
    inbox.renew_to_send(mine)
    inbox.done(mine)
    assert not inbox.knows("a")


def test_who_took_an_event_twice_holds_it_as_taken_last(inbox: Inbox) -> None:
    inbox.accept([arrival("1")])
    first, second = inbox.take("a", "me"), inbox.take("a", "me")
    assert first is not None and second is not None
    inbox.renew(second)
    with pytest.raises(LostHoldError):
        inbox.done(first)


def test_who_stood_still_and_was_missed_by_nobody_goes_on(address: str) -> None:
    inbox = Inbox(opened(address), "line", lease_s=0.05)
    inbox.accept([arrival("1")])
    mine = inbox.take("a", "me")
    assert mine is not None
    time.sleep(0.1)
    inbox.lease_s = 10
    inbox.note(mine, "half way")
    assert inbox.take("a", "another") is None
    inbox.done(mine)


def test_what_a_worker_held_before_the_clock_was_set_back_is_not_held_for_ever(address: str, inbox: Inbox) -> None:
    inbox.accept([arrival("1")])
    inbox.take("a", "dead")
    with opened(address).writing() as store:
        store.exec_driver_sql("UPDATE inbox SET taken_until = taken_until + 3600")
    assert inbox.left() == ("a",)
    assert inbox.take("a", "me") is not None
