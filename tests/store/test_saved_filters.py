"""A filter is kept under its name for whoever saved it."""

from __future__ import annotations

import pytest
import sqlalchemy

from bot.review import ReviewReason
from bot.store import ConversationFilter, Database, SavedFilter, SavedFilters, Standing
from bot.store.database import TABLES
from tests.store.patience import opened

WANTED = ConversationFilter(
    words="融資", since=1.5, prefecture="福島県", standing=Standing.OPEN, reason=ReviewReason.LEFT, useful=False
)


@pytest.fixture
def store(address: str) -> Database:
    return opened(address)


@pytest.fixture
def filters(store: Database) -> SavedFilters:
    return SavedFilters(store, "hanako")


def test_a_filter_comes_back_as_it_was_saved(filters: SavedFilters) -> None:
    filters.save("断られた", WANTED)
    filters.save("すべて", ConversationFilter())
    assert set(filters.all()) == {SavedFilter("断られた", WANTED), SavedFilter("すべて", ConversationFilter())}


def test_one_of_the_same_name_takes_its_place(filters: SavedFilters) -> None:
    filters.save("断られた", WANTED)
    filters.save("断られた", ConversationFilter())
    assert filters.all() == (SavedFilter("断られた", ConversationFilter()),)


def test_nobody_sees_or_removes_those_of_others(store: Database, filters: SavedFilters) -> None:
    taro = SavedFilters(store, "taro")
    filters.save("断られた", WANTED)
    taro.save("断られた", ConversationFilter())
    taro.remove("断られた")
    assert taro.all() == ()
    taro.save("すべて", WANTED)
    taro.remove_all()
    assert (taro.all(), len(filters.all())) == ((), 1)


@pytest.mark.parametrize("kept", ['{"version": 99}', '{"version": 1, "reason": "no such reason"}'])
def test_one_that_another_version_saved_otherwise_keeps_its_name(
    store: Database, filters: SavedFilters, kept: str
) -> None:
    filters.save("断られた", WANTED)
    with store.writing() as connection:
        connection.execute(sqlalchemy.update(TABLES.tables["saved_filters"]).values(wanted=kept))
    assert filters.all() == (SavedFilter("断られた", None),)
