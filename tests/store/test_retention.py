"""What was kept long enough is removed, wherever the store has it; what is younger stays."""

from __future__ import annotations

import time

import pytest

from bot.messages import Message
from bot.store import Arrival, Author, Database, Inbox, Question, Questions, Reason, StoredHandoffs, Transcripts
from bot.store.retention import forget_old

DAY_S = 86_400


@pytest.fixture
def store(address: str) -> Database:
    return Database(address)


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
