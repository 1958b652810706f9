"""A person of the staff takes a conversation over, answers, and gives it back; who waits for that, and since when."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Callable, Dict, List, Optional, Tuple

import sqlalchemy
from sqlalchemy import Column, Text, select
from sqlalchemy.engine import Connection

from bot.store.audit import Action, By, note
from bot.store.claims import CLAIMS, LEASE_S, Claim, claim_in, claim_of, lasting, release, wait_for_silence, withheld_in
from bot.store.database import TABLES, Database
from bot.store.handoffs import Handoff, Reason, State, StoredHandoffs, close_in, is_known, resume_in
from bot.store.holding import talk
from bot.store.staff_lines import Line, add_line, send_again, went

LONGEST_SHOWN_NAME = 20

_NAMES = sqlalchemy.Table(
    "staff_names",
    TABLES,
    Column("who", Text, primary_key=True),
    Column("shown_as", Text, nullable=False),
)


class ClaimedError(Exception):
    """Somebody else of staff has the conversation; `claim` says who."""

    def __init__(self, claim: Claim) -> None:
        super().__init__(claim.conversation)
        self.claim = claim


class NotYoursError(Exception):
    """They do not have the conversation (any more): nothing is said in it."""


class NothingThereError(Exception):
    """Nobody was called to such a conversation, or it was forgotten."""


@dataclass(frozen=True)
class Told:
    """What owners read when somebody comes, and goes; without words they read nothing of it."""

    came: str = ""
    went: str = ""


@dataclass(frozen=True)
class Waiting:
    """A conversation that staff has to see to: why, since when (Unix seconds), and who has it, if anybody has.

    `wish` is what its owner wrote who wants to be called back, for staff's eyes only. `back`: it went back to the bot,
    and waits for that alone.
    """

    conversation: str
    reasons: Tuple[Reason, ...]
    since: float
    wish: Optional[str] = field(repr=False)
    back: bool
    claim: Optional[Claim] = None

    @property
    def call_back(self) -> bool:
        """Whether its owner wants to be called back."""
        return self.wish is not None


class Takeovers:
    """All of it, shared by every process. Every call raises StoreError where the store fails.

    A claim is one transaction: of several who claim at once one wins, and it waits for what the bot is saying. It holds
    for `lease_s` seconds, which whoever looks at the conversation renews; after that another may take over.
    """

    def __init__(self, store: Database, clock: Callable[[], float] = time.time, lease_s: float = LEASE_S) -> None:
        self._store = store
        self._clock = clock
        self._lease_s = lease_s
        self._handoffs = StoredHandoffs(store)

    def claim(self, conversation: str, by: By, shown_as: str, told: Told = Told()) -> Claim:
        """Take a conversation over; who has it already goes on having it.

        Raises ClaimedError, NothingThereError, and BotIsSpeakingError, after which to try again within some seconds.
        """
        with self._store.writing_alone(talk(conversation)) as store:
            self._store.hold(store, f"conversation/{conversation}")  # whoever forgets it waits, and we for them
            now = self._clock()
            if not is_known(store, conversation):
                raise NothingThereError(conversation)
            there = claim_in(store, conversation, now)
            if there is not None and there.who == by.who:
                return self._renewed(store, there, now)
            if there is not None:
                raise ClaimedError(there)
            wait_for_silence(store, conversation)
            self._end(store, conversation, now, told.went)
            claim = Claim(conversation, by.who, shown_as, now, now + self._lease_s)
            row = {"who": claim.who, "shown_as": shown_as, "since": now, "until": claim.until}
            store.execute(CLAIMS.insert().values(conversation=conversation, **row))
            store.execute(_NAMES.delete().where(_NAMES.c.who == by.who))
            store.execute(_NAMES.insert().values(who=by.who, shown_as=shown_as))
            add_line(store, self._store, claim, Line.CAME, told.came, now)
            note(store, now, by, Action.CLAIMED, conversation)
        return claim

    def renew(self, conversation: str, who: str) -> Optional[Claim]:
        """Whoever has a conversation is still there. Returns who has it now, be it somebody else or nobody."""
        with self._store.writing_alone(talk(conversation)) as store:
            now = self._clock()
            there = claim_in(store, conversation, now)
            return self._renewed(store, there, now) if there is not None and there.who == who else there

    def holder(self, conversation: str) -> Optional[Claim]:
        """Who has a conversation now."""
        with self._store.reading() as store:
            return claim_in(store, conversation, self._clock())

    def say(self, conversation: str, by: By, words: str, key: str) -> None:
        """Say something to the owner, once under a `key`. Raises NotYoursError, and then nothing is said."""
        with self._store.writing_alone(talk(conversation)) as store:
            claim = self._of(store, conversation, by)
            add_line(store, self._store, claim, Line.SAID, words, self._clock(), key)
            self._renewed(store, claim, self._clock())
            note(store, self._clock(), by, Action.SAID, conversation)

    def say_again(self, conversation: str, by: By, key: str) -> None:
        """Send a line once more that was refused, or may not have arrived. Raises NotYoursError."""
        with self._store.writing_alone(talk(conversation)) as store:
            claim = self._of(store, conversation, by)
            if send_again(store, conversation, key):
                self._renewed(store, claim, self._clock())
                note(store, self._clock(), by, Action.SAID, conversation)

    def give_back(self, conversation: str, by: By, told: Told = Told()) -> None:
        """The bot answers again; a wish for call-back goes on waiting. Raises NotYoursError."""
        self._let_go(conversation, by, told, Line.GAVE_BACK)

    def end(self, conversation: str, by: By, told: Told = Told()) -> None:
        """Nothing of it waits any more, a wish for call-back is erased, and the bot answers again.

        Also where nobody has the conversation. Raises NotYoursError where somebody else has it.
        """
        self._let_go(conversation, by, told, Line.ENDED)

    def leave(self, told: Callable[[Claim], Told]) -> Tuple[str, ...]:
        """Conversations whose person is gone without a word wait again. Returns which those were."""
        over = select(CLAIMS.c.conversation).where(~lasting(self._clock(), self._lease_s))
        with self._store.reading() as store:
            left = store.execute(over).scalars().all()
        gone = []
        for conversation in left:
            with self._store.writing_alone(talk(conversation)) as store:
                now = self._clock()
                row = store.execute(select(CLAIMS).where(CLAIMS.c.conversation == conversation)).one_or_none()
                if row is not None and claim_in(store, conversation, now) is None:
                    self._end(store, conversation, now, told(claim_of(row)).went)
                    gone.append(conversation)
        return tuple(gone)

    def waiting(self) -> Tuple[Waiting, ...]:
        """What staff has to see to: who waits for a person first, of them distress first, then the oldest."""
        by_conversation: Dict[str, List[Handoff]] = {}
        for handoff in self._handoffs.waiting():
            by_conversation.setdefault(handoff.conversation, []).append(handoff)
        with self._store.reading() as store:
            rows = store.execute(select(CLAIMS).where(lasting(self._clock(), self._lease_s))).all()
        claims = {row.conversation: claim_of(row) for row in rows}
        found = [_waiting(name, handoffs, claims.get(name)) for name, handoffs in by_conversation.items()]
        found += [
            Waiting(claim.conversation, (), claim.since, None, False, claim)
            for claim in claims.values()
            if claim.conversation not in by_conversation
        ]
        return tuple(sorted(found, key=_in_order))

    def of(self, conversation: str) -> Optional[Waiting]:
        """One conversation that staff was called to, also where nothing of it waits; None where nobody was."""
        handoffs = self._handoffs.of(conversation)
        if not handoffs:
            return None
        open_ones = [h for h in handoffs if h.state is State.WAITING or h.call_back is not None]
        return _waiting(conversation, open_ones or list(handoffs), self.holder(conversation))

    def shown_name(self, who: str) -> Optional[str]:
        """The name that owners saw of somebody last; None where they have answered nobody yet."""
        with self._store.reading() as store:
            name: Optional[str] = store.execute(select(_NAMES.c.shown_as).where(_NAMES.c.who == who)).scalar()
        return name

    def withheld(self, conversation: str) -> "frozenset[str]":
        """The messages of the owner's whose answer the bot had decided and not said, since a person had come."""
        with self._store.reading() as store:
            return withheld_in(store, conversation)

    def _let_go(self, conversation: str, by: By, told: Told, kind: Line) -> None:
        with self._store.writing_alone(talk(conversation)) as store:
            now = self._clock()
            there = claim_in(store, conversation, now)
            if there is not None and there.who != by.who:
                raise NotYoursError(conversation)
            if there is None and kind is not Line.ENDED:
                raise NotYoursError(conversation)
            (close_in if kind is Line.ENDED else resume_in)(store, conversation)
            self._end(store, conversation, now, told.went, kind)
            note(store, now, by, Action.ENDED if kind is Line.ENDED else Action.GAVE_BACK, conversation)

    def _end(self, store: Connection, conversation: str, now: float, words: str, kind: Line = Line.LEFT) -> None:
        """Whoever had the conversation has it no more, and its owner reads so."""
        before = release(store, conversation)
        if before is not None:
            went(store, self._store, before, now, kind, words)

    def _of(self, store: Connection, conversation: str, by: By) -> Claim:
        claim = claim_in(store, conversation, self._clock())
        if claim is None or claim.who != by.who:
            raise NotYoursError(conversation)
        return claim

    def _renewed(self, store: Connection, claim: Claim, now: float) -> Claim:
        until = now + self._lease_s
        store.execute(CLAIMS.update().where(CLAIMS.c.conversation == claim.conversation).values(until=until))
        return Claim(claim.conversation, claim.who, claim.shown_as, claim.since, until)


def _waiting(conversation: str, handoffs: List[Handoff], claim: Optional[Claim]) -> Waiting:
    with_us = [handoff for handoff in handoffs if handoff.state is State.WAITING]
    return Waiting(
        conversation=conversation,
        reasons=tuple(reason for reason in Reason if any(h.reason is reason for h in handoffs)),
        since=min(handoff.opened_at.timestamp() for handoff in with_us or handoffs),
        wish=next((handoff.call_back for handoff in handoffs if handoff.call_back is not None), None),
        back=not with_us,
        claim=claim,
    )


def _in_order(waits: Waiting) -> Tuple[bool, bool, bool, float]:
    return waits.claim is not None, waits.back, Reason.DISTRESS not in waits.reasons, waits.since
