"""The log of what staff did and read: found by whoever asks, answered from an index, and kept for its time."""

from __future__ import annotations

import time
from typing import List

import pytest
import sqlalchemy

from bot.store import Action, Audit, By, Database, Noted, Reading, Wanted
from bot.store.audit import readings_after
from bot.store.database import TABLES
from bot.store.forgotten import digest
from bot.store.retention import forget_conversation, forget_old
from tests.store.patience import opened
from tests.store.test_accounts import Clock

HANAKO, TARO = By("花子", "192.0.2.1"), By("太郎", "192.0.2.2")
DAY_S = 86_400.0


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(address: str) -> Database:
    return opened(address)


@pytest.fixture
def audit(store: Database, clock: Clock) -> Audit:
    return Audit(store, clock)


def in_pages(audit: Audit, wanted: Wanted, most: int) -> List[Noted]:
    """All that is wanted, read page by page."""
    found: List[Noted] = []
    while page := audit.entries(wanted, most, found[-1] if found else None):
        found.extend(page)
    return found


def test_an_entry_says_who_did_what_to_what_when_and_from_where(audit: Audit, clock: Clock) -> None:
    audit.note(HANAKO, Action.ACCOUNT_ADDED, "太郎", "viewer")
    [entry] = audit.entries(Wanted(), 10)
    assert (entry.at, entry.by, entry.action, entry.about, entry.detail) == (
        clock.now,
        HANAKO,
        Action.ACCOUNT_ADDED,
        "太郎",
        "viewer",
    )
    assert audit.entry(entry.id) == entry


@pytest.fixture
def lively(audit: Audit, clock: Clock) -> Audit:
    """Two people over three hours."""
    for number in range(6):
        who = HANAKO if number % 2 else TARO
        audit.read(who, f"web-{number // 3}")
        audit.note(who, Action.SIGNED_OUT)
        clock.now += 1800
    return audit


@pytest.mark.parametrize(
    ("wanted", "count"),
    [
        (Wanted(), 12),
        (Wanted(who="花子"), 6),
        (Wanted(action=Action.READ), 6),
        (Wanted(about="web-1"), 3),
        (Wanted(who="花子", about="web-1"), 2),
        (Wanted(who="誰か"), 0),
        (Wanted(since=1_800_000_000 + 1800, until=1_800_000_000 + 5400), 4),
    ],
)
def test_entries_are_found_by_person_action_matter_and_time(lively: Audit, wanted: Wanted, count: int) -> None:
    assert len(lively.entries(wanted, 100)) == count


@pytest.mark.parametrize("most", [1, 5, 12, 100])
def test_page_by_page_every_entry_is_seen_once_newest_first(lively: Audit, most: int) -> None:
    found = in_pages(lively, Wanted(), most)
    assert len({entry.id for entry in found}) == len(found) == 12
    assert [entry.at for entry in found] == sorted((entry.at for entry in found), reverse=True)


def test_what_comes_while_somebody_turns_pages_moves_nothing(lively: Audit, clock: Clock) -> None:
    first = lively.entries(Wanted(), 6)
    lively.note(HANAKO, Action.SIGNED_IN)
    second = lively.entries(Wanted(), 100, first[-1])
    assert len({entry.id for entry in (*first, *second)}) == 12


def test_a_report_says_who_read_which_conversation_how_often_and_when(lively: Audit, clock: Clock) -> None:
    began = clock.now - 6 * 1800
    assert set(lively.readings(began, clock.now)) == {
        Reading("太郎", "web-0", 2, began, began + 3600),
        Reading("花子", "web-0", 1, began + 1800, began + 1800),
        Reading("花子", "web-1", 2, began + 5400, began + 9000),
        Reading("太郎", "web-1", 1, began + 7200, began + 7200),
    }


def test_a_report_begins_at_the_one_time_and_ends_before_the_other(audit: Audit, clock: Clock) -> None:
    audit.read(HANAKO, "web-1")
    assert len(audit.readings(clock.now, clock.now + 1)) == 1
    assert audit.readings(clock.now - 1, clock.now) == ()


def test_a_conversation_that_was_forgotten_stays_known_as_read_without_its_name(audit: Audit, store: Database) -> None:
    audit.read(HANAKO, "slack-T1-U1")
    audit.read(HANAKO, "web-1")
    forget_conversation(store, "slack-T1-U1")
    assert {entry.about for entry in audit.entries(Wanted(), 10)} == {digest("slack-T1-U1"), "web-1"}


