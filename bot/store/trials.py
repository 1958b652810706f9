"""What staff tries out: the messages of each trial, in their order, under a random name, for a day."""

from __future__ import annotations

import json
import secrets
import time
from dataclasses import dataclass, replace
from typing import Any, Callable, Optional, Sequence, Tuple

import sqlalchemy
from sqlalchemy import Column, Float, Index, Integer, Text, select
from sqlalchemy.engine import Connection

from bot.masking import masked
from bot.store.database import TABLES, Database
from bot.store.turn_shape import storable
from bot.store.turn_tables import TURNS

KEPT_S = 86_400.0  # longer than a session lasts
MOST_MESSAGES = 200
MOST = 20  # of one person
_NAME_BYTES = 12
# What was begun with the words of a conversation names it, and goes with it; others have no name there.
TRIALS = sqlalchemy.Table(
    "staff_trials",
    TABLES,
    Column("name", Text, primary_key=True),
    Column("staff", Text, nullable=False),
    Column("conversation", Text, nullable=False),
    Column("number", Integer, nullable=False),
    Column("sent", Text, nullable=False),
    Column("at", Float, nullable=False),
    Index("staff_trials_of_somebody", "staff", "at"),
    Index("staff_trials_of_a_conversation", "conversation"),
)
_OF = TRIALS.c


@dataclass(frozen=True)
class Sent:
    """What was sent to the bot: words, or the label of a choice and its id where that was `pressed`."""

    text: str
    pressed: Optional[str] = None


@dataclass(frozen=True)
class Trial:
    """A trial: what was sent, in its order.

    `conversation` is the one whose owner's words it begins with, up to the turn `number`; empty and 0 where it begins
    with none. `at` is when it was last gone on with (Unix seconds).
    """

    name: str
    sent: Tuple[Sent, ...]
    at: float
    conversation: str = ""
    number: int = 0


class Trials:
    """The trials of one person of the staff. Every call raises StoreError where the store fails.

    Each is kept for a day after it was last gone on with, and the latest `MOST` of them.
    """

    def __init__(self, store: Database, staff: str, clock: Callable[[], float] = time.time) -> None:
        self._store = store
        self._staff = staff
        self._clock = clock

    def begin(self) -> str:
        """Begin one in which nothing was said. Returns its name, which nobody can guess."""
        with self._store.writing_alone(self._mine) as store:
            return self._insert(store, Trial("", (), self._clock()))

    def begin_with(self, conversation: str, number: int) -> Optional[str]:
        """Begin one with what the owner of a conversation sent, up to a turn; what they took back is left out.

        None where that turn is not kept, or was taken back, or too much was said before it. Whoever forgets the
        conversation waits for this, and the trial goes with the rest of it.
        """
        theirs = select(TURNS.c.number, TURNS.c.words, TURNS.c.pressed).where(
            TURNS.c.conversation == conversation, TURNS.c.number <= number, TURNS.c.taken_back.is_(False)
        )
        with self._store.writing_alone(f"conversation/{conversation}") as store:
            rows = store.execute(theirs.order_by(TURNS.c.number)).all()
            if not rows or rows[-1].number != number or len(rows) > MOST_MESSAGES:
                return None
            sent = tuple(Sent(row.words, row.pressed) for row in rows)
            return self._insert(store, Trial("", sent, self._clock(), conversation, number))

    def branch(self, name: str, behind: int) -> Optional[str]:
        """Begin another with the first `behind` messages of one. Returns its name; None where there is none such."""
        found = self.get(name)
        if found is None:
            return None
        key = f"conversation/{found.conversation}" if found.conversation else self._mine
        with self._store.writing_alone(key) as store:
            kept = self._find(store, name)  # once more: it goes with its conversation
            if kept is None:
                return None
            return self._insert(store, replace(kept, sent=kept.sent[:behind], at=self._clock()))

    def all(self) -> Tuple[Trial, ...]:
        """All that are kept, those that were gone on with last first."""
        kept = select(TRIALS).where(_OF.staff == self._staff, _OF.at > self._clock() - KEPT_S)
        with self._store.reading() as store:
            return tuple(map(_trial, store.execute(kept.order_by(_OF.at.desc(), _OF.name)).all()))

    def get(self, name: str) -> Optional[Trial]:
        """The trial of this name; None where that is none of theirs, or not any more."""
        with self._store.reading() as store:
            return self._find(store, name)

    def go_on(self, name: str, behind: int, sent: Sequence[Sent]) -> Optional[Trial]:
        """Let these messages follow the first `behind` ones, in the place of what followed them.

        None where there is no such trial any more. What would be too many is left out.
        """
        with self._store.writing_alone(self._mine) as store:
            found = self._find(store, name)
            if found is None:
                return None
            goes_on = (*found.sent[:behind], *map(_without_numbers, sent))[:MOST_MESSAGES]
            changed = replace(found, sent=goes_on, at=self._clock())
            values = {"sent": _to_json(changed.sent), "at": changed.at}
            done = store.execute(TRIALS.update().where(_OF.name == name).values(**values))
            return changed if done.rowcount else None

    @property
    def _mine(self) -> str:
        return f"trials/{self._staff}"

    def _insert(self, store: Connection, trial: Trial) -> str:
        name = secrets.token_urlsafe(_NAME_BYTES)
        of_it = {"conversation": trial.conversation, "number": trial.number, "at": trial.at}
        store.execute(TRIALS.insert().values(name=name, staff=self._staff, sent=_to_json(trial.sent), **of_it))
        mine = select(_OF.name).where(_OF.staff == self._staff).order_by(_OF.at.desc(), _OF.name)
        too_many = store.execute(mine.offset(MOST)).scalars().all()
        store.execute(TRIALS.delete().where(_OF.name.in_(too_many)))
        return name

    def _find(self, store: Connection, name: str) -> Optional[Trial]:
        mine = (_OF.name == name, _OF.staff == self._staff, _OF.at > self._clock() - KEPT_S)
        row = store.execute(select(TRIALS).where(*mine)).one_or_none()
        return _trial(row) if row is not None else None


def forget_trials(store: Database, now: float) -> int:
    """Erase what nobody went on with for a day. Returns how many trials that were."""
    return store.erase(_OF.name, _OF.at <= now - KEPT_S)


def _without_numbers(sent: Sent) -> Sent:
    return replace(sent, text=masked(sent.text))


def _trial(row: Any) -> Trial:
    sent = tuple(Sent(text, pressed) for text, pressed in json.loads(row.sent))
    return Trial(row.name, sent, row.at, row.conversation, row.number)


def _to_json(sent: Sequence[Sent]) -> str:
    return storable(json.dumps([[one.text, one.pressed] for one in sent], ensure_ascii=False))
