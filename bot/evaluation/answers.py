"""How well questions are answered where they come: each is put after what the owner had said, and the reply judged."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Dict, List, Mapping, Sequence, Tuple

from pydantic import ValidationError, parse_obj_as
from pydantic.dataclasses import dataclass as checked
from rasa.core.agent import Agent

from bot.evaluation.rows import EvaluationError
from bot.evaluation.talking import Held, say
from bot.evaluation.turns import Share

_LONGEST = 300  # characters of the answer itself: more is a leaflet
_A_QUESTION_OF_OURS = "utter_ask_"


@checked(frozen=True)
class AnswerRow:
    """A question `ask` after the messages of `lead`, as in ../shared/eval/answers_dev.jsonl.

    The reply must hold one string of every group of `must_any_of` and none of `must_not`. Where it is not `answerable`
    it must say so honestly.
    """

    id: str
    lead: List[str]
    ask: str
    kind: str
    answerable: bool
    must_any_of: List[List[str]]
    must_not: List[str]


class Outcome(str, Enum):
    """What became of a question: answered, honestly not, met with something that is no answer, or wrongly answered."""

    ANSWERED = "answered"
    HONEST = "honest"
    DEFLECTED = "deflected"
    WRONG = "wrong"
    TOO_LONG = "too long"


@dataclass(frozen=True)
class AskedRow:
    """A row, what the bot said to the question, and what that amounts to."""

    row: AnswerRow
    held: Held
    outcome: Outcome

    @property
    def right(self) -> bool:
        """Whether it was answered, or honestly not."""
        return self.outcome in (Outcome.ANSWERED, Outcome.HONEST)


@dataclass(frozen=True)
class AnswerReport:
    """Shares of the questions: `right` are those answered, or honestly not; `misses` what was said to the others."""

    right: Share
    outcomes: Mapping[str, Share]
    by_kind: Mapping[str, Share]
    misses: Tuple[str, ...]


async def ask_rows(agent: Agent, path: Path) -> List[AskedRow]:
    """The rows of a file, each asked in a conversation of its own. Raises EvaluationError for a wrong file."""
    asked = []
    for number, row in enumerate(_rows(path)):
        conversation = f"answers-{path.stem}-{number}"
        for message in row.lead:
            await say(agent, conversation, message)
        held = await say(agent, conversation, row.ask)
        asked.append(AskedRow(row, held, outcome_of(row, held)))
    return asked


async def evaluate_answers(agent: Agent, path: Path) -> AnswerReport:
    """The figures over a file of questions. Raises EvaluationError for a wrong file."""
    return answer_report(await ask_rows(agent, path))


def outcome_of(row: AnswerRow, held: Held) -> Outcome:
    """What a reply amounts to."""
    if any(forbidden in held.text for forbidden in row.must_not):
        return Outcome.WRONG
    if not all(any(wanted in held.text for wanted in group) for group in row.must_any_of):
        return Outcome.DEFLECTED
    if sum(len(words) for response, words in held.words if not response.startswith(_A_QUESTION_OF_OURS)) > _LONGEST:
        return Outcome.TOO_LONG
    return Outcome.ANSWERED if row.answerable else Outcome.HONEST


def answer_report(asked: Sequence[AskedRow]) -> AnswerReport:
    """The figures of docs/evaluation.md."""
    of_kind: Dict[str, List[bool]] = defaultdict(list)
    for one in asked:
        of_kind[one.row.kind].append(one.right)
    return AnswerReport(
        right=_share([one.right for one in asked]),
        outcomes={outcome.value: _share([one.outcome is outcome for one in asked]) for outcome in Outcome},
        by_kind={kind: _share(right) for kind, right in sorted(of_kind.items())},
        misses=tuple(map(_miss, (one for one in asked if not one.right))),
    )


def _miss(one: AskedRow) -> str:
    said = " ".join(one.held.text.split())
    return f"{one.row.id} ({one.outcome.value}): {' / '.join((*one.row.lead, one.row.ask))} → {said}"


def _share(values: Sequence[bool]) -> Share:
    return Share(sum(values), len(values))


def _rows(path: Path) -> List[AnswerRow]:
    if not path.exists():
        raise EvaluationError(f"{path}: the file is missing")
    rows = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        try:
            rows.append(parse_obj_as(AnswerRow, json.loads(line)))
        except (ValueError, ValidationError) as error:
            expected = "expected a question as in docs/evaluation.md"
            raise EvaluationError(f"{path.name}, line {number}: {expected} ({error})") from error
    return rows