def test_entries_are_kept_for_as_long_as_the_operator_says(store: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    for age in (29, 31, 366):
        Audit(store, lambda age=age: time.time() - age * DAY_S).read(HANAKO, f"web-{age}")  # type: ignore[misc]
    assert forget_old(store, 1) == 1
    monkeypatch.setenv("KAKARITSUKE_STAFF_LOG_DAYS", "30")
    assert forget_old(store, 1) == 1
    assert [entry.about for entry in Audit(store).entries(Wanted(), 10)] == ["web-29"]


def fill(store: Database, count: int, began: float) -> None:
    """That many entries, a second apart; every other is a reading."""
    rows = (
        {
            "at": began + number,
            "who": f"staff-{number % 7}",
            "address": "192.0.2.1",
            "action": "read" if number % 2 else "signed_in",
            "reads": bool(number % 2),
            "about": f"web-{number % 5000}",
        }
        for number in range(count)
    )
    while batch := [row for _, row in zip(range(2000), rows, strict=False)]:
        with store.writing() as connection:
            connection.execute(TABLES.tables["staff_audit"].insert(), batch)


def test_a_report_of_more_than_is_read_at_once_counts_every_reading_once(store: Database, clock: Clock) -> None:
    fill(store, 90_000, clock.now)
    found = Audit(store).readings(clock.now + 11, clock.now + 89_989)
    assert sum(reading.times for reading in found) == 44_989
    assert (min(each.first_at for each in found), max(each.last_at for each in found)) == (
        clock.now + 11,
        clock.now + 89_987,
    )


def test_a_report_is_read_from_its_index_alone(store: Database, clock: Clock) -> None:
    fill(store, 20_000, clock.now)
    asked = readings_after((clock.now, 0), clock.now + 1000, 500)
    with store.writing() as connection:
        postgresql = connection.dialect.name == "postgresql"
        connection.exec_driver_sql("ANALYZE staff_audit")
        text = asked.compile(connection, compile_kwargs={"literal_binds": True})
        explain = "EXPLAIN" if postgresql else "EXPLAIN QUERY PLAN"
        plan = "\n".join(" ".join(map(str, row)) for row in connection.exec_driver_sql(f"{explain} {text}"))
    assert "staff_audit_readings" in plan
    if not postgresql:
        assert "USING COVERING INDEX" in plan


@pytest.mark.alone
def test_a_report_over_many_entries_takes_seconds(store: Database, clock: Clock) -> None:
    fill(store, 100_000, clock.now)
    began = time.monotonic()
    found = Audit(store).readings(clock.now, clock.now + 100_000)
    assert sum(reading.times for reading in found) == 50_000
    assert time.monotonic() - began < 5


def test_every_column_is_made_by_the_same_code_on_both_databases(store: Database) -> None:
    with store.reading() as connection:
        made = {column["name"] for column in sqlalchemy.inspect(connection).get_columns("staff_audit")}
    assert made == {"id", "at", "who", "address", "action", "reads", "about", "detail"}


def test_first_words_in_a_list_are_a_reading_noted_once_a_day_for_each_person(audit: Audit, clock: Clock) -> None:
    audit.listed(HANAKO, ["a", "b"])
    clock.now += DAY_S - 1
    audit.listed(HANAKO, ["b", "c"])
    audit.listed(TARO, ["b"])
    clock.now += 2
    audit.listed(HANAKO, ["b"])
    noted = [(each.by.who, each.about) for each in reversed(audit.entries(Wanted(action=Action.LISTED), 10))]
    assert noted == [("花子", "a"), ("花子", "b"), ("花子", "c"), ("太郎", "b"), ("花子", "b")]
    assert {(each.who, each.about) for each in audit.readings(0.0, clock.now + 1)} == set(noted)


def test_who_unmasked_something_has_read_it(audit: Audit, clock: Clock) -> None:
    audit.note(HANAKO, Action.UNMASKED, "a")
    assert [(each.who, each.about) for each in audit.readings(0.0, clock.now + 1)] == [("花子", "a")]


def test_a_file_is_noted_once_and_each_conversation_in_it_as_read(audit: Audit, clock: Clock) -> None:
    audit.exported(HANAKO, "csv", ["a", "b"])
    noted = [(each.action, each.about, each.detail) for each in audit.entries(Wanted(), 10)]
    assert set(noted) == {
        (Action.EXPORTED, None, "csv"),
        (Action.READ, "a", "exported"),
        (Action.READ, "b", "exported"),
    }
    assert {each.about for each in audit.readings(0.0, clock.now + 1)} == {"a", "b"}
