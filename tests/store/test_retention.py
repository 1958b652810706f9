"""What was kept long enough is removed, wherever the store has it; what is younger stays."""

from __future__ import annotations

import threading
import time
from typing import List

import pytest

from bot.messages import Message
from bot.store import (
    Arrival,
    Author,
    Chat,
    Chats,
    Database,
    Inbox,
    Question,
    Questions,
    Reason,
    StoredHandoffs,
    Transcripts,
    Unsent,
)
from bot.store.retention import forget_old
from tests.store.patience import opened

DAY_S = 86_400


@pytest.fixture
def store(address: str) -> Database:
    return opened(address)


def make_older(store: Database, days: float) -> None:
    with store.writing() as connection:
        connection.exec_driver_sql(f"UPDATE transcripts SET said_at = said_at - {days * DAY_S}")
        connection.exec_driver_sql(f"UPDATE inbox SET done_at = done_at - {days * DAY_S}")


def deliver(store: Database, event_id: str) -> None:
    inbox = Inbox(store, "line")
    inbox.accept([Arrival(event_id, "a", "{}")])
    delivery = inbox.take("a", "me")
    assert delivery is not None
    inbox.done(delivery)


def test_what_was_said_and_delivered_long_ago_is_removed(store: Database) -> None:
    Transcripts(store).append("a", Author.BOT, [Message("昔")])
    deliver(store, "1")
    make_older(store, 31)
    assert forget_old(store, 30) == 2
    assert Transcripts(store).after("a", 0) == ()


def test_a_question_asked_long_ago_is_removed(store: Database) -> None:
    Questions(store).ask("a", Question("Ev1", "D1", "1.2", {}))
    assert forget_old(store, 30) == 0
    with store.writing() as connection:
        connection.exec_driver_sql(f"UPDATE questions SET asked_at = {time.time() - 31 * DAY_S}")
    assert forget_old(store, 30) == 1


def test_what_is_younger_stays(store: Database) -> None:
    Transcripts(store).append("a", Author.BOT, [Message("昨日")])
    deliver(store, "1")
    make_older(store, 29)
    assert forget_old(store, 30) == 0


def test_what_was_never_worked_off_stays(store: Database) -> None:
    Inbox(store, "line").accept([Arrival("1", "a", "{}")])
    with store.writing() as connection:
        connection.exec_driver_sql(f"UPDATE inbox SET received_at = {time.time() - 31 * DAY_S}")
    assert forget_old(store, 30) == 0


def test_a_handoff_that_staff_has_seen_to_is_removed(store: Database) -> None:
    handoffs = StoredHandoffs(store)
    handoffs.open("seen to", Reason.ASKED)
    handoffs.close("seen to")
    handoffs.open("waits", Reason.ASKED)
    with store.writing() as connection:
        connection.exec_driver_sql("UPDATE handoffs SET opened_at = '2020-01-01T00:00:00+00:00'")
    assert forget_old(store, 30) == 1
    assert [handoff.conversation for handoff in handoffs.waiting()] == ["waits"]


HANAKO = Chat("Ubot", "Uhanako")


def test_a_chat_is_forgotten_with_the_last_that_is_known_of_its_conversation(store: Database) -> None:
    inbox, chats = Inbox(store, "line"), Chats(store, "line")
    (conversation,) = inbox.accept([Arrival("1", HANAKO, "{}")])
    Unsent(store).add(conversation, "message 1")
    delivery = inbox.take(conversation, "me")
    assert delivery is not None
    inbox.done(delivery)
    make_older(store, 29)
    assert forget_old(store, 30) == 0
    assert chats.of(conversation) == HANAKO
    make_older(store, 2)
    assert forget_old(store, 30) == 3
    assert chats.of(conversation) is None
    assert Unsent(store).of(conversation) == frozenset()


def test_the_chat_of_an_owner_whom_staff_has_not_answered_yet_stays(store: Database) -> None:
    chats = Chats(store, "line")
    conversation = chats.conversation(HANAKO)
    StoredHandoffs(store).open(conversation, Reason.ASKED)
    with store.writing() as connection:
        connection.exec_driver_sql("UPDATE handoffs SET opened_at = '2020-01-01T00:00:00+00:00'")
    assert forget_old(store, 30) == 0
    assert chats.of(conversation) == HANAKO
    StoredHandoffs(store).close(conversation)
    assert forget_old(store, 30) == 2
    assert chats.of(conversation) is None


def test_much_that_is_old_is_forgotten_in_short_transactions_between_which_others_write(store: Database) -> None:
    transcripts = Transcripts(store)
    for _ in range(5):
        transcripts.append("a", Author.BOT, [Message("昔")] * 300)
    make_older(store, 31)
    waits_s: List[float] = []
    done = threading.Event()

    def write() -> None:
        while not done.is_set():
            began = time.monotonic()
            transcripts.append("b", Author.BOT, [Message("今")])
            waits_s.append(time.monotonic() - began)

    writer = threading.Thread(target=write)
    writer.start()
    assert forget_old(store, 30) == 1500
    done.set()
    writer.join()
    assert len(waits_s) > 3
    assert transcripts.after("a", 0) == ()
