"""Figures are counted once a minute, and anew after it."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.console.counting import _MOST, Counting
from bot.store import Database, Figures, Period, StoreError
from tests.console.conftest import Clock
from tests.store.recorded import NOW, took_place

TODAY = Period(NOW, NOW + 86_400)


@pytest.fixture
def store(tmp_path: Path) -> Database:
    store = Database(str(tmp_path / "store.sqlite"))
    took_place(store, "a")
    return store


def test_within_a_minute_the_same_is_told_and_after_it_what_happened_since(store: Database) -> None:
    clock = Clock()
    counting = Counting(Figures(store), clock)
    assert counting.of(TODAY).figures.overview.consultations == 1
    took_place(store, "b", at=NOW + 1)
    clock.now += 59
    assert counting.of(TODAY).figures.overview.consultations == 1
    clock.now += 1
    assert counting.of(TODAY).figures.overview.consultations == 2
    assert counting.of(TODAY).at == clock.now


def test_other_periods_are_counted_for_themselves(store: Database) -> None:
    counting = Counting(Figures(store), Clock())
    assert counting.of(TODAY).figures.before is None
    before = counting.of(TODAY, Period(NOW - 1, NOW)).figures.before
    assert before is not None and before.consultations == 0
    assert counting.of(Period(0, NOW)).figures.overview.consultations == 0


def test_no_more_periods_are_kept_than_a_few(store: Database) -> None:
    counting = Counting(Figures(store), Clock())
    counting.of(TODAY)
    took_place(store, "b", at=NOW + 1)
    for number in range(_MOST):
        counting.of(Period(0, number))
    assert counting.of(TODAY).figures.overview.consultations == 2


def test_what_could_not_be_counted_is_counted_the_next_time(store: Database) -> None:
    counting = Counting(Figures(store), Clock())
    with store.writing() as connection:
        connection.exec_driver_sql("ALTER TABLE asked RENAME TO gone")
    with pytest.raises(StoreError):
        counting.of(TODAY)
    with store.writing() as connection:
        connection.exec_driver_sql("ALTER TABLE gone RENAME TO asked")
    assert counting.of(TODAY).figures.overview.consultations == 1
