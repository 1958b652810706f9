"""What happened in a time, in numbers: consultations, matters, places, questions, roads, and where they were left."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any, Optional, Tuple

from sqlalchemy import func, select, tuple_
from sqlalchemy.engine import Connection

from bot.review import LEFT_AFTER_H
from bot.store.conversations import is_left
from bot.store.database import Database
from bot.store.ratings import RATINGS
from bot.store.turn_tables import ASKED, CONVERSATIONS, MATTERS, TURNS

_OF = CONVERSATIONS.c
_HOUR_S = 3_600.0
LOOKS_AT = 1_000  # questions without an answer, of which each is looked up in its turn: some 10 ms


@dataclass(frozen=True)
class Period:
    """From a time to another, which is outside (Unix seconds)."""

    since: float
    until: float


@dataclass(frozen=True)
class Count:
    """How many there are of something; `name` is None of those where it is not known."""

    name: Optional[str]
    count: int


@dataclass(frozen=True)
class SubIssueCount:
    """In how many consultations a kind of an issue was in hand; `sub_issue` is None where it was not clear."""

    issue: str
    sub_issue: Optional[str]
    count: int


@dataclass(frozen=True)
class AskedCount:
    """How often something was asked about, and how often of these we had an answer."""

    about: str
    asked: int
    answered: int


@dataclass(frozen=True)
class Overview:
    """Consultations that began in a time: how many, how many turns they had, in how many a road was shown.

    `useful` and `not_useful` count the ratings of that time.
    """

    consultations: int
    turns: int
    road_shown: int
    useful: int
    not_useful: int


@dataclass(frozen=True)
class Unanswered:
    """A question that we had no answer to: the message that put it, in its owner's words, and what it was about."""

    conversation: str
    number: int
    place: int
    at: float
    about: str
    words: str


@dataclass(frozen=True)
class Gap:
    """How often we had no answer to what was asked about something while a matter was in hand.

    `issue` is None where no matter was clear, `sub_issue` where its kind was not. `latest_at` is in Unix seconds.
    """

    about: str
    issue: Optional[str]
    sub_issue: Optional[str]
    count: int
    latest_at: float


@dataclass(frozen=True)
class AllFigures:
    """All numbers of a period, as the methods of `Figures` give them, and some of the period before.

    `before` and `issues_before` are None where none was asked for.
    """

    overview: Overview
    days: Tuple[Count, ...]
    channels: Tuple[Count, ...]
    prefectures: Tuple[Count, ...]
    issues: Tuple[Count, ...]
    sub_issues: Tuple[SubIssueCount, ...]
    asked: Tuple[AskedCount, ...]
    left_at: Tuple[Count, ...]
    before: Optional[Overview] = None
    issues_before: Optional[Tuple[Count, ...]] = None


