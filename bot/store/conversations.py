"""Conversations as staff finds them: by last activity, by what was said and where it stands, page by page."""

from __future__ import annotations

import time
from dataclasses import dataclass
from enum import Enum
from typing import Any, List, Optional, Sequence, Tuple

from sqlalchemy import select, tuple_
from sqlalchemy.engine import Connection

from bot.review import LEFT_AFTER_H, ReviewReason
from bot.store.database import Database
from bot.store.handoffs import with_staff
from bot.store.turn_tables import CONVERSATIONS, WORDS, line, position_in, spelled

_OF = CONVERSATIONS.c
_place = tuple_(_OF.last_at, _OF.conversation)
_HOUR_S = 3_600.0
LOOKS_FOR_S = 0.1
_MOST_AT_ONCE = 1_000  # some 8 ms, by which a search may take longer than it should


class Standing(str, Enum):
    """Where a conversation stands: left to a person of the staff, open without a road, or with a road shown."""

    WITH_STAFF = "with_staff"
    OPEN = "open"
    ROAD_SHOWN = "road_shown"


@dataclass(frozen=True)
class ConversationFilter:
    """Which conversations are meant; what is None does not matter.

    `words` stand in something that the owner wrote, in whatever width and case. `since` and `until` are of the last
    activity (Unix seconds, `until` is outside). `issue` was in hand at some time, `reason` is one of any of its turns,
    or of the conversation. `useful` is how its owner rated it.
    """

    words: Optional[str] = None
    since: Optional[float] = None
    until: Optional[float] = None
    channel: Optional[str] = None
    issue: Optional[str] = None
    prefecture: Optional[str] = None
    standing: Optional[Standing] = None
    question: Optional[str] = None
    reason: Optional[ReviewReason] = None
    useful: Optional[bool] = None


@dataclass(frozen=True)
class Listed:
    """A conversation in a list. Times are in Unix seconds; `reasons` are those of all its turns, each once."""

    conversation: str
    channel: str
    begun_at: float
    last_at: float
    turns: int
    issue: Optional[str]
    sub_issue: Optional[str]
    prefecture: Optional[str]
    question: Optional[str]
    with_staff: bool
    stands_open: bool
    road_at: Optional[float]
    reasons: Tuple[ReviewReason, ...] = ()
    useful: Optional[bool] = None


@dataclass(frozen=True)
class Spot:
    """Where in the list a page ended: the next one goes on behind it, whatever was written meanwhile."""

    last_at: float
    conversation: str


@dataclass(frozen=True)
class Page:
    """Some conversations, the latest first, and where to go on; None at the end."""

    conversations: Tuple[Listed, ...]
    then: Optional[Spot]


class Conversations:
    """All conversations in which an owner said something. Every call raises StoreError where the store fails.

    Words are looked for in the latest conversations first, `at_once` and then in twice as many each time, until a page
    is full or `looks_for_s` seconds are over: in a year of a busy desk nobody waits longer than in a week of a quiet
    one.
    """

    def __init__(self, store: Database, looks_for_s: float = LOOKS_FOR_S, at_once: int = 250) -> None:
        self._store = store
        self._looks_for_s = looks_for_s
        self._at_once = at_once

    def listed(
        self, wanted: ConversationFilter, after: Optional[Spot] = None, most: int = 50, now: Optional[float] = None
    ) -> Page:
        """A page of the conversations that are meant, by last activity, the latest first. `now` is in Unix seconds.

        Where words are looked for, a page may have few or none and yet go on: so far it was looked, and no further.
        """
        left_before = (time.time() if now is None else now) - LEFT_AFTER_H * _HOUR_S
        all_of_them = select(CONVERSATIONS).where(_OF.spoke.is_(True), *_conditions(wanted, left_before))
        words = spelled(wanted.words or "")
        with self._store.reading() as store:
            if words:
                rows, then = self._with_words(store, all_of_them, words, after, most)
            else:
                rows = store.execute(_behind(after, all_of_them).limit(most + 1)).all()
                then = _spot(rows[most - 1]) if len(rows) > most else None
            listed = _all_listed(store, rows[:most], left_before)
        return Page(listed, then)

    def one(self, conversation: str, now: Optional[float] = None) -> Optional[Listed]:
        """One conversation as it stands in the list; None where nothing of it is kept."""
        left_before = (time.time() if now is None else now) - LEFT_AFTER_H * _HOUR_S
        with self._store.reading() as store:
            rows = store.execute(select(CONVERSATIONS).where(_OF.conversation == conversation)).all()
            listed = _all_listed(store, rows, left_before)
        return listed[0] if listed else None

    def _with_words(
        self, store: Connection, all_of_them: Any, words: str, after: Optional[Spot], most: int
    ) -> Tuple[List[Any], Optional[Spot]]:
        until = time.monotonic() + self._looks_for_s
        said = all_of_them.where(_has_said(words))
        found: List[Any] = []
        at_once = self._at_once
        while True:
            ends = all_of_them.with_only_columns(_OF.last_at, _OF.conversation).offset(at_once - 1).limit(1)
            end = store.execute(_behind(after, ends)).one_or_none()
            these = _behind(after, said if end is None else said.where(_place >= (end.last_at, end.conversation)))
            found += store.execute(these.limit(most + 1 - len(found))).all()
            if len(found) > most:
                return found, _spot(found[most - 1])
            if end is None:
                return found, None
            after = _spot(end)
            if time.monotonic() >= until:
                return found, after
            at_once = min(2 * at_once, _MOST_AT_ONCE)


