"""What staff said to owners, and when somebody came and went: kept first, then sent by the owner's channel."""

from __future__ import annotations

import time
import uuid
from dataclasses import dataclass
from enum import Enum
from typing import Any, Optional, Sequence, Tuple

import sqlalchemy
from sqlalchemy import Column, Float, Index, Integer, Text, UniqueConstraint, select
from sqlalchemy.engine import Connection

from bot.messages import Message, Person
from bot.store.claims import Claim
from bot.store.database import TABLES, Database
from bot.store.holding import lasts, talk
from bot.store.transcripts import Author, say_in

_SENDS_FOR_S = 30.0
_WEB = "web"

LINES = sqlalchemy.Table(
    "staff_lines",
    TABLES,
    Column("id", Integer, primary_key=True),
    Column("conversation", Text, nullable=False, index=True),
    Column("channel", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("who", Text, nullable=False),
    Column("shown_as", Text, nullable=False),
    Column("words", Text, nullable=False),
    Column("at", Float, nullable=False),
    Column("state", Text, nullable=False),
    Column("how", Text),
    Column("reason", Text),
    Column("batch", Text),
    Column("attempts", Integer, nullable=False),
    Column("taken_until", Float),
    UniqueConstraint("conversation", "key"),
)
_OF = LINES.c
Index("staff_lines_to_send", _OF.channel, _OF.state)
_TOKENS = sqlalchemy.Table(
    "reply_tokens",
    TABLES,
    Column("conversation", Text, primary_key=True),
    Column("token", Text, nullable=False),
    Column("until", Float, nullable=False),
)


class Line(str, Enum):
    """What a line is: somebody came, said something, gave the conversation back, or ended it.

    They LEFT where their claim ran out; the owner may have TAKEN_BACK the conversation, which says nothing to them.
    """

    CAME = "came"
    SAID = "said"
    GAVE_BACK = "gave_back"
    ENDED = "ended"
    LEFT = "left"
    TAKEN_BACK = "taken_back"


class Sending(str, Enum):
    """How far a line came on its way to the owner. It WAITS where it goes along with the next.

    Whether it arrived may be UNCLEAR. What is for staff alone is sent to NOBODY.
    """

    WAITS = "waits"
    QUEUED = "queued"
    SENT = "sent"
    REFUSED = "refused"
    UNCLEAR = "unclear"
    NOBODY = "nobody"


@dataclass(frozen=True)
class StaffLine:
    """A line in a conversation; `words` are what the owner reads, `at` is in Unix seconds.

    `how` says how it was sent where a service has several ways, `reason` why it was refused. Lines that are sent
    together have the same `batch`, `attempts` counts from 1.
    """

    id: int
    conversation: str
    key: str
    kind: Line
    who: str
    shown_as: str
    words: str
    at: float
    state: Sending
    how: Optional[str] = None
    reason: Optional[str] = None
    batch: str = ""
    attempts: int = 0

    @property
    def message(self) -> Message:
        """What the owner reads, and that a person is there from now on, or is not."""
        if self.kind is Line.SAID:
            return Message(self.words)
        return Message(self.words, Person(self.kind is Line.CAME, self.shown_as))


class StaffLines:
    """The lines of all conversations, sent one conversation at a time and in order, each by one worker.

    Every call raises StoreError where the store fails. On the website a line is in the transcript as it is kept.
    """

    def __init__(self, store: Database) -> None:
        self._store = store

    def of(self, conversation: str) -> Tuple[StaffLine, ...]:
        """Every line of a conversation, oldest first."""
        theirs = select(LINES).where(_OF.conversation == conversation).order_by(_OF.id)
        with self._store.reading() as store:
            return tuple(map(_line, store.execute(theirs)))

    def take(self, channel: str) -> Tuple[StaffLine, ...]:
        """What is to be sent next in one conversation of a channel, held for a while; nothing where nothing is.

        What a worker took and did not finish is taken again, together and as it was.
        """
        waits = (_OF.channel == channel, _OF.state == Sending.QUEUED.value)
        with self._store.writing_alone(f"staff_lines/{channel}") as store:
            held = select(_OF.conversation).where(*waits, lasts(_OF.taken_until))
            oldest = select(_OF.conversation).where(*waits, _OF.conversation.not_in(held)).order_by(_OF.id).limit(1)
            conversation = store.execute(oldest).scalar()
            if conversation is None:
                return ()
            theirs = (*waits, _OF.conversation == conversation)
            begun = store.execute(select(_OF.batch).where(*theirs, _OF.batch.is_not(None)).limit(1)).scalar()
            batch = begun or uuid.uuid4().hex
            these = (*theirs, _OF.batch == batch) if begun else theirs
            taken = {"batch": batch, "attempts": _OF.attempts + 1, "taken_until": time.time() + _SENDS_FOR_S}
            store.execute(LINES.update().where(*these).values(taken))
            rows = store.execute(select(LINES).where(*theirs, _OF.batch == batch).order_by(_OF.id)).all()
        return tuple(map(_line, rows))

    def sent(self, lines: Sequence[StaffLine], how: Optional[str] = None) -> None:
        """These are sent."""
        self._settle(lines, state=Sending.SENT.value, how=how, taken_until=None)

    def refused(self, lines: Sequence[StaffLine], reason: str) -> None:
        """These cannot be sent; staff is shown why."""
        self._settle(lines, state=Sending.REFUSED.value, reason=reason, taken_until=None)

    def unclear(self, lines: Sequence[StaffLine]) -> None:
        """Whether these arrived is not known; staff decides."""
        self._settle(lines, state=Sending.UNCLEAR.value, taken_until=None)

    def sends_by(self, lines: Sequence[StaffLine], how: str) -> None:
        """How these are about to be sent, for whoever has to take them again."""
        self._settle(lines, how=how)

    def let_go(self, lines: Sequence[StaffLine], until: float) -> None:
        """These are tried again, not before a time in Unix seconds at most half a minute ahead."""
        self._settle(lines, taken_until=until)

    def keep_token(self, conversation: str, token: str, until: float) -> None:
        """An owner's message may be answered with this token until a time (Unix seconds), once."""
        with self._store.writing_alone(talk(conversation)) as store:
            store.execute(_TOKENS.delete().where(_TOKENS.c.conversation == conversation))
            store.execute(_TOKENS.insert().values(conversation=conversation, token=token, until=until))
            release_what_waits(store, conversation)

    def take_token(self, conversation: str, now: float) -> Optional[str]:
        """The token that still works at a time, for whoever asks first; None where there is none."""
        mine = _TOKENS.c.conversation == conversation
        with self._store.writing_alone(talk(conversation)) as store:
            row = store.execute(select(_TOKENS).where(mine)).one_or_none()
            store.execute(_TOKENS.delete().where(mine))
        return str(row.token) if row is not None and row.until > now else None

    def token_lasts_until(self, conversation: str) -> Optional[float]:
        """Until when an answer may be sent with a token (Unix seconds); None where there is none."""
        with self._store.reading() as store:
            until: Optional[float] = _token_until(store, conversation)
        return until

    def forget(self, before: float) -> int:
        """Remove what was said before a time (Unix seconds), sent or not. Returns how many lines that were."""
        gone = self._store.erase(_TOKENS.c.conversation, _TOKENS.c.until < before)
        return gone + self._store.erase(_OF.id, _OF.at < before)

    def _settle(self, lines: Sequence[StaffLine], **values: object) -> None:
        ids = [line.id for line in lines]
        with self._store.writing() as store:
            store.execute(LINES.update().where(_OF.id.in_(ids), _OF.state == Sending.QUEUED.value).values(values))


def channel_of(conversation: str) -> str:
    """The channel that a conversation is held on: its name begins with it."""
    return conversation.partition("-")[0]


def add_line(
    store: Connection, database: Database, claim: Claim, kind: Line, words: str, at: float, key: Optional[str] = None
) -> None:
    """A line of whoever has the conversation, within a transaction that holds the talk.

    With the same `key` it is added once. Without words it is for staff alone.
    """
    channel = channel_of(claim.conversation)
    state = Sending.QUEUED
    if not words:
        state = Sending.NOBODY
    elif channel == _WEB:
        state = Sending.SENT
    elif kind is Line.CAME and channel == "line" and not _has_token(store, claim.conversation, at):
        state = Sending.WAITS  # a push of its own is billed: it goes along with what they say first
    row = {
        "conversation": claim.conversation,
        "channel": channel,
        "key": key or str(uuid.uuid4()),
        "kind": kind.value,
        "who": claim.who,
        "shown_as": claim.shown_as,
        "words": words,
        "at": at,
        "state": state.value,
        "attempts": 0,
    }
    if store.execute(database.insert_new(LINES).values(row)).rowcount != 1:
        return
    if kind is Line.SAID:
        release_what_waits(store, claim.conversation)
    if words and channel == _WEB:
        mine = (_OF.conversation == claim.conversation, _OF.key == row["key"])
        line = _line(store.execute(select(LINES).where(*mine)).one())
        say_in(store, claim.conversation, Author.STAFF, [line.message])


def went(store: Connection, database: Database, claim: Claim, at: float, kind: Line, words: str = "") -> None:
    """Somebody has the conversation no more, within a transaction; that they came is not told any more then."""
    unsaid = (_OF.conversation == claim.conversation, _OF.state == Sending.WAITS.value)
    never_told = store.execute(LINES.update().where(*unsaid).values(state=Sending.NOBODY.value)).rowcount > 0
    add_line(store, database, claim, kind, "" if never_told else words, at)


def send_again(store: Connection, conversation: str, key: str) -> bool:
    """A line that was refused, or may not have arrived, is sent once more. False where there is none such."""
    may_go = _OF.state.in_([Sending.REFUSED.value, Sending.UNCLEAR.value])
    queued = {"state": Sending.QUEUED.value, "reason": None, "how": None, "batch": None, "attempts": 0}
    mine = LINES.update().where(_OF.conversation == conversation, _OF.key == key, may_go)
    return int(store.execute(mine.values(**queued, taken_until=None)).rowcount) == 1


def release_what_waits(store: Connection, conversation: str) -> None:
    """What waited to go along with the next is sent now, within a transaction."""
    waits = LINES.update().where(_OF.conversation == conversation, _OF.state == Sending.WAITS.value)
    store.execute(waits.values(state=Sending.QUEUED.value))


def _has_token(store: Connection, conversation: str, now: float) -> bool:
    until = _token_until(store, conversation)
    return until is not None and until > now


def _token_until(store: Connection, conversation: str) -> Optional[float]:
    until: Optional[float] = store.execute(
        select(_TOKENS.c.until).where(_TOKENS.c.conversation == conversation)
    ).scalar()
    return until


def _line(row: Any) -> StaffLine:
    return StaffLine(
        id=row.id,
        conversation=row.conversation,
        key=row.key,
        kind=Line(row.kind),
        who=row.who,
        shown_as=row.shown_as,
        words=row.words,
        at=row.at,
        state=Sending(row.state),
        how=row.how,
        reason=row.reason,
        batch=row.batch or "",
        attempts=row.attempts,
    )
