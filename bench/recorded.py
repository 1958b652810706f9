"""Fills a store with made-up conversations as the bot would have recorded them, many at once."""

from __future__ import annotations

import random
from typing import Any, Dict, Iterator, List, Mapping, Sequence, Tuple

import sqlalchemy

from bot.days import day_in_japan
from bot.knowledge import Knowledge, load_knowledge
from bot.messages import Choice, Choices, Fact, Message, Part, Referral, ReferralStep
from bot.nlu.turn_rows import rows_of_folder
from bot.paths import ROOT
from bot.review import ReviewReason
from bot.store import (
    Database,
    HeardFact,
    HeardMove,
    Reason,
    Spoken,
    StateAfter,
    TurnRecord,
    WhatDecided,
    WhatWasHeard,
)
from bot.store.database import TABLES
from bot.store.ratings import RATINGS
from bot.store.turn_records import row_of
from bot.store.turn_tables import ASKED, CONVERSATIONS, MATTERS, REASONS, TURNS, WORDS, lines, spelled

RARE = "折り紙の見本市"  # what hardly anybody writes
COMMON = "です"
DAYS = 90
_DAY_S = 86_400.0
_CHANNELS = ("web", "web", "web", "line", "line", "slack")
_QUESTIONS = ("issue", "sub_issue", "prefecture", "triage", "anything_else", "which_issue", "sheet")
_ABOUT = ("cost", "contact", "what_is", "documents", "duration", "eligibility", "why", "programme", "secrecy")
_REASONS = (ReviewReason.UNSURE, ReviewReason.UNANSWERED, ReviewReason.DENIED, ReviewReason.NO_ROAD)
_AT_ONCE = 100  # conversations a transaction: a server is given three seconds for one
_LONGEST_PART = 600
_HANDOFFS = TABLES.tables["handoffs"]
_FILLED = (TURNS, CONVERSATIONS, MATTERS, REASONS, ASKED, WORDS, RATINGS, _HANDOFFS)
Rows = Dict[sqlalchemy.Table, List[Mapping[str, Any]]]