class Figures:
    """Numbers of a period, over what is kept. Every call raises StoreError where the store fails.

    A consultation is a conversation in which an owner said something; it counts on the day on which it began.
    """

    def __init__(self, store: Database) -> None:
        self._store = store

    def overview(self, period: Period) -> Overview:
        """The numbers that stand on top."""
        begun = select(func.count(), func.sum(_OF.turns), func.count(_OF.road_at)).where(*_begun(period))
        with self._store.reading() as store:
            consultations, turns, road_shown = store.execute(begun).one()
            ratings = _ratings(store, period)
        return Overview(consultations, int(turns or 0), road_shown, *ratings)

    def by_day(self, period: Period) -> Tuple[Count, ...]:
        """Consultations by the day in Japan (2026-11-29), the earliest first; days without any are left out."""
        return self._consultations_by(_OF.begun_on, period, _OF.begun_on)

    def channels(self, period: Period) -> Tuple[Count, ...]:
        """Consultations by channel, most first."""
        return self._consultations_by(_OF.channel, period)

    def prefectures(self, period: Period) -> Tuple[Count, ...]:
        """Consultations by prefecture, most first; None counts those where it was not told."""
        return self._consultations_by(_OF.prefecture, period)

    def issues(self, period: Period) -> Tuple[Count, ...]:
        """In how many consultations each issue came up in the period, most first; one may have had several."""
        count = func.count(MATTERS.c.conversation.distinct())
        by = select(MATTERS.c.issue, count).where(_among_all(MATTERS.c.at, period)).group_by(MATTERS.c.issue)
        return self._counts(by.order_by(count.desc(), MATTERS.c.issue))

    def sub_issues(self, period: Period) -> Tuple[SubIssueCount, ...]:
        """The same by kind of issue."""
        of, count = MATTERS.c, func.count()
        by = select(of.issue, of.sub_issue, count).where(_among_all(of.at, period)).group_by(of.issue, of.sub_issue)
        with self._store.reading() as store:
            rows = store.execute(by.order_by(count.desc(), of.issue, of.sub_issue)).all()
        return tuple(SubIssueCount(issue, sub_issue or None, number) for issue, sub_issue, number in rows)

    def asked(self, period: Period) -> Tuple[AskedCount, ...]:
        """What was asked about, most asked first."""
        of, count = ASKED.c, func.count()
        by = select(of.about, of.answered, count).where(_among_all(of.at, period)).group_by(of.about, of.answered)
        with self._store.reading() as store:
            rows = store.execute(by).all()
        about = {row[0] for row in rows}
        counted = {(row[0], bool(row[1])): int(row[2]) for row in rows}
        counts = [_asked_count(one, counted.get((one, True), 0), counted.get((one, False), 0)) for one in about]
        return tuple(sorted(counts, key=lambda one: (-one.asked, one.about)))

    def left_at(self, period: Period, now: Optional[float] = None) -> Tuple[Count, ...]:
        """Consultations that were left in the middle, by the question that waits, most first."""
        left_before = (time.time() if now is None else now) - LEFT_AFTER_H * _HOUR_S
        return self._consultations_by(_OF.question, period, None, is_left(left_before))

    def unanswered(self, period: Period, after: Optional[Unanswered] = None, most: int = 50) -> Tuple[Unanswered, ...]:
        """Questions that we had no answer to, the latest first; `after` is the last one of the page before."""
        of = ASKED.c
        spot = tuple_(of.at, of.conversation, of.number, of.place)
        theirs = (
            select(of.conversation, of.number, of.place, of.at, of.about, TURNS.c.words)
            .join(TURNS, (TURNS.c.conversation == of.conversation) & (TURNS.c.number == of.number))
            .where(of.answered.is_(False), _within(of.at, period))
        )
        if after is not None:
            theirs = theirs.where(spot < (after.at, after.conversation, after.number, after.place))
        latest = (of.at.desc(), of.conversation.desc(), of.number.desc(), of.place.desc())
        with self._store.reading() as store:
            return tuple(Unanswered(*row) for row in store.execute(theirs.order_by(*latest).limit(most)))

    def gaps(self, period: Period, looks_at: int = LOOKS_AT) -> Tuple[Gap, ...]:
        """What we had no answer to, by what it was about and the matter in hand, most first.

        The latest `looks_at` questions without an answer are looked at: what owners miss now, and no more work in a
        busy year than in a quiet month.
        """
        latest = _latest_unanswered(period, looks_at)
        count, newest = func.count(), func.max(latest.c.at)
        kinds = (latest.c.about, TURNS.c.issue, TURNS.c.sub_issue)
        by = select(*kinds, count, newest).select_from(_with_turns(latest)).group_by(*kinds)
        with self._store.reading() as store:
            rows = store.execute(by.order_by(count.desc(), newest.desc())).all()
        return tuple(Gap(*row) for row in rows)

    def in_a_gap(
        self, period: Period, about: str, issue: Optional[str], sub_issue: Optional[str], looks_at: int = LOOKS_AT
    ) -> Tuple[Unanswered, ...]:
        """The questions that `gaps` has counted there, the latest first, in their owners' words."""
        latest = _latest_unanswered(period, looks_at)
        of = latest.c
        theirs = (
            select(of.conversation, of.number, of.place, of.at, of.about, TURNS.c.words)
            .select_from(_with_turns(latest))
            .where(of.about == about, _is(TURNS.c.issue, issue), _is(TURNS.c.sub_issue, sub_issue))
            .order_by(of.at.desc(), of.conversation.desc(), of.number.desc(), of.place.desc())
        )
        with self._store.reading() as store:
            return tuple(Unanswered(*row) for row in store.execute(theirs))

    def all_of(self, period: Period, before: Optional[Period] = None, now: Optional[float] = None) -> AllFigures:
        """Everything that is counted. `now` is in Unix seconds, for what was left."""
        days, overview = self._days(period)
        return AllFigures(
            overview=overview,
            days=days,
            channels=self.channels(period),
            prefectures=self.prefectures(period),
            issues=self.issues(period),
            sub_issues=self.sub_issues(period),
            asked=self.asked(period),
            left_at=self.left_at(period, now),
            before=self.overview(before) if before is not None else None,
            issues_before=self.issues(before) if before is not None else None,
        )

    def _days(self, period: Period) -> Tuple[Tuple[Count, ...], Overview]:
        """As `by_day` and `overview`, read at once."""
        sums = (func.count(), func.sum(_OF.turns), func.count(_OF.road_at))
        begun = select(_OF.begun_on, *sums).where(*_begun(period)).group_by(_OF.begun_on).order_by(_OF.begun_on)
        with self._store.reading() as store:
            rows = store.execute(begun).all()
            ratings = _ratings(store, period)
        consultations, turns, road_shown = (int(sum(row[place] for row in rows)) for place in (1, 2, 3))
        return tuple(Count(row[0], int(row[1])) for row in rows), Overview(consultations, turns, road_shown, *ratings)

    def _consultations_by(self, column: Any, period: Period, order: Any = None, *conditions: Any) -> Tuple[Count, ...]:
        count = func.count()
        by = select(column, count).where(*_begun(period), *conditions).group_by(column)
        return self._counts(by.order_by(order) if order is not None else by.order_by(count.desc(), column))

    def _counts(self, query: Any) -> Tuple[Count, ...]:
        with self._store.reading() as store:
            return tuple(Count(name, int(count)) for name, count in store.execute(query))


