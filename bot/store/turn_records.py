"""The record of every turn, for staff: kept once, read from the newest backwards, removed when its time is over."""

from __future__ import annotations

from typing import Any, Callable, Dict, List, Mapping, Optional, Sequence, Tuple

from sqlalchemy import bindparam, func, select
from sqlalchemy.engine import Connection

from bot.days import day_in_japan
from bot.messages import COMES_IN
from bot.plain import plain
from bot.review import ReviewReason
from bot.store.database import Database, database
from bot.store.forgotten import ForgottenError, is_forgotten
from bot.store.turn_shape import (
    AskedQuestion,
    StateAfter,
    TurnRecord,
    decided_from_json,
    decided_to_json,
    heard_from_json,
    heard_to_json,
    said_from_json,
    said_to_json,
    storable,
)
from bot.store.turn_tables import ASKED, CONVERSATIONS, MATTERS, REASONS, TURNS, WORDS, lines, spelled
from bot.store.unsent import is_unsent

_LONGEST_PART = 600  # characters: so that PostgreSQL keeps them as they are, and neither packs nor moves them
_DAY_S = 86_400.0
_OF = TURNS.c
# Made once: SQLAlchemy takes longer to put a statement together than SQLite to carry it out. Every turn has several.
_NUMBER_OF = select(_OF.number).where(
    _OF.conversation == bindparam("conversation"), _OF.message_id == bindparam("message_id")
)
_CONVERSATION = select(CONVERSATIONS).where(CONVERSATIONS.c.conversation == bindparam("conversation"))
_GO_ON = CONVERSATIONS.update().where(CONVERSATIONS.c.conversation == bindparam("this"))
_ADD_WORDS = (
    WORDS.update()
    .where(
        WORDS.c.conversation == bindparam("this"),
        WORDS.c.part == bindparam("last"),
        WORDS.c.begun_at > bindparam("young"),
        func.length(WORDS.c.words) < bindparam("room"),
    )
    .values(words=WORDS.c.words + bindparam("more"))
)


class TurnRecords:
    """The turns of all conversations. Every call raises StoreError where the store fails."""

    def __init__(self, store: Database) -> None:
        self._store = store

    def keep(self, record: TurnRecord, since: float = 0.0) -> int:
        """Keep a turn behind the others of its conversation, once. Returns its number.

        Raises ForgottenError, and keeps nothing, where the conversation was forgotten at or after `since` (Unix
        seconds): whoever forgets a conversation waits for who writes in it, and they for them.
        """
        with self._store.writing_alone(f"conversation/{record.conversation}") as store:
            if is_forgotten(store, record.conversation, since):
                raise ForgottenError
            return _keep(store, self._store, record)

    def of(self, conversation: str, before: Optional[int] = None, most: int = 50) -> Tuple[TurnRecord, ...]:
        """The newest turns of a conversation, newest first; `before` is the number of the last one of the page before.

        What was asked and the reasons for review come along.
        """
        theirs = select(TURNS).where(_OF.conversation == conversation)
        if before is not None:
            theirs = theirs.where(_OF.number < before)
        with self._store.reading() as store:
            rows = store.execute(theirs.order_by(_OF.number.desc()).limit(most)).all()
            if not rows:
                return ()
            first, last = rows[-1].number, rows[0].number
            return _records(
                store, rows, lambda of: (of.c.conversation == conversation) & of.c.number.between(first, last)
            )

    def first_words(self, conversations: Sequence[str]) -> Mapping[str, str]:
        """What owners wrote first, of what is kept, by conversation; those are left out who only pressed choices."""
        told = (_OF.conversation == CONVERSATIONS.c.conversation, _OF.pressed.is_(None), _OF.words != "")
        first = select(_OF.words).where(*told).order_by(_OF.number).limit(1).scalar_subquery()
        of_each = select(CONVERSATIONS.c.conversation, first).where(CONVERSATIONS.c.conversation.in_(conversations))
        with self._store.reading() as store:
            return {name: words for name, words in store.execute(of_each) if words is not None}

    def oldest_at(self, conversation: str) -> Optional[float]:
        """When the oldest turn of a conversation that is kept came (Unix seconds); None where none is."""
        oldest = select(_OF.at).where(_OF.conversation == conversation).order_by(_OF.number).limit(1)
        with self._store.reading() as store:
            at: Optional[float] = store.execute(oldest).scalar_one_or_none()
        return at

    def forget(self, before: float) -> int:
        """Remove what was said before a time (Unix seconds). Returns how many rows that were.

        The words that are searched go up to a day earlier: with the first of those that are kept in one row.
        """
        gone = self._store.erase(_OF.id, _OF.at < before)
        for table in (MATTERS, REASONS, ASKED):
            gone += self._store.erase(table.c.conversation, table.c.at < before)
        gone += self._store.erase(WORDS.c.conversation, WORDS.c.begun_at < before)
        return gone + self._store.erase(CONVERSATIONS.c.conversation, CONVERSATIONS.c.last_at < before)


