"""The review: turns that a person should look at and nobody has, and what staff proposes to learn from them."""

from __future__ import annotations

import json
import secrets
import time
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from enum import Enum
from typing import Any, Callable, Dict, Iterable, Iterator, List, Mapping, Optional, Sequence, Tuple

from pydantic import parse_obj_as
from sqlalchemy import and_, exists, func, literal, select, tuple_
from sqlalchemy.engine import Connection

from bot.review import LEFT_AFTER_H, ReviewReason
from bot.store.audit import Action, By, note
from bot.store.conversations import is_left
from bot.store.database import Database
from bot.store.ratings import RATINGS
from bot.store.review_tables import PROPOSALS, SETTLED
from bot.store.turn_shape import Stood, heard_from_json, storable
from bot.store.turn_tables import CONVERSATIONS, REASONS, TURNS

_VERSION = 1
_HOUR_S = 3_600.0
_TOGETHER_BYTES = 9
# Whoever changes something in the review waits for the others, so that what was looked at is so when it is written.
_ALONE = "reviews"
_OF = PROPOSALS.c


class ProposalState(str, Enum):
    """Where a proposal stands: before another person, approved and not written yet, written, refused, or taken back."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    WRITTEN = "written"
    REFUSED = "refused"
    UNDONE = "undone"


class ReviewError(Exception):
    """It cannot be done; nothing was changed."""


class GoneError(ReviewError):
    """There is no such message or proposal, or not any more."""


class TooLateError(ReviewError):
    """Somebody else was first; the message is their name, where it is known."""


class OwnProposalError(ReviewError):
    """Nobody approves or refuses what they proposed themselves."""


@dataclass(frozen=True)
class ProposedMove:
    """One thing that a message does: the name of the move, and its arguments (name and value)."""

    move: str
    about: Tuple[Tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Example:
    """What a message is to teach: its words as they are to be written, what it is in its place, and all its moves.

    `bot` are the bot's last words before it. `says_no_name`: whoever proposed it has looked at the words that are like
    names, and says that they are none.
    """

    conversation: str
    number: int
    words: str
    bot: str
    stood: Stood
    moves: Tuple[ProposedMove, ...]
    says_no_name: bool = False


@dataclass(frozen=True)
class Written:
    """What was written: the file, below data/, and the text that was put into it."""

    file: str
    text: str


@dataclass(frozen=True)
class Proposal:
    """An example that somebody proposed at `at` (Unix seconds), what became of it, and what goes `together` with it."""

    id: int
    together: str
    example: Example
    state: ProposalState
    who: str
    at: float
    decided_by: Optional[str] = None
    decided_at: Optional[float] = None
    written: Optional[Written] = None


@dataclass(frozen=True)
class Item:
    """A turn that a person should look at, and when its reason came up (Unix seconds)."""

    conversation: str
    number: int
    at: float
    channel: str
    words: str


@dataclass(frozen=True)
class Like:
    """A message of the record, where it stood."""

    conversation: str
    number: int
    words: str
    stood: Stood


Writing = Callable[[Tuple[Proposal, ...]], Tuple[Written, ...]]


class Reviews:
    """All that is to be looked through. Every call raises StoreError where the store fails.

    A turn is in the queue for each of its reasons that nobody has settled. Looking through settles them all, and so
    does a proposal, as long as it stands. Every step is noted in the transaction that takes it, and can be undone.
    """

    def __init__(self, store: Database, clock: Callable[[], float] = time.time) -> None:
        self._store = store
        self._clock = clock

    def counts(self) -> Mapping[ReviewReason, int]:
        """How many turns wait, by reason."""
        with self._store.reading() as store:
            return {
                reason: int(store.execute(select(func.count()).select_from(self._open(reason).subquery())).scalar_one())
                for reason in ReviewReason
            }

    def queue(self, reason: ReviewReason, most: int, after: Optional[Item] = None) -> Tuple[Item, ...]:
        """Turns that wait for this reason, the latest first; those behind `after` in this order."""
        return self._items(reason, most, after, latest_first=True)

    def before(self, reason: ReviewReason, item: Item) -> Optional[Item]:
        """The one before `item` in the queue."""
        found = self._items(reason, 1, item, latest_first=False)
        return found[0] if found else None

    def item(self, reason: ReviewReason, conversation: str, number: int) -> Optional[Item]:
        """A turn in the queue for this reason; None where it is not there, or not any more."""
        items = self._items_of(reason).subquery()
        this = select(items).where(items.c.conversation == conversation, items.c.number == number)
        with self._store.reading() as store:
            row = store.execute(this).first()
        return Item(*row) if row is not None else None

    def reasons_of(self, conversation: str, number: int) -> Tuple[ReviewReason, ...]:
        """Why this turn waits; empty where it does not."""
        with self._store.reading() as store:
            return self._reasons(store, conversation, number)

    def settled_by(self, conversation: str, number: int) -> Optional[str]:
        """Who has looked this turn through; None where nobody has."""
        with self._store.reading() as store:
            return _who_settled(store, conversation, number)

    def settle(self, conversation: str, number: int, by: By) -> None:
        """There is nothing to correct. Raises GoneError, or TooLateError where it was settled meanwhile."""
        with self._changing([conversation]) as store:
            self._settle(store, conversation, number, by)
            note(store, self._clock(), by, Action.LOOKED_THROUGH, conversation, str(number))

    def open_again(self, conversation: str, number: int, by: By) -> None:
        """It is to be looked at once more. Raises GoneError where nobody had settled it, or a proposal stands."""
        with self._changing([conversation]) as store:
            if self._standing(store, conversation, number) is not None or not _open_again(store, conversation, number):
                raise GoneError
            note(store, self._clock(), by, Action.OPENED_AGAIN, conversation, str(number))

    def propose(self, examples: Sequence[Example], by: By) -> str:
        """Propose what to learn from some messages at once. Returns by which name they are decided on together.

        Raises GoneError where one of the messages is not kept any more, TooLateError where somebody corrected one of
        them already, or looked it through and found nothing; then none is proposed.
        """
        together = secrets.token_hex(_TOGETHER_BYTES)
        with self._changing(example.conversation for example in examples) as store:
            for example in examples:
                said_at = self._settle(store, example.conversation, example.number, by, even_without_reason=True)
                row = {
                    "together": together,
                    "conversation": example.conversation,
                    "number": example.number,
                    "said_at": said_at,
                    "proposal": _to_json(example),
                    "state": ProposalState.PROPOSED.value,
                    "who": by.who,
                    "at": self._clock(),
                }
                store.execute(PROPOSALS.insert().values(row))
                note(store, self._clock(), by, Action.PROPOSED, example.conversation, str(example.number))
        return together

    def all_in(self, *states: ProposalState, most: int = 100) -> Tuple[Proposal, ...]:
        """Proposals that stand so, the oldest first."""
        of_them = select(PROPOSALS).where(_OF.state.in_([state.value for state in states]))
        with self._store.reading() as store:
            return tuple(map(_proposal, store.execute(of_them.order_by(_OF.id).limit(most))))

    def decided(self, most: int) -> Tuple[Proposal, ...]:
        """The proposals that were decided last, the latest first."""
        of_them = select(PROPOSALS).where(_OF.decided_at.is_not(None)).order_by(_OF.decided_at.desc(), _OF.id.desc())
        with self._store.reading() as store:
            return tuple(map(_proposal, store.execute(of_them.limit(most))))

    def together(self, name: str) -> Tuple[Proposal, ...]:
        """What was proposed at once; empty where nothing of it is kept."""
        with self._store.reading() as store:
            return _together(store, name)

    def standing(self, conversation: str, number: int) -> Optional[Proposal]:
        """The proposal that stands for a message."""
        with self._store.reading() as store:
            return self._standing(store, conversation, number)

    def withdraw(self, name: str, by: By) -> None:
        """Take a proposal back before anybody decided; its messages wait again. Raises GoneError, TooLateError."""
        with self._deciding(name, ProposalState.PROPOSED) as (store, proposals):
            _set(store, name, state=ProposalState.UNDONE)
            _all_open_again(store, proposals)
            self._note_all(store, proposals, by, Action.PROPOSAL_UNDONE)

    def refuse(self, name: str, by: By) -> None:
        """Another person says no; its messages wait again. Raises GoneError, TooLateError, OwnProposalError."""
        with self._deciding(name, ProposalState.PROPOSED) as (store, proposals):
            _check_another(proposals, by)
            self._decide(store, name, by, ProposalState.REFUSED)
            _all_open_again(store, proposals)
            self._note_all(store, proposals, by, Action.PROPOSAL_REFUSED)

    def approve(self, name: str, by: By, write: Optional[Writing]) -> None:
        """Another person says yes. `write` puts it into its files; None where these cannot be written.

        What `write` raises leaves the proposal as it was; an OSError would count as the store's. Raises GoneError,
        TooLateError, OwnProposalError.
        """
        with self._deciding(name, ProposalState.PROPOSED) as (store, proposals):
            _check_another(proposals, by)
            state = ProposalState.APPROVED if write is None else ProposalState.WRITTEN
            self._decide(store, name, by, state)
            self._note_all(store, proposals, by, Action.PROPOSAL_APPROVED)
            if write is not None:
                _keep_written(store, proposals, write(proposals))

    def write_down(self, name: str, by: By, write: Writing) -> None:
        """What was approved while the files could not be written is written. Raises GoneError, TooLateError."""
        with self._deciding(name, ProposalState.APPROVED) as (store, proposals):
            _set(store, name, state=ProposalState.WRITTEN)
            self._note_all(store, proposals, by, Action.PROPOSAL_APPROVED)
            _keep_written(store, proposals, write(proposals))

    def undo(self, name: str, by: By, take_out: Callable[[Tuple[Proposal, ...]], None]) -> None:
        """A decision is taken back: it stands before another person once more, and what was written is taken out.

        Raises GoneError, TooLateError; also where a message was corrected otherwise since its proposal was refused.
        """
        decided = (ProposalState.APPROVED, ProposalState.WRITTEN, ProposalState.REFUSED)
        with self._deciding(name, *decided) as (store, proposals):
            if proposals[0].state is ProposalState.REFUSED:
                for proposal in proposals:
                    example = proposal.example
                    self._settle(store, example.conversation, example.number, by, even_without_reason=True)
            _set(store, name, state=ProposalState.PROPOSED, decided_by=None, decided_at=None, written=None)
            self._note_all(store, proposals, by, Action.PROPOSAL_UNDONE)
            if proposals[0].state is ProposalState.WRITTEN:
                take_out(proposals)

    def latest_messages(self, most: int) -> Tuple[Like, ...]:
        """What owners wrote last, in its place: neither pressed nor taken back. The latest first."""
        of = TURNS.c
        rows = (
            select(of.conversation, of.number, of.words, of.heard)
            .where(of.pressed.is_(None), of.taken_back.is_(False), of.paused.is_(False), of.words != "")
            .order_by(of.at.desc())
            .limit(most)
        )
        with self._store.reading() as store:
            found = store.execute(rows).all()
        read = ((row, heard_from_json(row.heard)) for row in found)
        return tuple(
            Like(row.conversation, row.number, row.words, heard.stood)
            for row, heard in read
            if heard is not None and heard.stood is not None
        )

    def _items(self, reason: ReviewReason, most: int, after: Optional[Item], latest_first: bool) -> Tuple[Item, ...]:
        items = self._items_of(reason).subquery()
        spot = (items.c.at, items.c.conversation, items.c.number)
        rows = select(items)
        if after is not None:
            there = tuple_(*map(literal, (after.at, after.conversation, after.number)))
            rows = rows.where(tuple_(*spot) < there if latest_first else tuple_(*spot) > there)
        order = [column.desc() if latest_first else column for column in spot]
        with self._store.reading() as store:
            return tuple(Item(*row) for row in store.execute(rows.order_by(*order).limit(most)))

    def _items_of(self, reason: ReviewReason) -> Any:
        waits = self._open(reason).subquery()
        this = and_(TURNS.c.conversation == waits.c.conversation, TURNS.c.number == waits.c.number)
        columns = (waits.c.conversation, waits.c.number, waits.c.at, TURNS.c.channel, TURNS.c.words)
        return select(*columns).join(TURNS, this)

    def _open(self, reason: ReviewReason) -> Any:
        """A query of the turns that wait for a reason: conversation, number, and when it came up."""
        of = CONVERSATIONS.c
        if reason is ReviewReason.LEFT:
            left = select(of.conversation, of.turns.label("number"), of.last_at.label("at"))
            left_before = self._clock() - LEFT_AFTER_H * _HOUR_S
            return left.where(of.spoke.is_(True), is_left(left_before), ~_is_settled(of.conversation, of.turns, reason))
        if reason is ReviewReason.BAD_RATING:
            rated = select(of.conversation, of.turns.label("number"), RATINGS.c.rated_at.label("at"))
            since = exists().where(
                SETTLED.c.conversation == of.conversation,
                SETTLED.c.reason == reason.value,
                SETTLED.c.at >= RATINGS.c.rated_at,
            )
            return rated.join(RATINGS, RATINGS.c.conversation == of.conversation).where(of.useful.is_(False), ~since)
        its = REASONS.c
        return select(its.conversation, its.number, its.at).where(
            its.reason == reason.value, ~_is_settled(its.conversation, its.number, reason)
        )

    def _reasons(self, store: Connection, conversation: str, number: int) -> Tuple[ReviewReason, ...]:
        found: List[ReviewReason] = []
        for reason in ReviewReason:
            waits = self._open(reason).subquery()
            this = select(waits.c.number).where(waits.c.conversation == conversation, waits.c.number == number)
            if store.execute(this).first() is not None:
                found.append(reason)
        return tuple(found)

    def _settle(
        self, store: Connection, conversation: str, number: int, by: By, even_without_reason: bool = False
    ) -> float:
        """Settle all reasons of a turn. Returns when its message came (Unix seconds)."""
        this = select(TURNS.c.at).where(
            TURNS.c.conversation == conversation, TURNS.c.number == number, TURNS.c.taken_back.is_(False)
        )
        said_at: Optional[float] = store.execute(this).scalar()
        if said_at is None:
            raise GoneError
        standing = self._standing(store, conversation, number)
        if standing is not None:
            raise TooLateError(standing.who)
        waits = self._reasons(store, conversation, number)
        looked_through_by = _who_settled(store, conversation, number)
        if not waits and looked_through_by is not None:
            raise TooLateError(looked_through_by)
        if not waits and not even_without_reason:
            raise GoneError
        row = {"conversation": conversation, "number": number, "who": by.who, "at": self._clock(), "said_at": said_at}
        for reason in waits:
            theirs = (SETTLED.c.conversation, SETTLED.c.number, SETTLED.c.reason)
            before = and_(*(c == v for c, v in zip(theirs, (conversation, number, reason.value), strict=True)))
            store.execute(SETTLED.delete().where(before))  # a bad rating that was given anew
            store.execute(SETTLED.insert().values(**row, reason=reason.value))
        return said_at

    def _standing(self, store: Connection, conversation: str, number: int) -> Optional[Proposal]:
        stands = [state.value for state in (ProposalState.PROPOSED, ProposalState.APPROVED, ProposalState.WRITTEN)]
        this = (_OF.conversation == conversation, _OF.number == number, _OF.state.in_(stands))
        row = store.execute(select(PROPOSALS).where(*this)).first()
        return _proposal(row) if row is not None else None

    @contextmanager
    def _changing(self, conversations: Iterable[str]) -> Iterator[Connection]:
        """One transaction, alone in the review and in these conversations: whoever forgets one waits, or was first."""
        with self._store.writing_alone(_ALONE) as store:
            for conversation in sorted(set(conversations)):
                self._store.hold(store, f"conversation/{conversation}")
            yield store

    @contextmanager
    def _deciding(self, name: str, *from_states: ProposalState) -> Iterator[Tuple[Connection, Tuple[Proposal, ...]]]:
        """The proposals of this name, in a transaction. Raises GoneError; TooLateError where they stand otherwise."""
        conversations = [proposal.example.conversation for proposal in self.together(name)]
        with self._changing(conversations) as store:
            proposals = _together(store, name)
            if not proposals:
                raise GoneError
            if proposals[0].state not in from_states:
                raise TooLateError(proposals[0].decided_by or proposals[0].who)
            yield store, proposals

    def _decide(self, store: Connection, name: str, by: By, state: ProposalState) -> None:
        _set(store, name, state=state, decided_by=by.who, decided_at=self._clock())

    def _note_all(self, store: Connection, proposals: Sequence[Proposal], by: By, action: Action) -> None:
        for proposal in proposals:
            note(store, self._clock(), by, action, proposal.example.conversation, str(proposal.example.number))


def forget_reviews(store: Database, before: float) -> int:
    """Erase what is of messages that came before a time (Unix seconds). Returns how many rows that were."""
    settled = store.erase(SETTLED.c.conversation, SETTLED.c.said_at < before)
    return settled + store.erase(_OF.id, _OF.said_at < before)


def _is_settled(conversation: Any, number: Any, reason: ReviewReason) -> Any:
    its = SETTLED.c
    return exists().where(its.conversation == conversation, its.number == number, its.reason == reason.value)


def _who_settled(store: Connection, conversation: str, number: int) -> Optional[str]:
    this = select(SETTLED.c.who).where(SETTLED.c.conversation == conversation, SETTLED.c.number == number)
    who: Optional[str] = store.execute(this.order_by(SETTLED.c.at.desc()).limit(1)).scalar()
    return who


def _open_again(store: Connection, conversation: str, number: int) -> bool:
    """Let the reasons of a turn wait again. Whether any had been settled."""
    this = SETTLED.delete().where(SETTLED.c.conversation == conversation, SETTLED.c.number == number)
    return int(store.execute(this).rowcount) > 0


def _all_open_again(store: Connection, proposals: Sequence[Proposal]) -> None:
    for proposal in proposals:
        _open_again(store, proposal.example.conversation, proposal.example.number)


def _check_another(proposals: Sequence[Proposal], by: By) -> None:
    if any(proposal.who.casefold() == by.who.casefold() for proposal in proposals):
        raise OwnProposalError


def _set(store: Connection, name: str, state: ProposalState, **values: Any) -> None:
    store.execute(PROPOSALS.update().where(_OF.together == name).values(state=state.value, **values))


def _keep_written(store: Connection, proposals: Sequence[Proposal], written: Sequence[Written]) -> None:
    for proposal, text in zip(proposals, written, strict=True):
        kept = storable(json.dumps(asdict(text), ensure_ascii=False))
        store.execute(PROPOSALS.update().where(_OF.id == proposal.id).values(written=kept))


def _together(store: Connection, name: str) -> Tuple[Proposal, ...]:
    rows = store.execute(select(PROPOSALS).where(_OF.together == name).order_by(_OF.id))
    return tuple(map(_proposal, rows))


def _proposal(row: Any) -> Proposal:
    return Proposal(
        id=row.id,
        together=row.together,
        example=_from_json(row.conversation, row.number, row.proposal),
        state=ProposalState(row.state),
        who=row.who,
        at=row.at,
        decided_by=row.decided_by,
        decided_at=row.decided_at,
        written=Written(**json.loads(row.written)) if row.written is not None else None,
    )


def _to_json(example: Example) -> str:
    kept = {name: value for name, value in asdict(example).items() if name not in ("conversation", "number")}
    return storable(json.dumps({"version": _VERSION, **kept}, ensure_ascii=False))


def _from_json(conversation: str, number: int, text: str) -> Example:
    kept: Dict[str, Any] = json.loads(text)
    del kept["version"]
    return parse_obj_as(Example, {**kept, "conversation": conversation, "number": number})
