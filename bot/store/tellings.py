"""Who of staff was told that somebody waits: each once, one after another until a person has come."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Dict, List, Sequence, Tuple

import sqlalchemy
from sqlalchemy import Column, Float, Integer, Text, UniqueConstraint, func, select

from bot.store.claims import CLAIMS, lasting
from bot.store.database import TABLES, Database
from bot.store.handoffs import Handoff, Reason, State, StoredHandoffs
from bot.store.holding import lasts
from bot.store.staff_lines import LINES, Line

_TELLS_FOR_S = 30.0
_LONGEST_AGO_S = 86_400.0  # who has waited for longer was waiting before anybody could be told

_TELLINGS = sqlalchemy.Table(
    "tellings",
    TABLES,
    Column("id", Integer, primary_key=True),
    Column("conversation", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("since", Float, nullable=False),
    Column("step", Integer, nullable=False),
    Column("told_at", Float),
    Column("taken_until", Float),
    UniqueConstraint("conversation", "reason", "since", "step"),
)
_OF = _TELLINGS.c


@dataclass(frozen=True)
class Telling:
    """That somebody waits, why, since when (Unix seconds), and who is to be told now: the `step`th (from 0)."""

    conversation: str
    reason: Reason
    since: float
    step: int


class Tellings:
    """What is to be told, for whoever tells it. Every call raises StoreError where the store fails."""

    def __init__(self, store: Database) -> None:
        self._store = store
        self._handoffs = StoredHandoffs(store)

    def due(self, after_s: Sequence[float], now: float) -> Tuple[Telling, ...]:
        """What is to be told at a time (Unix seconds), held for a while by whoever asked; the first of it first.

        `after_s` are the seconds after which each is told, where nobody has come by then. Who began to tell and died is
        followed by another.
        """
        wanted = [
            Telling(handoff.conversation, handoff.reason, since, step)
            for handoff, since in self._without_a_person(now)
            for step, seconds in enumerate(after_s)
            if since + seconds <= now < since + seconds + _LONGEST_AGO_S
        ]
        return tuple(telling for telling in wanted if not self._is_told(telling) and self._take(telling))

    def told(self, telling: Telling) -> None:
        """It is told."""
        self._set(telling, told_at=time.time(), taken_until=None)

    def let_go(self, telling: Telling, until: float) -> None:
        """It could not be told, and is tried again after a time in Unix seconds, at most half a minute ahead."""
        self._set(telling, taken_until=until)

    def _without_a_person(self, now: float) -> List[Tuple[Handoff, float]]:
        """The handoffs that wait for somebody, and since when; a person who left lets them wait anew."""
        waiting = [handoff for handoff in self._handoffs.waiting() if handoff.state is State.WAITING]
        if not waiting:
            return []
        names = sorted({handoff.conversation for handoff in waiting})
        went = select(LINES.c.conversation, func.max(LINES.c.at)).where(LINES.c.kind == Line.LEFT.value)
        with self._store.reading() as store:
            claimed = {*store.execute(select(CLAIMS.c.conversation).where(lasting(now))).scalars()}
            left: Dict[str, float] = {
                name: at for name, at in store.execute(went.group_by(LINES.c.conversation)) if name in names
            }
        return [
            (handoff, max(handoff.opened_at.timestamp(), left.get(handoff.conversation, 0.0)))
            for handoff in waiting
            if handoff.conversation not in claimed
        ]

    def _is_told(self, telling: Telling) -> bool:
        with self._store.reading() as store:
            busy = _OF.told_at.is_not(None) | lasts(_OF.taken_until)
            return store.execute(select(_OF.id).where(*_this(telling), busy)).first() is not None

    def _take(self, telling: Telling) -> bool:
        row = {
            "conversation": telling.conversation,
            "reason": telling.reason.value,
            "since": telling.since,
            "step": telling.step,
        }
        until = {"taken_until": time.time() + _TELLS_FOR_S}
        free = _OF.told_at.is_(None) & (_OF.taken_until.is_(None) | ~lasts(_OF.taken_until))
        with self._store.writing() as store:
            if store.execute(self._store.insert_new(_TELLINGS).values(**row, **until)).rowcount == 1:
                return True
            again = _TELLINGS.update().where(*_this(telling), free)
            return int(store.execute(again.values(until)).rowcount) == 1

    def _set(self, telling: Telling, **values: object) -> None:
        with self._store.writing() as store:
            store.execute(_TELLINGS.update().where(*_this(telling)).values(values))


def forget_tellings(store: Database, before: float) -> int:
    """Erase who was told before a time (Unix seconds). Returns how often that was."""
    return store.erase(_OF.id, _OF.since < before)


def _this(telling: Telling) -> "Tuple[sqlalchemy.sql.ColumnElement[bool], ...]":
    return (
        _OF.conversation == telling.conversation,
        _OF.reason == telling.reason.value,
        _OF.since == telling.since,
        _OF.step == telling.step,
    )