def turn_records() -> TurnRecords:
    """The turns in the operator's store."""
    return TurnRecords(database())


def _keep(store: Connection, database: Database, record: TurnRecord) -> int:
    """Write a turn and all that belongs to it; who calls it keeps others out of the conversation."""
    here = {"conversation": record.conversation}
    number: Optional[int] = store.execute(_NUMBER_OF, {**here, "message_id": record.message_id}).scalar()
    if number is not None:
        return number
    if is_unsent(store, record.conversation, record.message_id):
        record = record.without_its_content()
    before = store.execute(_CONVERSATION, here).one_or_none()
    number = before.turns + 1 if before is not None else 1
    store.execute(TURNS.insert(), row_of(record, number))
    part = _keep_words(store, record, before.words_part if before is not None else 0)
    if before is None:
        store.execute(CONVERSATIONS.insert(), _begun(record, part))
    else:
        store.execute(_GO_ON, {"this": record.conversation, **_gone_on(record, before, part)})
    if record.after.issue is not None and (before is None or _matter(before) != _matter(record.after)):
        issue, sub_issue = _matter(record.after)
        store.execute(database.insert_new(MATTERS), {**here, "issue": issue, "sub_issue": sub_issue, "at": record.at})
    of_it = {**here, "number": number, "at": record.at}
    if record.reasons:
        store.execute(REASONS.insert(), [{**of_it, "reason": reason.value} for reason in record.reasons])
    if record.asked:
        questions = enumerate(record.asked)
        store.execute(ASKED.insert(), [{**of_it, "place": place, **plain(asked)} for place, asked in questions])
    return number


def row_of(record: TurnRecord, number: int) -> Dict[str, Any]:
    """The row of a turn that is the `number`th of its conversation."""
    return {
        "conversation": record.conversation,
        "number": number,
        "message_id": record.message_id,
        "at": record.at,
        "channel": record.channel,
        "words": storable(record.words),
        "pressed": record.pressed,
        "taken_back": record.taken_back,
        "issue": record.after.issue,
        "sub_issue": record.after.sub_issue,
        "prefecture": record.after.prefecture,
        "question": record.after.question,
        "paused": record.after.paused,
        "stands_open": record.after.stands_open,
        "road_shown": record.after.road_shown,
        "milliseconds": record.milliseconds,
        "model": record.model,
        "heard": heard_to_json(record.heard) if record.heard is not None else None,
        "decided": decided_to_json(record.decided),
        "said": said_to_json(record.said),
    }


def _keep_words(store: Connection, record: TurnRecord, part: int) -> int:
    """Write the words behind those before, in the same row while that is short and of one day. Returns its number."""
    words = spelled(record.words)
    if not words:
        return part
    room = {"room": _LONGEST_PART - len(words), "young": record.at - _DAY_S}
    added = store.execute(_ADD_WORDS, {"this": record.conversation, "last": part, "more": f"{words}\n", **room})
    if added.rowcount == 1:
        return part
    row = {"conversation": record.conversation, "part": part + 1, "begun_at": record.at, "words": f"\n{words}\n"}
    store.execute(WORDS.insert(), row)
    return part + 1


