"""Times as staff reads and writes them: of Japan."""

from __future__ import annotations

from datetime import datetime
from typing import Optional

from bot.sheets.shape import JAPAN


def moment(at: Optional[float]) -> str:
    """2026-11-28 09:05:12 for a time in Unix seconds; empty for none."""
    return f"{in_japan(at):%Y-%m-%d %H:%M:%S}" if at is not None else ""


def minute(at: float) -> str:
    """2026-11-28 09:05 for a time in Unix seconds."""
    return f"{in_japan(at):%Y-%m-%d %H:%M}"


def in_japan(at: float) -> datetime:
    """A time in Unix seconds, as clocks in Japan show it."""
    return datetime.fromtimestamp(at, JAPAN)


def time_in_japan(text: str) -> Optional[float]:
    """Unix seconds of an ISO date or time, of Japan where it names no other place; None where it is none."""
    try:
        told = datetime.fromisoformat(text)
        return (told if told.tzinfo else told.replace(tzinfo=JAPAN)).timestamp()
    except (ValueError, OverflowError):
        return None
