"""Forgets what owners said when it has been kept long enough: the one place that says how long, and removes it."""

from __future__ import annotations

import os
import time

from bot.desk import DeskError
from bot.store.database import Database
from bot.store.inbox import forget_done
from bot.store.transcripts import Transcripts

KEEP_DAYS = "KAKARITSUKE_KEEP_DAYS"
_DAY_S = 86_400
_DEFAULT_DAYS = 30
_MOST_DAYS = 3650


def keep_days() -> int:
    """For how many days the operator keeps what owners said. Raises DeskError where that is no number of days."""
    text = os.environ.get(KEEP_DAYS, "").strip() or str(_DEFAULT_DAYS)
    if not (text.isascii() and text.isdecimal() and 1 <= int(text) <= _MOST_DAYS):
        raise DeskError(f"{KEEP_DAYS}: expected a whole number of days from 1 to {_MOST_DAYS}, found {text!r}")
    return int(text)


def forget_old(store: Database, days: int) -> int:
    """Remove what is older than so many days. Returns how many rows that were. Raises StoreError."""
    before = time.time() - days * _DAY_S
    return Transcripts(store).forget(before) + forget_done(store, before)
