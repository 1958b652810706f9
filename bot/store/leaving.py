"""What of the record for staff is removed next: counted, and read once more before it is gone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Optional, Tuple

from sqlalchemy import func, select, tuple_

from bot.store.database import Database
from bot.store.figures import Period
from bot.store.turn_records import records_of_rows
from bot.store.turn_shape import TurnRecord
from bot.store.turn_tables import CONVERSATIONS, TURNS

_TURN = TURNS.c


@dataclass(frozen=True)
class Leaving:
    """What was said in a time: how many turns, in how many conversations, and in how many of these nothing later."""

    turns: int
    conversations: int
    whole: int


class LeavingTurns:
    """The turns of a time over all conversations, oldest first. Every call raises StoreError where the store fails."""

    def __init__(self, store: Database) -> None:
        self._store = store

    def counted(self, period: Period) -> Leaving:
        """How much was said in a time."""
        turns = select(func.count(), func.count(_TURN.conversation.distinct())).where(_within(_TURN.at, period))
        last = CONVERSATIONS.c
        whole = select(func.count()).where(last.spoke.is_(True), _within(last.last_at, period))
        with self._store.reading() as store:
            said, conversations = store.execute(turns).one()
            return Leaving(said, conversations, store.execute(whole).scalar_one())

    def some(self, period: Period, after: Optional[TurnRecord] = None, most: int = 200) -> Tuple[TurnRecord, ...]:
        """Turns of a time with all that belongs to them; `after` is the last one of those before."""
        spot = tuple_(_TURN.at, _TURN.conversation, _TURN.number)
        theirs = select(TURNS).where(_within(_TURN.at, period))
        if after is not None:
            theirs = theirs.where(spot > (after.at, after.conversation, after.number))
        with self._store.reading() as store:
            rows = store.execute(theirs.order_by(_TURN.at, _TURN.conversation, _TURN.number).limit(most)).all()
            return records_of_rows(store, rows)


def _within(column: Any, period: Period) -> Any:
    return (column >= period.since) & (column < period.until)
