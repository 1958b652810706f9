"""What happens when the process begins."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.serving.application import StartError, check_desk


def test_a_desk_whose_staff_could_not_be_called_does_not_open(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KAKARITSUKE_STAFF", "on")
    monkeypatch.setenv("KAKARITSUKE_STORE", str(tmp_path))
    with pytest.raises(StartError, match="KAKARITSUKE_STORE"):
        check_desk()
