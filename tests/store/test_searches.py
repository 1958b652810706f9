"""What staff looks for is kept for a day under a name that nobody can guess, for whoever looked."""

from __future__ import annotations

from typing import Callable

import pytest

from bot.store import ConversationFilter, Database, Searches
from bot.store.searches import forget_searches
from tests.store.patience import opened

DAY_S = 86_400.0
WANTED = ConversationFilter(words="融資を断られた", prefecture="福島県", useful=False)


class Clock:
    """Seconds that pass when a test says so."""

    now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(address: str) -> Database:
    return opened(address)


@pytest.fixture
def of(store: Database, clock: Clock) -> Callable[[str], Searches]:
    return lambda staff: Searches(store, staff, clock)


def test_a_search_comes_back_by_its_name(of: Callable[[str], Searches]) -> None:
    name = of("花子").keep(WANTED)
    assert of("花子").get(name) == WANTED
    assert "融資" not in name


def test_nobody_gets_the_search_of_another(of: Callable[[str], Searches]) -> None:
    assert of("次郎").get(of("花子").keep(WANTED)) is None


def test_a_search_is_gone_after_a_day(of: Callable[[str], Searches], clock: Clock) -> None:
    name = of("花子").keep(WANTED)
    clock.now += DAY_S
    assert of("花子").get(name) is None


def test_what_is_a_day_old_is_erased_and_nothing_else(
    store: Database, of: Callable[[str], Searches], clock: Clock
) -> None:
    of("花子").keep(WANTED)
    clock.now += DAY_S
    name = of("花子").keep(WANTED)
    assert forget_searches(store, clock.now) == 1
    assert of("花子").get(name) == WANTED


def test_the_oldest_of_many_goes_and_nobody_elses_with_it(of: Callable[[str], Searches], clock: Clock) -> None:
    others = of("次郎").keep(WANTED)
    names = []
    for _ in range(21):
        clock.now += 1
        names.append(of("花子").keep(WANTED))
    assert [of("花子").get(name) is None for name in names] == [True] + [False] * 20
    assert of("次郎").get(others) == WANTED


def test_a_telephone_number_that_is_looked_for_is_not_kept(of: Callable[[str], Searches]) -> None:
    found = of("花子").get(of("花子").keep(ConversationFilter(words="090-1234-5678 の方")))
    assert found is not None and found.words == "〔電話番号〕 の方"
