"""What was said in the conversations on the website, numbered, so that a page that comes back can show it again."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from enum import Enum
from typing import Any, Dict, Iterable, Mapping, Optional, Sequence, Tuple

import sqlalchemy
from sqlalchemy import Column, Float, Integer, Text, UniqueConstraint, bindparam, func, select
from sqlalchemy.engine import Connection

from bot.masking import masked
from bot.messages import Choices, Message, part_from_json, part_to_json
from bot.store.claims import is_silent, may_speak, withhold
from bot.store.database import TABLES, Database
from bot.store.forgotten import require
from bot.store.holding import LostHoldError, lasts, talk

_TRANSCRIPTS = sqlalchemy.Table(
    "transcripts",
    TABLES,
    Column("id", Integer, primary_key=True),
    Column("conversation", Text, nullable=False),
    Column("seq", Integer, nullable=False),
    Column("author", Text, nullable=False),
    Column("client_id", Text),
    Column("choice", Text),
    Column("words", Text, nullable=False),
    Column("plain", Text, nullable=False),
    Column("part", Text),
    Column("said_at", Float, nullable=False),
    Column("answers", Integer),
    Column("answered_at", Float),
    Column("attempts", Integer, nullable=False),
    Column("taken_by", Text),
    Column("taken_until", Float),
    UniqueConstraint("conversation", "seq"),
    UniqueConstraint("conversation", "client_id"),
    sqlalchemy.Index("old_transcripts", "said_at"),
)
_OF = _TRANSCRIPTS.c
# Statements of every message are made once: putting one together takes longer than the database takes to answer it.
_HERE = _OF.conversation == bindparam("here")
_NOW = bindparam("now", type_=Float)
_OWNERS_ROW = select(_TRANSCRIPTS).where(_HERE, _OF.client_id == bindparam("client"))
_HELD_BY_ANOTHER = (
    select(_OF.id).where(_HERE, lasts(_OF.taken_until, _NOW), _OF.taken_by != bindparam("worker")).limit(1)
)
_LAST = select(func.max(_OF.seq)).where(_HERE)
_AFTER = select(_TRANSCRIPTS).where(_HERE, _OF.seq > bindparam("last")).order_by(_OF.seq)
_THIS_ROW = _TRANSCRIPTS.update().where(_OF.id == bindparam("this"))
_OF_WORKER = _TRANSCRIPTS.update().where(_HERE, _OF.taken_by == bindparam("worker"))
_HELD_LONGER = _OF_WORKER.values(taken_until=bindparam("then", type_=Float))
_LET_GO = _OF_WORKER.values(taken_by=None, taken_until=None)
_ANSWERED = _THIS_ROW.values(answered_at=_NOW, taken_by=None, taken_until=None)
_AT_ONCE = 500  # below SQLite's oldest limit of 999 variables in a statement


class IdReusedError(Exception):
    """An owner's message came under the id of another one."""


class Author(str, Enum):
    """Who said something: the owner, the bot, or a person of the staff."""

    OWNER = "owner"
    BOT = "bot"
    STAFF = "staff"


@dataclass(frozen=True)
class Entry:
    """One thing that was said, the `seq`th (from 1) of its conversation, `at` a time in UTC.

    `client_id` is the id that the owner's page gave to its message.
    """

    seq: int
    author: Author
    message: Message
    at: datetime
    client_id: Optional[str] = None


@dataclass(frozen=True)
class Heard:
    """An owner's message as their page sent it: its id there, the words, and the id of the choice that was pressed."""

    client_id: str
    words: str
    choice: Optional[str] = None

    def is_same(self, other: Heard) -> bool:
        """Whether it is the same message, sent again; the label of a choice may have changed meanwhile."""
        return self.choice == other.choice and (self.choice is not None or self.words == other.words)


@dataclass(frozen=True)
class Exchange:
    """An owner's message and what was said to it; `replies` is None as long as nobody has answered."""

    owner: Entry
    replies: Optional[Tuple[Entry, ...]] = None


@dataclass(frozen=True)
class Hearing:
    """An owner's message as it is kept. `attempt` (from 1) is the number of the attempt to answer it that may begin.

    It is None where it has been answered, and where another worker holds the conversation.
    """

    exchange: Exchange
    attempt: Optional[int]


