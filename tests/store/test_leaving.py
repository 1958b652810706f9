"""What is removed next is counted, and read whole before it is gone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.store import Database, Leaving, LeavingTurns, Period, TurnRecords
from tests.store.patience import opened
from tests.store.recorded import DAY_S, HOUR_S, NOW, took_place
from tests.store.test_turn_records import FULL

DAY = Period(NOW, NOW + DAY_S)


@pytest.fixture
def store(address: str) -> Database:
    return opened(address)


@pytest.fixture
def leaving(store: Database) -> LeavingTurns:
    return LeavingTurns(store)


def test_nothing_leaves_where_nothing_was_said(leaving: LeavingTurns) -> None:
    assert leaving.counted(DAY) == Leaving(0, 0, 0)
    assert leaving.some(DAY) == ()


def test_turns_conversations_and_those_that_go_whole_are_counted(store: Database, leaving: LeavingTurns) -> None:
    took_place(store, "ended", at=NOW)
    took_place(store, "ended", at=NOW + HOUR_S)
    took_place(store, "goes on", at=NOW + HOUR_S)
    took_place(store, "goes on", at=NOW + 2 * DAY_S)
    took_place(store, "before", at=NOW - 1)
    took_place(store, "after", at=NOW + DAY_S)
    assert leaving.counted(DAY) == Leaving(turns=3, conversations=2, whole=1)


def test_turns_of_all_conversations_are_read_whole_oldest_first(store: Database, leaving: LeavingTurns) -> None:
    kept = [replace(FULL, conversation=name, at=NOW + n, message_id=name) for n, name in enumerate("bac")]
    for record in kept:
        TurnRecords(store).keep(record)
    assert leaving.some(DAY) == tuple(replace(record, number=1) for record in kept)


def test_they_are_read_page_by_page_each_once(store: Database, leaving: LeavingTurns) -> None:
    for number in range(7):
        took_place(store, f"c{number % 3}", words=f"{number}", at=NOW + number // 4)
    read, some = [], leaving.some(DAY, most=2)
    while some:
        read += [turn.words for turn in some]
        some = leaving.some(DAY, after=some[-1], most=2)
    assert sorted(read) == [str(number) for number in range(7)]
