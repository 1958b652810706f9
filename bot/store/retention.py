"""Forgets what owners said when it has been kept long enough: the one place that removes it from the store."""

from __future__ import annotations

import time
from datetime import datetime, timezone

from bot.store.database import Database
from bot.store.handoffs import StoredHandoffs
from bot.store.inbox import forget_done
from bot.store.questions import forget_questions
from bot.store.transcripts import Transcripts

_DAY_S = 86_400


def forget_old(store: Database, days: int) -> int:
    """Remove what is older than so many days. Returns how many rows that were. Raises StoreError."""
    before = time.time() - days * _DAY_S
    handoffs = StoredHandoffs(store).forget(datetime.fromtimestamp(before, timezone.utc))
    delivered = forget_done(store, before) + forget_questions(store, before)
    return Transcripts(store).forget(before) + delivered + handoffs
