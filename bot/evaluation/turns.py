"""How well messages are understood in their place: what was heard of each, and a score that tells harm from loss."""

from __future__ import annotations

import json
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Dict, Iterable, List, Mapping, Optional, Sequence, Tuple

import numpy as np
from rasa.core.agent import Agent
from rasa.core.channels.channel import UserMessage

from bot.consult.place import Waiting
from bot.evaluation.rows import EvaluationError
from bot.nlu.turn_examples import as_metadata
from bot.nlu.turn_rows import LabelledMove, TurnRow, TurnRowError, rows_of_file

Read = Mapping[str, Any]
_EXACT_FACTS = ("prefecture", "employee_count", "stage")
_PROPOSES = (Waiting.SHEET, Waiting.FINDING)
_BELOW_A_ROAD = (Waiting.OTHER_ISSUE, Waiting.ANYTHING_ELSE)
_Z = 1.96  # of a 95 % interval
_BINS = 10


@dataclass(frozen=True)
class HeardRow:
    """A row, what was heard in it, how long that took, in milliseconds, and all that was understood (/model/parse)."""

    row: TurnRow
    moves: Tuple[Read, ...]
    milliseconds: float
    parsed: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Share:
    """How many of how many."""

    hits: int
    total: int

    @property
    def value(self) -> float:
        """From 0 to 1; 1 of nothing."""
        return self.hits / self.total if self.total else 1.0

    @property
    def at_least(self) -> float:
        """The lower bound of the 95 % interval (Wilson 1927)."""
        if not self.total:
            return 0.0
        middle = self.value + _Z**2 / (2 * self.total)
        spread = _Z * np.sqrt(self.value * (1 - self.value) / self.total + _Z**2 / (4 * self.total**2))
        return float((middle - spread) / (1 + _Z**2 / self.total))


@dataclass(frozen=True)
class TurnReport:
    """A row is right where its first move was heard and nothing that must not be; `hurts` counts rows with such a move.

    `heard` is the share of labelled moves that were heard, by kind; `precise` that of heard moves which are labelled.
    `topics_f1` is over the topics of questions. `calibration_error` is over all moves, in ten bins of equal mass.
    """

    right: Share
    by_waiting: Mapping[str, Share]
    recall: Share
    heard: Mapping[str, Share]
    precise: Share
    topics_f1: float
    hurts: Share
    sub_issues: Share
    calibration_error: float
    p50_ms: float
    p95_ms: float
    misses: Tuple[str, ...]


async def hear_rows(agent: Agent, path: Path) -> List[HeardRow]:
    """What the model hears in each row of a file, in its place. Raises EvaluationError for a wrong file."""
    if not path.exists():
        raise EvaluationError(f"{path}: the file is missing")
    try:
        rows = rows_of_file(path)
    except TurnRowError as error:
        raise EvaluationError(str(error)) from error
    if agent.processor is None:
        raise EvaluationError("the agent has no model")
    heard = []
    for row in rows:
        began = time.perf_counter()
        parsed = await agent.processor.parse_message(UserMessage(row.owner, metadata=as_metadata(row.place)))
        heard.append(HeardRow(row, tuple(parsed["moves"]), 1000 * (time.perf_counter() - began), parsed))
    return heard


def as_json_lines(heard: Iterable[HeardRow]) -> str:
    """What was heard, one row a line: {"id", "moves"}."""
    return "".join(json.dumps({"id": one.row.id, "moves": list(one.moves)}, ensure_ascii=False) + "\n" for one in heard)


def turn_report(heard: Sequence[HeardRow]) -> TurnReport:
    """The report on what was heard."""
    right: Dict[str, List[bool]] = defaultdict(list)
    found: Dict[str, List[bool]] = defaultdict(list)
    precise: List[bool] = []
    sub_issues: List[bool] = []
    confidences: List[Tuple[float, bool]] = []
    hurt_rows, misses = 0, []
    expected_topics: "Counter[Optional[str]]" = Counter()
    heard_topics: "Counter[Optional[str]]" = Counter()
    both_topics = 0
    for one in heard:
        row, moves = one.row, one.moves
        ok = is_right(one)
        hurt_rows += _is_hurt(one)
        right["all"].append(ok)
        right[row.place.waiting.value].append(ok)
        if not ok:
            misses.append(f"{row.owner} ({row.place.waiting.value}; {told_and_heard(one)})")
        for move in row.moves:
            found[move.move].append(_is_heard(move, row, moves))
            if move.move == "problem" and move.sub_issue:
                sub_issues.append(any(read.get("sub_issue") == move.sub_issue for read in moves))
        for read in moves:
            hit = any(_same(move, read) for move in row.moves)
            precise.append(hit)
            confidences.append((float(read["confidence"]), hit))
        expected = Counter(move.about for move in row.moves if move.move == "asks")
        got = Counter(read.get("about") for read in moves if read["move"] == "asks")
        both_topics += sum((expected & got).values())
        expected_topics += expected
        heard_topics += got
    milliseconds = [one.milliseconds for one in heard]
    topics = sum(expected_topics.values()) + sum(heard_topics.values())
    return TurnReport(
        right=_share(right.pop("all")),
        by_waiting={name: _share(values) for name, values in sorted(right.items())},
        recall=_share([hit for hits in found.values() for hit in hits]),
        heard={name: _share(values) for name, values in sorted(found.items())},
        precise=_share(precise),
        topics_f1=2 * both_topics / topics if topics else 1.0,
        hurts=Share(hurt_rows, len(heard)),
        sub_issues=_share(sub_issues),
        calibration_error=_calibration_error(confidences),
        p50_ms=float(np.percentile(milliseconds, 50)),
        p95_ms=float(np.percentile(milliseconds, 95)),
        misses=tuple(misses),
    )