class MadeUp:
    """Conversations that are like those of owners in length, words, matters and places; the same for the same seed."""

    def __init__(self, now: float, seed: int = 1) -> None:
        self._now = now
        self._random = random.Random(seed)
        knowledge = load_knowledge()
        self._words = [row.owner for row in rows_of_folder(ROOT / "data" / "turns")]
        self._matters = _matters(knowledge)
        self._prefectures = [*knowledge.prefectures, None, None, None]
        self._road, self._choices = (row_of(_turn(part), 0) for part in (_road(), _CHOICES))
        self._spelled = {words: spelled(words) for words in (*self._words, RARE)}

    def fill(self, store: Database, conversations: int, turns: int) -> None:
        """Write so many conversations of so many turns each on average."""
        for begin in range(0, conversations, _AT_ONCE):
            rows: Rows = {table: [] for table in _FILLED}
            for number in range(begin, min(begin + _AT_ONCE, conversations)):
                self._add(rows, f"bench-{number}", self._random.randint(turns // 2, turns + turns // 2))
            _write(store, rows)

    def fill_one(self, store: Database, conversation: str, turns: int) -> None:
        """Write one long conversation."""
        rows: Rows = {table: [] for table in _FILLED}
        self._add(rows, conversation, turns)
        _write(store, rows)

    def _add(self, rows: Rows, conversation: str, turns: int) -> None:
        pick = self._random
        begun_at = self._now - pick.random() * DAYS * _DAY_S
        channel, (issue, sub_issue) = pick.choice(_CHANNELS), pick.choice(self._matters)
        prefecture, road_at = pick.choice(self._prefectures), turns // 2 if pick.random() < 0.7 else None
        words, reasons, last, useful = [], list[str](), begun_at, None
        for number in range(1, turns + 1):
            last = begun_at + 40.0 * number
            said = RARE if pick.random() < 0.000_05 else pick.choice(self._words)
            here = {"conversation": conversation, "number": number, "at": last}
            rows[TURNS].append(
                {
                    **(self._road if number % 15 == 0 else self._choices),
                    **here,
                    "channel": channel,
                    "message_id": f"{conversation}-{number}",
                    "words": said,
                    "issue": issue,
                    "sub_issue": sub_issue,
                    "prefecture": prefecture,
                    "road_shown": number == road_at,
                }
            )
            for reason in self._reasons():
                rows[REASONS].append({**here, "reason": reason.value})
                reasons.append(reason.value)
            if pick.random() < 0.2:
                asked = {"place": 0, "about": pick.choice(_ABOUT), "answered": pick.random() < 0.7}
                rows[ASKED].append({**here, **asked})
            words.append(self._spelled[said])
        parts = list(_parts(words))
        rows[WORDS] += [
            {"conversation": conversation, "part": part, "begun_at": begun_at, "words": text}
            for part, text in enumerate(parts, start=1)
        ]
        rows[MATTERS].append(
            {"conversation": conversation, "issue": issue, "sub_issue": sub_issue or "", "at": begun_at}
        )
        if pick.random() < 0.002:
            handed = {"reason": Reason.ASKED.value, "opened_at": "2026-11-29T00:00:00+00:00", "state": "waiting"}
            rows[_HANDOFFS].append({"conversation": conversation, **handed})
        if pick.random() < 0.3:
            useful = pick.random() < 0.8
            rated = {"useful": useful, "why": None, "rated_at": last}
            rows[RATINGS].append({"conversation": conversation, **rated})
        rows[CONVERSATIONS].append(
            {
                "conversation": conversation,
                "channel": channel,
                "begun_at": begun_at,
                "begun_on": day_in_japan(begun_at).isoformat(),
                "last_at": last,
                "turns": turns,
                "spoke": pick.random() < 0.9,
                "issue": issue,
                "sub_issue": sub_issue,
                "prefecture": prefecture,
                "question": pick.choice(_QUESTIONS),
                "stands_open": road_at is None and pick.random() < 0.5,
                "road_at": begun_at + 40.0 * road_at if road_at is not None else None,
                "issues": lines(issue),
                "reasons": lines(*reasons),
                "useful": useful,
                "words_part": len(parts),
            }
        )

    def _reasons(self) -> Iterator[ReviewReason]:
        if self._random.random() < 0.06:
            yield self._random.choice(_REASONS)
        if self._random.random() < 0.0005:
            yield ReviewReason.DISTRESS


def _write(store: Database, rows: Rows) -> None:
    with store.writing() as connection:
        for table, some in rows.items():
            if some:
                connection.execute(table.insert(), some)


def _parts(words: Sequence[str]) -> Iterator[str]:
    """Words as they are kept to be searched: some messages together."""
    part = "\n"
    for one in words:
        if len(part) + len(one) >= _LONGEST_PART:
            yield part
            part = "\n"
        part += f"{one}\n"
    yield part


def _matters(knowledge: Knowledge) -> List[Tuple[str, Any]]:
    return [(name, sub.id) for name, issue in knowledge.issues.items() for sub in issue.sub_issues]


def _road() -> Referral:
    facts = tuple(Fact("連絡のしかた", "電話で「経営の相談をしたい」とお伝えください。" * 2) for _ in range(5))
    step = ReferralStep(
        "cci", "商工会議所", "first", "まず", "first_contact", "今週", "別添2 ト、14ページ", facts, facts[:2]
    )
    return Referral("相談先", "資金繰り", None, (step,) * 6, facts, facts[:1])


def _turn(part: Part) -> TurnRecord:
    """A turn as long as most are, with what is heard and said in one."""
    return TurnRecord(
        conversation="",
        channel="",
        message_id="",
        at=0.0,
        words="",
        heard=WhatWasHeard(
            moves=(
                HeardMove("problem", 0.93, (("issue", "資金繰り"), ("sub_issue", "lending")), "融資を断られました"),
            ),
            facts=(HeardFact("prefecture", "埼玉県", True),),
            ranking=tuple((name, 0.2) for name in ("資金繰り", "事業承継", "創業", "inform", "ask_cost")),
        ),
        decided=WhatDecided(("note", "take_in", "go_on"), (), ("cci", "yorozu"), ("別添2 ト、14ページ",)),
        said=(Spoken("utter_noted", Message("うかがいました。")), Spoken("utter_ask", Message("次です。", part))),
        after=StateAfter(question="anything_else"),
        milliseconds=40.0,
        model="kakaritsuke-0123456789abcdef",
    )


_CHOICES = Choices(tuple(Choice(f"issue.{number}", "資金繰り・借り入れや返済") for number in range(6)))
