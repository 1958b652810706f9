"""The record of every turn, for staff: kept once, read from the newest backwards, removed when its time is over."""

from __future__ import annotations

from typing import Any, Dict, List, Optional, Tuple

from sqlalchemy import func, select
from sqlalchemy.engine import Connection

from bot.days import day_in_japan
from bot.messages import COMES_IN
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
from bot.store.turn_tables import ASKED, CONVERSATIONS, MATTERS, REASONS, TURNS, WORDS, spelled
from bot.store.unsent import is_unsent

_LONGEST_PART = 1_000  # characters
_DAY_S = 86_400.0
_OF = TURNS.c


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
            asked, reasons = _beside(store, conversation, rows[-1].number, rows[0].number)
        return tuple(_record(row, asked.get(row.number, []), reasons.get(row.number, [])) for row in rows)

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
    kept = select(_OF.number).where(_OF.conversation == record.conversation, _OF.message_id == record.message_id)
    number: Optional[int] = store.execute(kept).scalar()
    if number is not None:
        return number
    if is_unsent(store, record.conversation, record.message_id):
        record = record.without_its_content()
    before = store.execute(
        select(CONVERSATIONS).where(CONVERSATIONS.c.conversation == record.conversation)
    ).one_or_none()
    number = before.turns + 1 if before is not None else 1
    store.execute(TURNS.insert().values(_row(record, number)))
    part = _keep_words(store, record, before)
    _keep_conversation(store, record, before, number, part)
    _keep_matter(store, database, record, before)
    here = {"conversation": record.conversation, "number": number, "at": record.at}
    if record.reasons:
        store.execute(REASONS.insert(), [{**here, "reason": reason.value} for reason in record.reasons])
    if record.asked:
        questions = enumerate(record.asked)
        store.execute(ASKED.insert(), [{**here, "place": place, **_asked_row(one)} for place, one in questions])
    return number


def _row(record: TurnRecord, number: int) -> Dict[str, Any]:
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


def _asked_row(asked: AskedQuestion) -> Dict[str, Any]:
    return {"about": asked.about, "answered": asked.answered}


def _keep_words(store: Connection, record: TurnRecord, before: Any) -> int:
    """Write the words behind those before, in the same row while that is short and of one day. Returns its number."""
    part = before.words_part if before is not None else 0
    words = spelled(record.words)
    if not words:
        return int(part)
    here = (WORDS.c.conversation == record.conversation) & (WORDS.c.part == part)
    young = WORDS.c.begun_at > record.at - _DAY_S
    short = func.length(WORDS.c.words) + len(words) < _LONGEST_PART
    added = store.execute(WORDS.update().where(here, young, short).values(words=WORDS.c.words + f"{words}\n"))
    if added.rowcount == 1:
        return int(part)
    row = {"conversation": record.conversation, "part": part + 1, "begun_at": record.at, "words": f"\n{words}\n"}
    store.execute(WORDS.insert().values(row))
    return int(part) + 1


def _keep_conversation(store: Connection, record: TurnRecord, before: Any, number: int, part: int) -> None:
    """Write the one row of the conversation; what a turn does not know any more stays as it was last known."""
    after = record.after
    values: Dict[str, Any] = {
        "last_at": record.at,
        "turns": number,
        "question": after.question,
        "paused": after.paused,
        "stands_open": after.stands_open,
        "words_part": part,
    }
    if after.issue is not None:
        values.update(issue=after.issue, sub_issue=after.sub_issue)
    if after.prefecture is not None:
        values["prefecture"] = after.prefecture
    if after.road_shown and (before is None or before.road_at is None):
        values["road_at"] = record.at
    if before is None:
        begun = {"begun_at": record.at, "begun_on": day_in_japan(record.at).isoformat(), "channel": record.channel}
        row = {"conversation": record.conversation, "spoke": _spoke(record), **begun, **values}
        store.execute(CONVERSATIONS.insert().values(row))
    else:
        values["spoke"] = before.spoke or _spoke(record)
        store.execute(CONVERSATIONS.update().where(CONVERSATIONS.c.conversation == record.conversation).values(values))


def _spoke(record: TurnRecord) -> bool:
    return record.pressed != COMES_IN


def _keep_matter(store: Connection, database: Database, record: TurnRecord, before: Any) -> None:
    issue, sub_issue = record.after.issue, record.after.sub_issue
    if issue is None or (before is not None and (before.issue, before.sub_issue) == (issue, sub_issue)):
        return
    row = {"conversation": record.conversation, "issue": issue, "sub_issue": sub_issue or "", "at": record.at}
    store.execute(database.insert_new(MATTERS).values(row))


def _beside(
    store: Connection, conversation: str, first: int, last: int
) -> Tuple[Dict[int, List[AskedQuestion]], Dict[int, List[ReviewReason]]]:
    """What was asked, and the reasons for review, of the turns from `first` to `last`, by their numbers."""
    asked: Dict[int, List[AskedQuestion]] = {}
    reasons: Dict[int, List[ReviewReason]] = {}
    of_these = (ASKED.c.conversation == conversation, ASKED.c.number.between(first, last))
    for row in store.execute(select(ASKED).where(*of_these).order_by(ASKED.c.number, ASKED.c.place)):
        asked.setdefault(row.number, []).append(AskedQuestion(row.about, row.answered))
    of_them = (REASONS.c.conversation == conversation, REASONS.c.number.between(first, last))
    for row in store.execute(select(REASONS).where(*of_them)):
        reasons.setdefault(row.number, []).append(ReviewReason(row.reason))
    return asked, reasons


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