def is_right(one: HeardRow) -> bool:
    """Whether the first move was heard, and nothing that must not be."""
    first = one.row.moves[0] if one.row.moves else None
    return (first is None or _is_heard(first, one.row, one.moves)) and not _is_hurt(one)


def told_and_heard(one: HeardRow) -> str:
    """The moves that were expected and those that were heard, to read."""
    return f"{_told(one.row.moves)}; heard {_names(one.moves)}"


def _is_hurt(one: HeardRow) -> bool:
    return any(_hurts(name, one.row, one.moves) for name in one.row.must_not)


def _share(values: Sequence[bool]) -> Share:
    return Share(sum(values), len(values))


def _same(expected: LabelledMove, read: Read) -> bool:
    """Whether a move that was heard is the one expected. Sub-issues and feelings are told apart elsewhere."""
    if expected.move != read["move"]:
        return False
    if expected.move == "problem":
        return expected.issue == read.get("issue")
    if expected.move == "not_problem":
        return expected.issue is None or read.get("issue") in (None, expected.issue)
    if expected.move == "pick":
        return expected.n == read.get("n")
    if expected.move == "asks":
        return expected.about == read.get("about")
    if expected.move == "fact":
        exact = expected.slot in _EXACT_FACTS
        return expected.slot == read.get("slot") and (not exact or str(expected.value) == str(read.get("value")))
    return True


def _is_heard(expected: LabelledMove, row: TurnRow, moves: Sequence[Read]) -> bool:
    """Whether a move was heard, or another that leads to the same next step."""
    return any(_same(expected, read) for read in moves) or _is_as_good(expected, row, moves)


def _is_as_good(expected: LabelledMove, row: TurnRow, moves: Sequence[Read]) -> bool:
    kinds = {read["move"] for read in moves}
    picks = {read.get("n") for read in moves if read["move"] == "pick"}
    waiting = row.place.waiting
    if expected.move == "pick":
        return _is_picked_otherwise(expected, row, moves, kinds)
    if expected.move == "yes":
        return 1 in picks and waiting in (*_PROPOSES, *_BELOW_A_ROAD)
    if expected.move == "no":
        return "not_problem" in kinds or (waiting in _PROPOSES and 2 in picks)
    if expected.move == "not_problem":
        return "no" in kinds
    if expected.move == "refuses":
        return waiting is Waiting.PREFECTURE and bool(picks)
    if expected.move == "feels" and expected.how == "angry":
        return "complains" in kinds
    if expected.move == "complains" and expected.about == "bot":
        return any(read["move"] == "feels" and read.get("how") == "angry" for read in moves)
    return False


def _is_picked_otherwise(expected: LabelledMove, row: TurnRow, moves: Sequence[Read], kinds: "set[str]") -> bool:
    waiting = row.place.waiting
    if waiting in (*_PROPOSES, Waiting.OTHER_ISSUE) and expected.n == 1 and "yes" in kinds:
        return True
    if waiting in _PROPOSES and expected.n == 2 and kinds & {"no", "not_problem"}:
        return True
    if waiting in _BELOW_A_ROAD and expected.n == len(row.place.offered) and kinds & {"no", "stops"}:
        return True
    if waiting is Waiting.PREFECTURE and "refuses" in kinds:
        return True
    problems = [told for told in row.moves if told.move == "problem"]
    return any(_same(problem, read) for problem in problems for read in moves)


def _hurts(forbidden: str, row: TurnRow, moves: Sequence[Read]) -> bool:
    """Whether a move was heard that must not be; nothing hurts beside a distress that was rightly heard."""
    in_distress = any(move.move == "distress" for move in row.moves)
    if in_distress and any(read["move"] == "distress" for read in moves):
        return False
    kind, _, value = forbidden.partition(":")
    arguments = ("issue", "slot", "value", "n", "about", "how")
    return any(
        read["move"] == kind and (not value or value in {str(read.get(name)) for name in arguments}) for read in moves
    )


def _calibration_error(confidences: Sequence[Tuple[float, bool]]) -> float:
    """The mean gap between confidence and share of right moves, in bins of equal mass."""
    if not confidences:
        return 0.0
    ordered = np.array(sorted(confidences), dtype=float)
    bins = [part for part in np.array_split(ordered, _BINS) if len(part)]
    return float(sum(len(part) * abs(part[:, 0].mean() - part[:, 1].mean()) for part in bins) / len(ordered))


def _told(moves: Sequence[LabelledMove]) -> str:
    return ", ".join(" ".join(filter(None, (m.move, m.issue, m.about, m.how, m.slot, m.value))) for m in moves)


def _names(moves: Sequence[Read]) -> str:
    arguments = ("issue", "about", "how", "slot", "value", "n")
    return ", ".join(" ".join([m["move"], *(str(m[a]) for a in arguments if m.get(a))]) for m in moves) or "nothing"
