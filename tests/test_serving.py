"""What happens when the process begins."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import List

import pytest

from bot.serving import StartError, open_desk
from bot.store import Reason, handoffs


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A desk with staff, and three conversations that staff has seen to."""
    path = tmp_path / "store.sqlite"
    monkeypatch.setenv("KAKARITSUKE_STAFF", "on")
    monkeypatch.setenv("KAKARITSUKE_STORE", str(path))
    for days_ago in (1, 20, 40):
        handoffs().open(f"{days_ago} days ago", Reason.ASKED)
        handoffs().close(f"{days_ago} days ago")
        with sqlite3.connect(path) as tables:
            tables.execute(
                "UPDATE handoffs SET opened_at = strftime('%Y-%m-%dT%H:%M:%S+00:00', 'now', ?) WHERE conversation = ?",
                (f"-{days_ago} days", f"{days_ago} days ago"),
            )
    return path


def kept(path: Path) -> List[str]:
    with sqlite3.connect(path) as tables:
        return [row[0] for row in tables.execute("SELECT conversation FROM handoffs ORDER BY id")]


def test_at_the_start_what_staff_has_seen_to_is_erased_after_thirty_days(store: Path) -> None:
    open_desk()
    assert kept(store) == ["1 days ago", "20 days ago"]


def test_the_operator_says_how_many_days_are_enough(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KAKARITSUKE_KEEP_DAYS", "7")
    open_desk()
    assert kept(store) == ["1 days ago"]


def test_a_desk_whose_staff_could_not_be_called_does_not_open(
    store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KAKARITSUKE_STORE", str(tmp_path))
    with pytest.raises(StartError, match="KAKARITSUKE_STORE"):
        open_desk()
