"""Turns for tests of what staff finds, in few words."""

from __future__ import annotations

from typing import Any

from bot.store import Database, StateAfter, TurnRecord, TurnRecords

NOW = 1_795_900_000.0  # 6:06 in the morning of 29 November 2026 in Japan
HOUR_S, DAY_S = 3_600.0, 86_400.0

_STATE = StateAfter.__dataclass_fields__


def took_place(store: Database, conversation: str, words: str = "相談です", at: float = NOW, **more: Any) -> int:
    """A turn of a conversation; `more` are fields of the record or of the state after it. Returns its number."""
    state = {name: value for name, value in more.items() if name in _STATE}
    rest = {"channel": "web", **{name: value for name, value in more.items() if name not in _STATE}}
    name = f"{conversation} {at} {words}"
    return TurnRecords(store).keep(
        TurnRecord(conversation, message_id=name, at=at, words=words, after=StateAfter(**state), **rest)
    )