class Transcripts:
    """The transcripts of all conversations. Every call raises StoreError where the store fails.

    Several processes may share it: an owner's message is answered by one worker at a time, which holds its conversation
    for `lease_s` seconds and has to renew that; one that died holds it no longer, nor one that stood still meanwhile.
    """

    def __init__(self, store: Database, lease_s: float = 10.0) -> None:
        self._store = store
        self.lease_s = lease_s

    def append(self, conversation: str, author: Author, messages: Iterable[Message]) -> Tuple[Entry, ...]:
        """Add what the bot or staff says, all of it or nothing; nothing of the bot's while a person has it.

        Raises ForgottenError.
        """
        with self._writing(conversation) as store:
            require(store, conversation)
            if author is Author.BOT and not may_speak(store, conversation):
                return ()
            return _add(store, conversation, author, messages)

    def hear(self, conversation: str, heard: Heard, worker: str) -> Hearing:
        """Keep an owner's message, and hold its conversation to answer it; one transaction for both, since both wait.

        Numbers that belong to a person are hidden in what is kept. Where it came before, it is not kept twice, and what
        was said to it comes along. Raises IdReusedError where another message came under its id, and ForgottenError.
        """
        heard = replace(heard, words=masked(heard.words))
        with self._writing(conversation) as store:
            row = _owner_row(store, conversation, heard.client_id)
            if row is None:
                require(store, conversation)
                held = self._is_held(store, conversation, worker)
                taken = {} if held else self._taken(worker, attempt=1)
                (entry,) = _add(store, conversation, Author.OWNER, [Message(heard.words)], heard, taken=taken)
                return Hearing(Exchange(entry), None if held else 1)
            if not heard.is_same(Heard(row.client_id, row.words, row.choice)):
                raise IdReusedError(heard.client_id)
            exchange = _exchange(store, row)
            return Hearing(exchange, self._take(store, row, worker) if exchange.replies is None else None)

    def renew(self, conversation: str, worker: str) -> None:
        """Hold a conversation for another lease. Raises LostHoldError."""
        longer = {"here": conversation, "worker": worker, "then": time.time() + self.lease_s}
        with self._writing(conversation) as store:
            if self._is_held(store, conversation, worker) or store.execute(_HELD_LONGER, longer).rowcount == 0:
                raise LostHoldError(conversation)

    def let_go(self, conversation: str, worker: str) -> None:
        """Hold a conversation no longer; its message stays unanswered."""
        with self._writing(conversation) as store:
            store.execute(_LET_GO, {"here": conversation, "worker": worker})
            is_silent(store, conversation)

    def answer(self, conversation: str, client_id: str, messages: Iterable[Message], worker: str) -> Exchange:
        """Add what the bot says to an owner's message, which is then answered, and let the conversation go.

        Where it was answered meanwhile, nothing is added, and the exchange is what it was. Where a person of the staff
        has taken the conversation over, what the bot says is withheld, and the message is theirs. Raises LostHoldError
        where `worker` does not hold the conversation any more, and ForgottenError; then nothing is added either.
        """
        with self._writing(conversation) as store:
            row = _owner_row(store, conversation, client_id)
            if row is None:
                require(store, conversation)
            if row is not None and row.answered_at is not None:
                return _exchange(store, row)
            if row is None or row.taken_by != worker or self._is_held(store, conversation, worker):
                raise LostHoldError(conversation)
            store.execute(_ANSWERED, {"this": row.id, "now": time.time()})
            if not may_speak(store, conversation):
                withhold(store, self._store, conversation, client_id)
                messages = ()
            is_silent(store, conversation)
            return Exchange(_entry(row), _add(store, conversation, Author.BOT, messages, answers=row.seq))

    def after(self, conversation: str, seq: int) -> Tuple[Entry, ...]:
        """What was said after the `seq`th thing. Raises ForgottenError."""
        with self._store.reading() as store:
            rows = store.execute(_AFTER, {"here": conversation, "last": seq}).all()
            if not rows:
                require(store, conversation)
        return tuple(map(_entry, rows))

    def newest(self, conversations: Sequence[str]) -> Mapping[str, int]:
        """How many things were said in each of these conversations; those where nothing was are left out."""
        found: Dict[str, int] = {}
        with self._store.reading() as store:
            for begin in range(0, len(conversations), _AT_ONCE):
                some = conversations[begin : begin + _AT_ONCE]
                newest = select(_OF.conversation, func.max(_OF.seq)).where(_OF.conversation.in_(some))
                found.update((name, seq) for name, seq in store.execute(newest.group_by(_OF.conversation)))
        return found

    def offered(self, conversation: str, choice: str) -> Optional[str]:
        """The label under which a choice was offered last; None where this conversation was never offered it."""
        with_parts = (
            select(_TRANSCRIPTS)
            .where(_OF.conversation == conversation, _OF.author != Author.OWNER.value, _OF.part.is_not(None))
            .order_by(_OF.seq.desc())
        )
        with self._store.reading() as store:
            for row in store.execute(with_parts):
                part = _message(row).part
                for offer in part.choices if isinstance(part, Choices) else ():
                    if offer.id == choice:
                        return offer.label
        return None

    def forget(self, before: float) -> int:
        """Remove what was said before a time (Unix seconds). Returns how much that was."""
        return self._store.erase(_OF.id, _OF.said_at < before)

    def _writing(self, conversation: str) -> Any:
        return self._store.writing_alone(talk(conversation))

    def _take(self, store: Connection, row: Any, worker: str) -> Optional[int]:
        if self._is_held(store, row.conversation, worker):
            return None
        attempt = int(row.attempts) + 1
        store.execute(_THIS_ROW.values(self._taken(worker, attempt)), {"this": row.id})
        return attempt

    def _is_held(self, store: Connection, conversation: str, worker: str) -> bool:
        """Whether another worker holds the conversation."""
        now = {"here": conversation, "worker": worker, "now": time.time()}
        return store.execute(_HELD_BY_ANOTHER, now).first() is not None

    def _taken(self, worker: str, attempt: int) -> Dict[str, object]:
        return {"attempts": attempt, "taken_by": worker, "taken_until": time.time() + self.lease_s}


