"""What channels were sent and have not answered yet: each event once, worked off in order, over restarts."""

from __future__ import annotations

import time
from dataclasses import dataclass
from enum import Enum
from typing import Any, Callable, Iterable, List, Optional, Tuple, Union

import sqlalchemy
from sqlalchemy import Column, Float, Integer, Text, UniqueConstraint, select
from sqlalchemy.engine import Connection

from bot.store.chats import Chat, conversation_of
from bot.store.claims import go_on_speaking, is_silent
from bot.store.database import TABLES, Database
from bot.store.handoffs import waits_for_wish
from bot.store.holding import LostHoldError, lasts, talk

_INBOX = sqlalchemy.Table(
    "inbox",
    TABLES,
    Column("id", Integer, primary_key=True),
    Column("channel", Text, nullable=False),
    Column("event_id", Text, nullable=False),
    Column("conversation", Text, nullable=False),
    Column("body", Text),
    Column("progress", Text),
    Column("attempts", Integer, nullable=False),
    Column("received_at", Float, nullable=False),
    Column("done_at", Float),
    Column("taken_by", Text),
    Column("taken_until", Float),
    UniqueConstraint("channel", "event_id"),
    sqlalchemy.Index("waiting_in_inbox", "channel", "conversation", "done_at"),
)
_OF = _INBOX.c


class Condition(Enum):
    """When an arrival is kept: always, only where its conversation is known already, or only where it is not."""

    ALWAYS = "always"
    KNOWN = "known"
    NEW = "new"


@dataclass(frozen=True)
class Arrival:
    """An event as it came in: its id at the sender, the conversation or chat it belongs to, and its JSON.

    `as_wish` is the JSON with a number that `body` hides: kept instead where the number may be what staff waits for.
    """

    event_id: str
    conversation: Union[str, Chat]
    body: str
    condition: Condition = Condition.ALWAYS
    as_wish: Optional[str] = None


@dataclass(frozen=True)
class Delivery:
    """An event to work off, received at a time in Unix seconds.

    `attempts` counts from 1; `progress` is what an earlier attempt noted; `worker` is who holds it in this attempt.
    """

    id: int
    event_id: str
    conversation: str
    body: str
    attempts: int
    received_at: float
    progress: Optional[str] = None
    worker: str = ""


