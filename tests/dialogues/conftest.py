"""A desk of its own for every conversation: an empty store, and an address under which it is reached."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def empty_desk(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("KAKARITSUKE_STORE", str(tmp_path / "store.sqlite"))
    monkeypatch.setenv("KAKARITSUKE_PUBLIC_URL", "https://soudan.example.jp")