def say_in(store: Connection, conversation: str, author: Author, messages: Iterable[Message]) -> None:
    """Add what staff says, within a transaction that holds the talk. Raises ForgottenError."""
    require(store, conversation)
    _add(store, conversation, author, messages)


def _add(
    store: Connection,
    conversation: str,
    author: Author,
    messages: Iterable[Message],
    heard: Optional[Heard] = None,
    answers: Optional[int] = None,
    taken: Optional[Mapping[str, object]] = None,
) -> Tuple[Entry, ...]:
    """Write messages behind the last one; who calls it keeps others out of the conversation."""
    last = store.execute(_LAST, {"here": conversation}).scalar() or 0
    rows, entries = [], []
    for seq, message in enumerate(messages, start=last + 1):
        said_at = time.time()
        row = {
            "conversation": conversation,
            "seq": seq,
            "author": author.value,
            "client_id": heard.client_id if heard else None,
            "choice": heard.choice if heard else None,
            "words": message.words,
            "plain": message.plain(),
            "part": json.dumps(part_to_json(message.part), ensure_ascii=False) if message.part else None,
            "said_at": said_at,
            "answers": answers,
            "attempts": 0,
            **(taken or {}),
        }
        rows.append(row)
        at = datetime.fromtimestamp(said_at, timezone.utc)
        entries.append(Entry(seq, author, message, at, heard.client_id if heard else None))
    if rows:
        store.execute(_TRANSCRIPTS.insert(), rows)
    return tuple(entries)


def _owner_row(store: Connection, conversation: str, client_id: str) -> Any:
    return store.execute(_OWNERS_ROW, {"here": conversation, "client": client_id}).one_or_none()


def _exchange(store: Connection, row: Any) -> Exchange:
    if row.answered_at is None:
        return Exchange(_entry(row))
    replies = store.execute(
        select(_TRANSCRIPTS).where(_OF.conversation == row.conversation, _OF.answers == row.seq).order_by(_OF.seq)
    )
    return Exchange(_entry(row), tuple(map(_entry, replies)))


def _entry(row: Any) -> Entry:
    at = datetime.fromtimestamp(row.said_at, timezone.utc)
    return Entry(row.seq, Author(row.author), _message(row), at, row.client_id)


def _message(row: Any) -> Message:
    """The message of a row; one whose part another version of the bot wrote otherwise is told as text."""
    try:
        return Message(row.words, part_from_json(json.loads(row.part)) if row.part else None)
    except ValueError:
        return Message(row.plain)
