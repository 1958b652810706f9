"""A store that does not answer fails each call within its time, however many there are, and serves again at once."""

from __future__ import annotations

import sqlite3
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Callable, Iterator, List

import pytest
from sqlalchemy.engine import make_url

from bot.messages import Message
from bot.store import Author, Database, StoreError, Transcripts
from tests.fakes.network import Network

WITHIN_S = 0.5
A_LITTLE_MORE_S = 1.5  # for a machine that has much else to do


@pytest.fixture
def network(postgresql_address: str) -> Iterator[Network]:
    url = make_url(postgresql_address)
    with Network(url.host or "127.0.0.1", url.port or 5432) as network:
        yield network


@pytest.fixture
def far(network: Network, postgresql_address: str) -> Transcripts:
    """A store behind a network, with a connection open and its tables made: that may take longer than a call."""
    with Database(postgresql_address, answers_within_s=60).reading():
        pass
    url = make_url(postgresql_address).set(host="127.0.0.1", port=network.port)
    transcripts = Transcripts(Database(url.render_as_string(hide_password=False), answers_within_s=WITHIN_S))
    transcripts.append("a", Author.BOT, [Message("前")])
    return transcripts


def fails_within(seconds: float, call: Callable[[], object]) -> None:
    began = time.monotonic()
    with pytest.raises(StoreError):
        call()
    assert time.monotonic() - began < seconds


def say(transcripts: Transcripts) -> object:
    return transcripts.append("a", Author.BOT, [Message("今")])


def test_a_server_that_takes_all_and_says_nothing_is_given_up_in_time(network: Network, far: Transcripts) -> None:
    network.swallow()
    for call in (lambda: say(far), lambda: far.after("a", 0)):
        fails_within(WITHIN_S + A_LITTLE_MORE_S, call)
    network.pass_on()
    say(far)
    assert [entry.message.words for entry in far.after("a", 0)] == ["前", "今"]


def test_many_calls_to_a_silent_server_fail_together_and_not_one_after_another(
    network: Network, far: Transcripts
) -> None:
    network.swallow()
    began = time.monotonic()
    with ThreadPoolExecutor(2) as few_threads:
        calls = [few_threads.submit(fails_within, WITHIN_S + A_LITTLE_MORE_S, lambda: say(far)) for _ in range(40)]
        for call in calls:
            call.result()
    assert time.monotonic() - began < 3 * WITHIN_S + A_LITTLE_MORE_S
    network.pass_on()
    say(far)


def test_a_server_that_is_silent_from_the_start_is_given_up_in_time(network: Network, postgresql_address: str) -> None:
    network.swallow()
    url = make_url(postgresql_address).set(host="127.0.0.1", port=network.port)
    store = Database(url.render_as_string(hide_password=False), answers_within_s=WITHIN_S)
    fails_within(WITHIN_S + A_LITTLE_MORE_S, lambda: Transcripts(store).after("a", 0))


def test_who_waits_for_a_conversation_that_another_process_holds_is_told_in_time(
    network: Network, postgresql_address: str
) -> None:
    store, other = (
        Database(postgresql_address, answers_within_s=WITHIN_S),
        Database(postgresql_address, answers_within_s=60),
    )
    Transcripts(store).after("a", 0)
    with other.writing_alone("transcript/a"):
        fails_within(WITHIN_S + A_LITTLE_MORE_S, lambda: say(Transcripts(store)))
        Transcripts(store).append("b", Author.BOT, [Message("別")])
    say(Transcripts(store))


@pytest.fixture
def locked(tmp_path: Path) -> Iterator["tuple[Transcripts, sqlite3.Connection]"]:
    """A store in a file, and a connection of somebody else's that holds the file."""
    store = Transcripts(Database(str(tmp_path / "store.sqlite"), answers_within_s=WITHIN_S))
    store.append("a", Author.BOT, [Message("前")])
    other = sqlite3.connect(tmp_path / "store.sqlite", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    yield store, other
    other.close()


def test_a_locked_file_fails_all_writers_together_and_no_reader(
    locked: "tuple[Transcripts, sqlite3.Connection]",
) -> None:
    store, other = locked
    began = time.monotonic()
    with ThreadPoolExecutor(4) as few_threads:
        calls = [few_threads.submit(fails_within, WITHIN_S + A_LITTLE_MORE_S, lambda: say(store)) for _ in range(40)]
        assert store.after("a", 0)[0].message.words == "前"
        for call in calls:
            call.result()
    assert time.monotonic() - began < 3 * WITHIN_S + A_LITTLE_MORE_S
    other.execute("ROLLBACK")
    say(store)


@pytest.mark.alone
def test_writers_of_one_process_take_turns_and_none_is_passed_over(tmp_path: Path) -> None:
    store = Transcripts(Database(str(tmp_path / "store.sqlite")))
    store.after("a", 0)
    waits_s: List[float] = []

    def write() -> None:
        for _ in range(20):
            began = time.monotonic()
            say(store)
            waits_s.append(time.monotonic() - began)

    threads = [threading.Thread(target=write) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(store.after("a", 0)) == 320
    assert max(waits_s) < 2.0
