"""What the tests of actions share: a store of their own, and a tracker that keeps a turn."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Dict, Optional

import pytest
from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from bot.consult.scene import Turn
from bot.consult.state import Consultation
from bot.consult.state.kept import consultation_in
from bot.frame.plan import slots_after
from bot.operator.desk import Desk
from tests.consult.conftest import decides

__all__ = ["decides"]

OWNER = "web-an-owner"
STAFF = Desk(staff=True, call_back=True)


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty store behind the actions, and a desk with an address."""
    path = tmp_path / "store.sqlite"
    monkeypatch.setenv("KAKARITSUKE_STORE", str(path))
    monkeypatch.setenv("KAKARITSUKE_PUBLIC_URL", "https://soudan.example.jp")
    monkeypatch.setenv("KAKARITSUKE_STAFF", "on")
    return path


@pytest.fixture
def broken_store(store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A store that cannot be opened: its folder is a file."""
    (tmp_path / "a file").write_text("no folder", encoding="utf-8")
    monkeypatch.setenv("KAKARITSUKE_STORE", str(tmp_path / "a file" / "store.sqlite"))


class Carried:
    """An action that was run after a turn: what it said, and the slots as it left them."""

    def __init__(self, action: Action, turn: Turn, text: str = "") -> None:
        slots = slots_after(turn)
        tracker = Tracker(OWNER, slots, {"text": text}, [], False, None, {}, "action_listen")
        dispatcher = CollectingDispatcher()
        events = action.run(dispatcher, tracker, {})
        self.said = dispatcher.messages
        self.changed: Dict[str, Any] = {event["name"]: event["value"] for event in events}
        self.slots = {**slots, **self.changed}

    @property
    def consultation(self) -> Consultation:
        """The consultation as it is kept after the action."""
        return consultation_in(self.slots.get)

    @property
    def response(self) -> Optional[str]:
        """The response that the action itself said, None where it said nothing."""
        return self.said[0]["response"] if self.said else None