def _begun(record: TurnRecord, part: int) -> Dict[str, Any]:
    """The row of a conversation that begins with this turn."""
    after = record.after
    return {
        "conversation": record.conversation,
        "channel": record.channel,
        "begun_at": record.at,
        "begun_on": day_in_japan(record.at).isoformat(),
        "last_at": record.at,
        "turns": 1,
        "spoke": record.pressed != COMES_IN,
        "issue": after.issue,
        "sub_issue": after.sub_issue,
        "prefecture": after.prefecture,
        "question": after.question,
        "stands_open": after.stands_open,
        "road_at": record.at if after.road_shown else None,
        "issues": lines(*filter(None, [after.issue])),
        "reasons": lines(*(reason.value for reason in record.reasons)),
        "words_part": part,
    }


def _gone_on(record: TurnRecord, before: Any, part: int) -> Dict[str, Any]:
    """What of the row of a conversation is another after this turn; what is not known any more stays as it was.

    Another process may have recorded a later turn before: where the conversation stands is as that one left it.
    """
    row = _begun(record, part)
    counted = {
        "turns": before.turns + 1,
        "spoke": before.spoke or row["spoke"],
        "road_at": before.road_at or row["road_at"],
        "issues": lines(*before.issues.split(), *row["issues"].split()),
        "reasons": lines(*before.reasons.split(), *row["reasons"].split()),
        "words_part": part,
    }
    if record.at < before.last_at:
        return counted
    known = before if record.after.issue is None else record.after
    return {
        **counted,
        **{name: row[name] for name in ("last_at", "question", "stands_open")},
        "issue": known.issue,
        "sub_issue": known.sub_issue,
        "prefecture": record.after.prefecture or before.prefecture,
    }


def _matter(of: Any) -> Tuple[Optional[str], str]:
    return of.issue, of.sub_issue or ""


def records_of_rows(store: Connection, rows: Sequence[Any]) -> Tuple[TurnRecord, ...]:
    """The records of some rows of turns, of whatever conversations, in their order: the earliest first."""
    if not rows:
        return ()
    names, first, last = {row.conversation for row in rows}, rows[0].at, rows[-1].at
    return _records(store, rows, lambda of: of.c.conversation.in_(names) & of.c.at.between(first, last))


def _records(store: Connection, rows: Sequence[Any], theirs: Callable[[Any], Any]) -> Tuple[TurnRecord, ...]:
    """The records of rows of turns; `theirs` is the condition for what a table beside them has of these turns."""
    asked: Dict[Tuple[str, int], List[AskedQuestion]] = {}
    reasons: Dict[Tuple[str, int], List[ReviewReason]] = {}
    for row in store.execute(select(ASKED).where(theirs(ASKED)).order_by(ASKED.c.number, ASKED.c.place)):
        asked.setdefault((row.conversation, row.number), []).append(AskedQuestion(row.about, row.answered))
    for row in store.execute(select(REASONS).where(theirs(REASONS))):
        reasons.setdefault((row.conversation, row.number), []).append(ReviewReason(row.reason))
    names = [(row.conversation, row.number) for row in rows]
    return tuple(
        _record(row, asked.get(name, []), reasons.get(name, [])) for row, name in zip(rows, names, strict=True)
    )


def _record(row: Any, asked: List[AskedQuestion], reasons: List[ReviewReason]) -> TurnRecord:
    return TurnRecord(
        conversation=row.conversation,
        channel=row.channel,
        message_id=row.message_id,
        at=row.at,
        words=row.words,
        pressed=row.pressed,
        heard=heard_from_json(row.heard),
        decided=decided_from_json(row.decided),
        said=said_from_json(row.said),
        after=StateAfter(
            row.issue, row.sub_issue, row.prefecture, row.question, row.paused, row.stands_open, row.road_shown
        ),
        asked=tuple(asked),
        reasons=tuple(sorted(reasons, key=list(ReviewReason).index)),
        milliseconds=row.milliseconds,
        model=row.model,
        number=row.number,
        taken_back=row.taken_back,
    )
