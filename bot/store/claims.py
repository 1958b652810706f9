"""Who of staff has a conversation, and whether the bot is saying something in it: the two exclude each other.

The bot speaks only under a mark, made in a transaction that finds no claim; whoever claims waits for the mark to go, or
to run out with the process that made it. So nothing of the bot's follows a claim, whatever happens on the way.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any, Optional

import sqlalchemy
from sqlalchemy import Column, Float, Text, bindparam, select
from sqlalchemy.engine import Connection

from bot.store.database import TABLES, Database
from bot.store.holding import TakenOverError, lasts

LEASE_S = 180.0  # an open page asks every few seconds, one in the background every minute
SPEAKS_FOR_S = 10.0  # longer than any one call to a service takes
_BEFORE_THE_CLOCK_WAS_SET_BACK = 2.0

CLAIMS = sqlalchemy.Table(
    "claims",
    TABLES,
    Column("conversation", Text, primary_key=True),
    Column("who", Text, nullable=False),
    Column("shown_as", Text, nullable=False),
    Column("since", Float, nullable=False),
    Column("until", Float, nullable=False),
)
_SPEAKING = sqlalchemy.Table(
    "speaking",
    TABLES,
    Column("conversation", Text, primary_key=True),
    Column("until", Float, nullable=False),
)
# Whose answer was decided before somebody of staff took over, and not sent: what the record says of it was not said.
_WITHHELD = sqlalchemy.Table(
    "withheld",
    TABLES,
    Column("conversation", Text, nullable=False),
    Column("message_id", Text, nullable=False),
    sqlalchemy.UniqueConstraint("conversation", "message_id"),
)
_OF, _BY_BOT = CLAIMS.c, _SPEAKING.c


@dataclass(frozen=True)
class Claim:
    """Somebody of staff has a conversation: the account's name, the name that its owner sees, and since when.

    The claim holds until a time (Unix seconds), by which it is renewed as long as somebody is there.
    """

    conversation: str
    who: str
    shown_as: str
    since: float
    until: float


class BotIsSpeakingError(Exception):
    """The bot is saying something at this moment; the claim may succeed when that is said."""


def lasting(now: Any, lease_s: float = LEASE_S) -> Any:
    """The condition that a claim still holds `now` (Unix seconds, or a parameter that stands for them).

    One that ends far ahead is from before the clock was set back.
    """
    return (_OF.until > now) & (_OF.until < now + _BEFORE_THE_CLOCK_WAS_SET_BACK * max(lease_s, LEASE_S))


# Statements of every message are made once: putting one together takes longer than the database takes to answer it.
_CLAIM = select(CLAIMS).where(_OF.conversation == bindparam("here"), lasting(bindparam("now", type_=Float)))
_SPEAKS = select(_BY_BOT.until).where(_BY_BOT.conversation == bindparam("here"))
_SAID = _SPEAKING.delete().where(_BY_BOT.conversation == bindparam("here"))


def claim_in(store: Connection, conversation: str, now: float) -> Optional[Claim]:
    """The claim that holds on a conversation, within a transaction; None where nobody of staff has it."""
    row = store.execute(_CLAIM, {"here": conversation, "now": now}).one_or_none()
    return claim_of(row) if row is not None else None


def claim_of(row: Any) -> Claim:
    """The claim in a row of the table."""
    return Claim(row.conversation, row.who, row.shown_as, row.since, row.until)


def may_speak(store: Connection, conversation: str) -> bool:
    """Whether the bot may say what it has decided, within a transaction that holds the talk.

    It may where nobody has the conversation, and where the turn was decided beside the person who has it.
    """
    if claim_in(store, conversation, time.time()) is None:
        return True
    return store.execute(_SPEAKS, {"here": conversation}).first() is not None


def go_on_speaking(store: Connection, database: Database, conversation: str) -> None:
    """The bot is about to say something outside the store: nobody claims the conversation meanwhile.

    Raises TakenOverError where somebody has.
    """
    if not may_speak(store, conversation):
        raise TakenOverError(conversation)
    mark(store, database, conversation)


def is_silent(store: Connection, conversation: str) -> None:
    """What the bot had to say is said, or is not said for now."""
    store.execute(_SAID, {"here": conversation})


def wait_for_silence(store: Connection, conversation: str) -> None:
    """Raises BotIsSpeakingError where the bot is; a mark whose process died or stands still counts no more."""
    here = _BY_BOT.conversation == conversation
    if store.execute(select(_BY_BOT.until).where(here, lasts(_BY_BOT.until))).first() is not None:
        raise BotIsSpeakingError(conversation)
    store.execute(_SPEAKING.delete().where(here))


def withhold(store: Connection, database: Database, conversation: str, message_id: str) -> None:
    """What was decided about a message of the owner's is not said."""
    row = {"conversation": conversation, "message_id": message_id}
    store.execute(database.insert_new(_WITHHELD).values(row))


def withheld_in(store: Connection, conversation: str) -> "frozenset[str]":
    """The messages of owners whose answer was decided and not said."""
    theirs = select(_WITHHELD.c.message_id).where(_WITHHELD.c.conversation == conversation)
    return frozenset(store.execute(theirs).scalars())


def mark(store: Connection, database: Database, conversation: str) -> None:
    """The bot is about to say something: nobody claims the conversation meanwhile."""
    until = time.time() + SPEAKS_FOR_S
    row = {"conversation": conversation, "until": until}
    if store.execute(database.insert_new(_SPEAKING).values(row)).rowcount != 1:
        store.execute(_SPEAKING.update().where(_BY_BOT.conversation == conversation).values(until=until))


def release(store: Connection, conversation: str) -> Optional[Claim]:
    """Nobody of staff has the conversation any more, within a transaction. Returns the claim that there was."""
    row = store.execute(select(CLAIMS).where(_OF.conversation == conversation)).one_or_none()
    store.execute(CLAIMS.delete().where(_OF.conversation == conversation))
    return claim_of(row) if row is not None else None


def forget_marks(store: Database, before: float) -> int:
    """Erase the marks that processes left behind before a time (Unix seconds). Returns how many those were."""
    return store.erase(_BY_BOT.conversation, _BY_BOT.until < before)