def _ratings(store: Connection, period: Period) -> Tuple[int, int]:
    """How many said that it was of use, and that it was not."""
    rated = select(RATINGS.c.useful, func.count()).where(_within(RATINGS.c.rated_at, period))
    found = dict(store.execute(rated.group_by(RATINGS.c.useful)).all())
    return found.get(True, 0), found.get(False, 0)


def _asked_count(about: str, answered: int, unanswered: int) -> AskedCount:
    return AskedCount(about, answered + unanswered, answered)


def _latest_unanswered(period: Period, most: int) -> Any:
    """The latest questions without an answer."""
    of = ASKED.c
    return (
        select(of.conversation, of.number, of.place, of.at, of.about)
        .where(of.answered.is_(False), _within(of.at, period))
        .order_by(of.at.desc())
        .limit(most)
        .subquery()
    )


def _with_turns(latest: Any) -> Any:
    """Each question with the turn that it was put in."""
    of = TURNS.c
    return latest.join(TURNS, (of.conversation == latest.c.conversation) & (of.number == latest.c.number))


def _is(column: Any, value: Optional[str]) -> Any:
    return column.is_(None) if value is None else column == value


def _begun(period: Period) -> Tuple[Any, ...]:
    return _OF.spoke.is_(True), _within(_OF.begun_at, period)


def _within(column: Any, period: Period) -> Any:
    return (column >= period.since) & (column < period.until)


def _among_all(column: Any, period: Period) -> Any:
    """As `_within`, where an index has all that is counted in the order of the groups: it is read through.

    Given the choice, SQLite would take the index of the time and sort what it finds, which takes four times as long.
    """
    return _within(column + 0, period)
