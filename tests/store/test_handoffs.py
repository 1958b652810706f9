"""Handoffs wait until they are seen to, outlive the process, and are shared by several."""

from __future__ import annotations

import sqlite3
import stat
import subprocess
import sys
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from bot.operator.desk import Desk, DeskError, desk
from bot.store import Database, Reason, State, StoredHandoffs, StoreError, With, handoffs, who_has
from tests.store.patience import opened


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "made" / "store.sqlite"


@pytest.fixture
def store(path: Path) -> StoredHandoffs:
    return StoredHandoffs(Database(str(path)))


def test_what_was_opened_waits(store: StoredHandoffs) -> None:
    opened = store.open("a", Reason.ASKED)
    assert store.waiting() == (opened,)
    assert (opened.conversation, opened.reason, opened.state, opened.call_back) == ("a", "asked", "waiting", None)


def test_a_handoff_says_when_it_was_opened_in_utc(store: StoredHandoffs) -> None:
    opened_at = store.open("a", Reason.ASKED).opened_at
    assert opened_at.utcoffset() == timedelta(0)
    assert abs(datetime.now(timezone.utc) - opened_at) < timedelta(minutes=1)


def test_opening_twice_calls_staff_once(store: StoredHandoffs) -> None:
    assert store.open("a", Reason.ASKED) == store.open("a", Reason.ASKED)
    assert len(store.waiting()) == 1


def test_distress_is_an_alert_of_its_own(store: StoredHandoffs) -> None:
    store.open("a", Reason.ASKED)
    store.open("a", Reason.DISTRESS)
    assert [handoff.reason for handoff in store.waiting()] == [Reason.ASKED, Reason.DISTRESS]


def test_the_oldest_waits_first(store: StoredHandoffs) -> None:
    for conversation in ("c", "a", "b"):
        store.open(conversation, Reason.ASKED)
    assert [handoff.conversation for handoff in store.waiting()] == ["c", "a", "b"]


def test_what_was_kept_long_enough_is_forgotten_with_the_wish_for_call_back(store: StoredHandoffs) -> None:
    for conversation in ("resumed", "closed"):
        store.open(conversation, Reason.ASKED)
        store.wish_call_back(conversation, "0120-999-999")
    store.resume("resumed")
    store.close("closed")
    assert store.forget(datetime.now(timezone.utc) + timedelta(minutes=1)) == 2
    assert (store.of("resumed"), store.of("closed"), store.waiting()) == ((), (), ())


def test_what_still_waits_is_not_forgotten_however_old(store: StoredHandoffs) -> None:
    opened = store.open("a", Reason.DISTRESS)
    assert store.forget(datetime.now(timezone.utc) + timedelta(days=400)) == 0
    assert store.waiting() == (opened,)


def test_what_was_opened_since_is_not_forgotten(store: StoredHandoffs) -> None:
    store.open("a", Reason.ASKED)
    store.close("a")
    in_japan = timezone(timedelta(hours=9))
    assert store.forget(datetime.now(in_japan) - timedelta(minutes=1)) == 0
    assert len(store.of("a")) == 1