class Inbox:
    """The events of one channel. Every call raises StoreError where the store fails.

    A conversation is worked on by one worker at a time, in order of arrival. A worker holds it for `lease_s` seconds
    and has to renew that; one that died holds it no longer. One that only stood still, and does not know that another
    took over, hears LostHoldError from every call about an event that it took. What was forgotten with its conversation
    no other worker can take any more: whoever answered that wish may still send the answer, and is done with it.
    """

    def __init__(self, store: Database, channel: str, lease_s: float = 10.0) -> None:
        self.database = self._store = store
        self._channel = channel
        self.lease_s = lease_s

    def accept(self, arrivals: Iterable[Arrival]) -> Tuple[str, ...]:
        """Keep what is new, in this order, in one transaction. Returns the conversations that have something new.

        Raises UnfitError, a StoreError, where one of them is nothing that the database can hold, and ValueError or
        OverflowError where one is not even text that can be sent there (half a character, NUL for PostgreSQL).
        """
        new: List[str] = []
        with self._store.writing() as store:
            for arrival in arrivals:
                conversation = self._conversation_of(arrival, store)
                if not self._counts(arrival.condition, conversation, store):
                    continue
                wish = arrival.as_wish if arrival.as_wish and waits_for_wish(conversation, store) else None
                row = {
                    "channel": self._channel,
                    "event_id": arrival.event_id,
                    "conversation": conversation,
                    "body": wish or arrival.body,
                    "attempts": 0,
                    "received_at": time.time(),
                }
                if store.execute(self._store.insert_new(_INBOX).values(row)).rowcount == 1:
                    new.append(conversation)
        return tuple(dict.fromkeys(new))

    def take(self, conversation: str, worker: str) -> Optional[Delivery]:
        """The oldest event of a conversation, now held by `worker`; None where none waits or another holds one."""
        with self._store.writing() as store:
            self._store.hold(store, f"{self._channel}/{conversation}")
            if not self._may_take(store, conversation, worker):
                return None
            row = store.execute(self._waiting(conversation).order_by(_OF.id).limit(1)).one_or_none()
            if row is None:
                return None
            held = {"taken_by": worker, "taken_until": time.time() + self.lease_s, "attempts": row.attempts + 1}
            store.execute(_INBOX.update().where(_OF.id == row.id).values(held))
        came = row.received_at
        return Delivery(row.id, row.event_id, conversation, row.body, row.attempts + 1, came, row.progress, worker)

    def renew(self, delivery: Delivery) -> None:
        """Hold an event for another lease. Raises LostHoldError."""
        self._set(delivery, taken_until=time.time() + self.lease_s)

    def renew_to_send(self, delivery: Delivery) -> None:
        """Hold an event whose answer stands for another lease, in which it is said.

        Raises LostHoldError, not where it was forgotten, and TakenOverError where a person has the conversation.
        """
        self._set(delivery, True, go_on_speaking, taken_until=time.time() + self.lease_s)

    def note(self, delivery: Delivery, progress: str) -> None:
        """Keep how far the work on an event came, for whoever has to take it up again. Raises LostHoldError.

        What is sent next is sent within a lease of its own. Of what was forgotten nothing is kept. Raises
        TakenOverError where a person has the conversation.
        """
        self._set(delivery, True, go_on_speaking, progress=progress, taken_until=time.time() + self.lease_s)

    def done(self, delivery: Delivery) -> None:
        """The event is worked off: its id stays known, what it said is erased. Raises LostHoldError."""
        worked_off = {"done_at": time.time(), "body": None, "progress": None, "taken_by": None, "taken_until": None}
        self._set(delivery, True, _be_silent, **worked_off)

    def let_go(self, delivery: Delivery, until: float) -> None:
        """Put an event back; nobody takes its conversation up before `until` (Unix seconds). Raises LostHoldError."""
        self._set(delivery, False, _be_silent, taken_by=None, taken_until=until)

    def left(self) -> Tuple[str, ...]:
        """The conversations that have something waiting and no worker that holds them, oldest first."""
        held = select(_OF.conversation).where(
            _OF.channel == self._channel, _OF.done_at.is_(None), lasts(_OF.taken_until)
        )
        waiting = (
            select(_OF.conversation)
            .where(_OF.channel == self._channel, _OF.done_at.is_(None), _OF.conversation.not_in(held))
            .group_by(_OF.conversation)
            .order_by(sqlalchemy.func.min(_OF.id))
        )
        with self._store.reading() as store:
            return tuple(row.conversation for row in store.execute(waiting))

    def knows(self, conversation: str) -> bool:
        """Whether anything of a conversation was ever accepted, and not yet forgotten."""
        with self._store.reading() as store:
            return self._is_known(conversation, store)

    def holds(self, delivery: Delivery) -> bool:
        """Whether an event is still there, and was not forgotten with its conversation."""
        with self._store.reading() as store:
            return store.execute(select(_OF.id).where(_OF.id == delivery.id)).first() is not None

    def forget_conversations(self, beginning: str) -> int:
        """Remove everything of the conversations whose id begins so, done or not. Returns how many events that were."""
        of_them = _OF.conversation.startswith(beginning, autoescape=True)
        with self._store.writing() as store:
            removed = store.execute(_INBOX.delete().where(_OF.channel == self._channel, of_them))
        return int(removed.rowcount)

    def _conversation_of(self, arrival: Arrival, store: Any) -> str:
        where = arrival.conversation
        return where if isinstance(where, str) else conversation_of(where, self._channel, self._store, store)

    def _counts(self, condition: Condition, conversation: str, store: Any) -> bool:
        return condition is Condition.ALWAYS or self._is_known(conversation, store) is (condition is Condition.KNOWN)

    def _is_known(self, conversation: str, store: Any) -> bool:
        of_it = select(_OF.id).where(_OF.channel == self._channel, _OF.conversation == conversation)
        return store.execute(of_it.limit(1)).first() is not None

    def _may_take(self, store: Any, conversation: str, worker: str) -> bool:
        held = self._waiting(conversation).where(
            lasts(_OF.taken_until), sqlalchemy.func.coalesce(_OF.taken_by, "") != worker
        )
        return store.execute(held.limit(1)).first() is None

    def _waiting(self, conversation: str) -> Any:
        return select(_INBOX).where(
            _OF.channel == self._channel, _OF.conversation == conversation, _OF.done_at.is_(None)
        )

    def _set(
        self,
        delivery: Delivery,
        forgotten_counts_as_held: bool = False,
        and_then: "Optional[Callable[[Connection, Database, str], None]]" = None,
        **values: object,
    ) -> None:
        """Change an event that is still held as it was taken: each attempt has a number of its own."""
        held = _INBOX.update().where(
            _OF.id == delivery.id,
            _OF.taken_by == delivery.worker,
            _OF.attempts == delivery.attempts,
            _OF.done_at.is_(None),
        )
        with self._store.writing_alone(talk(delivery.conversation)) as store:
            is_held = store.execute(held.values(values)).rowcount == 1
            there = is_held or store.execute(select(_OF.id).where(_OF.id == delivery.id)).first() is not None
            if not is_held and (there or not forgotten_counts_as_held):
                raise LostHoldError(delivery.event_id)
            if is_held and and_then is not None:
                and_then(store, self._store, delivery.conversation)


def _be_silent(store: Connection, database: Database, conversation: str) -> None:
    is_silent(store, conversation)


def forget_done(store: Database, before: float) -> int:
    """Remove what any channel was sent and had done before a time (Unix seconds). Returns how many events that were."""
    return store.erase(_OF.id, _OF.done_at < before)