def is_left(left_before: float) -> Any:
    """The condition that a conversation stands open, and that nobody has written in it since a time."""
    return _OF.stands_open.is_(True) & (_OF.last_at < left_before)


def _conditions(wanted: ConversationFilter, left_before: float) -> List[Any]:
    conditions = [
        column == value
        for column, value in (
            (_OF.channel, wanted.channel),
            (_OF.prefecture, wanted.prefecture),
            (_OF.question, wanted.question),
        )
        if value is not None
    ]
    if wanted.since is not None:
        conditions.append(_OF.last_at >= wanted.since)
    if wanted.until is not None:
        conditions.append(_OF.last_at < wanted.until)
    if wanted.issue is not None:
        conditions.append(position_in(_OF.issues, line(wanted.issue)) > 0)
    if wanted.standing is not None:
        conditions.append(_STANDING[wanted.standing])
    if wanted.reason is not None:
        conditions.append(_has_reason(wanted.reason, left_before))
    if wanted.useful is not None:
        conditions.append(_OF.useful.is_(wanted.useful))
    return conditions


def _behind(spot: Optional[Spot], conversations: Any) -> Any:
    """A query of conversations in the order of the list, behind a spot in it."""
    if spot is not None:
        conversations = conversations.where(_place < (spot.last_at, spot.conversation))
    return conversations.order_by(_OF.last_at.desc(), _OF.conversation.desc())


def _spot(row: Any) -> Spot:
    return Spot(row.last_at, row.conversation)


def _has_said(words: str) -> Any:
    """The condition that an owner wrote the words in a conversation."""
    theirs = select(WORDS.c.part).where(WORDS.c.conversation == _OF.conversation)
    return theirs.where(position_in(WORDS.c.words, words) > 0).correlate(CONVERSATIONS).exists()


_STANDING = {
    Standing.WITH_STAFF: _OF.conversation.in_(with_staff()),
    Standing.OPEN: _OF.stands_open.is_(True),
    Standing.ROAD_SHOWN: _OF.road_at.is_not(None),
}


def _has_reason(reason: ReviewReason, left_before: float) -> Any:
    if reason is ReviewReason.LEFT:
        return is_left(left_before)
    if reason is ReviewReason.BAD_RATING:
        return _OF.useful.is_(False)
    return position_in(_OF.reasons, line(reason.value)) > 0


def _all_listed(store: Connection, rows: Sequence[Any], left_before: float) -> Tuple[Listed, ...]:
    """Conversations by their rows, with who has them."""
    of_staff = {*store.execute(with_staff()).scalars()}
    return tuple(_listed(row, row.conversation in of_staff, left_before) for row in rows)


def _listed(row: Any, with_staff: bool, left_before: float) -> Listed:
    reasons = {ReviewReason(reason) for reason in row.reasons.split()}
    if row.stands_open and row.last_at < left_before:
        reasons.add(ReviewReason.LEFT)
    if row.useful is False:
        reasons.add(ReviewReason.BAD_RATING)
    return Listed(
        conversation=row.conversation,
        channel=row.channel,
        begun_at=row.begun_at,
        last_at=row.last_at,
        turns=row.turns,
        issue=row.issue,
        sub_issue=row.sub_issue,
        prefecture=row.prefecture,
        question=row.question,
        with_staff=with_staff,
        stands_open=row.stands_open,
        road_at=row.road_at,
        reasons=tuple(reason for reason in ReviewReason if reason in reasons),
        useful=row.useful,
    )
