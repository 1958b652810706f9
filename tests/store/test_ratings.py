"""An owner says once whether a consultation was of use, and why; it goes with the conversation."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from bot.store import Database, Ratings
from bot.store.retention import forget_conversation, forget_old
from tests.store.patience import opened
from tests.store.recorded import took_place


@pytest.fixture
def store(address: str) -> Database:
    return opened(address)


@pytest.fixture
def ratings(store: Database) -> Ratings:
    took_place(store, "a")
    return Ratings(store)


def test_a_rating_is_kept_with_when_it_was_given(ratings: Ratings) -> None:
    assert ratings.of("a") is None
    before = time.time()
    assert ratings.rate("a", useful=True)
    kept = ratings.of("a")
    assert kept is not None
    assert (kept.useful, kept.why) == (True, None)
    assert before <= kept.rated_at <= time.time()


def test_why_is_kept_in_the_owners_words_without_numbers_of_a_person(ratings: Ratings) -> None:
    ratings.rate("a", useful=False)
    assert ratings.say_why("a", "電話は090-0000-0001です\0")
    kept = ratings.of("a")
    assert kept is not None and kept.why == "電話は〔電話番号〕です"


def test_who_changes_their_mind_is_believed_and_the_reason_for_the_other_is_gone(ratings: Ratings) -> None:
    ratings.rate("a", useful=False)
    ratings.say_why("a", "遠かった")
    ratings.rate("a", useful=True)
    kept = ratings.of("a")
    assert kept is not None and (kept.useful, kept.why) == (True, None)


def test_the_same_tap_twice_keeps_the_reason(ratings: Ratings) -> None:
    ratings.rate("a", useful=False)
    ratings.say_why("a", "遠かった")
    ratings.rate("a", useful=False)
    kept = ratings.of("a")
    assert kept is not None and kept.why == "遠かった"


def test_a_conversation_of_which_nothing_is_kept_is_not_rated(store: Database, ratings: Ratings) -> None:
    assert not ratings.rate("nobody", useful=True)
    forget_conversation(store, "a")
    assert not ratings.rate("a", useful=True)
    assert ratings.of("a") is None


def test_why_without_a_rating_is_not_kept(ratings: Ratings) -> None:
    assert not ratings.say_why("a", "遠かった")
    assert ratings.of("a") is None


def test_a_rating_that_is_old_goes_and_a_younger_one_stays(store: Database, ratings: Ratings) -> None:
    took_place(store, "b", at=time.time())
    ratings.rate("a", useful=True)
    ratings.rate("b", useful=True)
    with store.writing() as connection:
        connection.exec_driver_sql(f"UPDATE ratings SET rated_at = rated_at - {31 * 86_400} WHERE conversation = 'a'")
    forget_old(store, 30)
    assert ratings.of("a") is None
    assert ratings.of("b") is not None


def test_what_was_said_of_a_forgotten_conversation_is_in_no_file(tmp_path: Path) -> None:
    store = Database(str(tmp_path / "store.sqlite"))
    took_place(store, "a")
    Ratings(store).rate("a", useful=False)
    Ratings(store).say_why("a", "zqxjvkw")
    forget_conversation(store, "a")
    assert not any(b"zqxjvkw" in path.read_bytes() for path in tmp_path.iterdir())