@pytest.mark.parametrize("days", ["0", "-3", "a month", "1.5", "99999999999"])
def test_days_to_keep_that_make_no_sense_are_named(days: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KAKARITSUKE_KEEP_DAYS", days)
    with pytest.raises(DeskError, match="KAKARITSUKE_KEEP_DAYS: expected whole days from 1 to"):
        desk()


def test_what_was_resumed_waits_no_more(store: StoredHandoffs) -> None:
    store.open("a", Reason.ASKED)
    store.resume("a")
    assert store.waiting() == ()
    assert [handoff.state for handoff in store.of("a")] == [State.RESUMED]


def test_resuming_one_conversation_leaves_the_others(store: StoredHandoffs) -> None:
    store.open("a", Reason.ASKED)
    store.open("b", Reason.ASKED)
    store.resume("a")
    assert [handoff.conversation for handoff in store.waiting()] == ["b"]


def test_an_alert_for_distress_outlasts_the_return_to_the_bot(store: StoredHandoffs) -> None:
    store.open("a", Reason.DISTRESS)
    store.resume("a")
    assert [handoff.reason for handoff in store.waiting()] == [Reason.DISTRESS]


def test_a_conversation_can_be_handed_over_again(store: StoredHandoffs) -> None:
    store.open("a", Reason.ASKED)
    store.resume("a")
    store.open("a", Reason.ASKED)
    assert [handoff.state for handoff in store.of("a")] == [State.RESUMED, State.WAITING]


def test_a_wish_for_call_back_is_kept_with_the_handoff(store: StoredHandoffs) -> None:
    store.open("a", Reason.ASKED)
    assert store.wish_call_back("a", "夕方にお願いします")
    assert [handoff.call_back for handoff in store.waiting()] == ["夕方にお願いします"]


def test_a_wish_without_a_handoff_is_not_kept(store: StoredHandoffs) -> None:
    store.open("a", Reason.DISTRESS)
    assert not store.wish_call_back("a", "夕方にお願いします")
    assert [handoff.call_back for handoff in store.of("a")] == [None]


def test_a_wish_for_call_back_still_waits_when_the_owner_goes_back_to_the_bot(store: StoredHandoffs) -> None:
    store.open("a", Reason.ASKED)
    store.wish_call_back("a", "夕方にお願いします")
    store.resume("a")
    assert [(handoff.state, handoff.call_back) for handoff in store.waiting()] == [
        (State.RESUMED, "夕方にお願いします")
    ]


def test_closing_ends_everything_and_erases_the_wish(path: Path) -> None:
    store = StoredHandoffs(Database(str(path), erased_within_s=0.0))
    store.open("a", Reason.ASKED)
    store.wish_call_back("a", "0120-999-999")
    store.open("a", Reason.DISTRESS)
    store.close("a")
    assert store.waiting() == ()
    assert {(handoff.state, handoff.call_back) for handoff in store.of("a")} == {(State.CLOSED, None)}
    assert not any(b"0120-999-999" in file.read_bytes() for file in path.parent.iterdir())


def test_two_connections_see_the_same(path: Path) -> None:
    bot, console = StoredHandoffs(Database(str(path))), StoredHandoffs(Database(str(path)))
    bot.open("a", Reason.ASKED)
    console.resume("a")
    assert [handoff.state for handoff in bot.of("a")] == [State.RESUMED]


_OPEN_MANY = """
import sys
from bot.store import Database, Reason, StoredHandoffs
for number in range(20):
    StoredHandoffs(Database(sys.argv[1])).open(f"c{number}", Reason.ASKED)
"""


def test_several_processes_that_open_at_once_open_each_handoff_once(address: str) -> None:
    processes = [subprocess.Popen([sys.executable, "-c", _OPEN_MANY, address]) for _ in range(4)]
    assert [process.wait(60) for process in processes] == [0, 0, 0, 0]
    waiting = StoredHandoffs(opened(address)).waiting()
    assert sorted(handoff.conversation for handoff in waiting) == sorted(f"c{number}" for number in range(20))


def test_the_file_is_readable_by_its_owner_alone(store: StoredHandoffs, path: Path) -> None:
    store.open("a", Reason.ASKED)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_store_that_another_process_holds_fails_with_its_name(store: StoredHandoffs, path: Path) -> None:
    store.open("a", Reason.ASKED)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        with pytest.raises(StoreError, match=r"store\.sqlite: database is locked"):
            store.open("b", Reason.ASKED)
    finally:
        other.close()


def test_a_file_that_is_no_store_fails_with_its_name(store: StoredHandoffs, path: Path) -> None:
    path.parent.mkdir()
    path.write_text("これはデータベースではありません。" * 100, encoding="utf-8")
    with pytest.raises(StoreError, match="KAKARITSUKE_STORE"):
        store.waiting()


def test_the_environment_says_where_the_store_is(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KAKARITSUKE_STORE", str(path))
    assert not path.exists()
    handoffs().open("a", Reason.ASKED)
    assert path.exists()


def test_a_conversation_is_with_staff_until_it_is_resumed_or_closed(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KAKARITSUKE_STORE", str(path))
    monkeypatch.setenv("KAKARITSUKE_STAFF", "on")
    for end in (handoffs().resume, handoffs().close):
        handoffs().open("a", Reason.ASKED)
        assert who_has("a") is With.CALLED
        end("a")
        assert who_has("a") is With.BOT


def test_no_conversation_is_with_staff_once_staff_is_off_or_the_store_is_broken(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KAKARITSUKE_STORE", str(path))
    monkeypatch.setenv("KAKARITSUKE_STAFF", "off")
    handoffs().open("a", Reason.ASKED)
    assert who_has("a") is With.BOT
    monkeypatch.setenv("KAKARITSUKE_STAFF", "on")
    monkeypatch.setenv("KAKARITSUKE_STORE", str(path / "below a file.sqlite"))
    assert who_has("a") is With.BOT


def test_a_desk_promises_nothing_until_it_is_told_to(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("KAKARITSUKE_STAFF", "KAKARITSUKE_CALL_BACK", "KAKARITSUKE_STAFF_HOURS", "KAKARITSUKE_KEEP_DAYS"):
        monkeypatch.delenv(name, raising=False)
    assert desk() == Desk(staff=False, call_back=False, hours=None, keep_days=30)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [("KAKARITSUKE_STAFF", "yes", "expected on or off"), ("KAKARITSUKE_CALL_BACK", "on", "nobody could call back")],
)
def test_a_setting_that_makes_no_sense_is_refused(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, said: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(DeskError, match=f"{name}.*{said}"):
        desk()
