"""What becomes of the questions of strangers: answered, offered, passed on to who knows, or dropped."""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import List, Mapping, Sequence, Tuple

from pydantic import ValidationError, parse_obj_as
from pydantic.dataclasses import dataclass as checked
from rasa.core.agent import Agent

from bot.evaluation.rows import EvaluationError
from bot.evaluation.talking import Held, say
from bot.evaluation.turns import Share
from bot.knowledge import Knowledge, load_knowledge


@checked(frozen=True)
class StrangersRow:
    """A question `ask` after the messages of `lead`: its topic, its field, and the ids of the answers that would do.

    Labelled by a reader who saw the answers that resemble it, and what each says.
    """

    id: str
    voice: str
    lead: List[str]
    ask: str
    about: str
    field: str
    answers: List[str]


class Became(str, Enum):
    """What became of a question.

    OFFERED: a right answer stands among the questions that were offered to choose from; MISOFFERED: only others do.
    POINTED: whom to ask was said in the owner's own words, and they are of its field; ASTRAY: they are of another.
    """

    ANSWERED = "answered"
    OFFERED = "offered among others"
    MISOFFERED = "only others offered"
    POINTED = "pointed to who knows"
    ASTRAY = "pointed elsewhere"
    OTHER = "answered with another"
    PASSED_OVER = "without any answer"


@dataclass(frozen=True)
class PlayedRow:
    """A row, what the bot said to the question, and what that amounts to."""

    row: StrangersRow
    held: Held
    became: Became


@dataclass(frozen=True)
class AskedReport:
    """Shares of the questions by what became of them; `given` is the share of answers given that were right."""

    shares: Mapping[str, Share]
    given: Share
    misses: Tuple[str, ...]


async def evaluate_asked(agent: Agent, path: Path) -> AskedReport:
    """The figures over a file of questions. Raises EvaluationError for a wrong file."""
    return asked_report(await play_asked(agent, path))


async def play_asked(agent: Agent, path: Path) -> List[PlayedRow]:
    """The rows of a file, each asked in a conversation of its own. Raises EvaluationError for a wrong file."""
    knowledge = load_knowledge()
    played = []
    for number, row in enumerate(read_asked(path)):
        conversation = f"asked-{path.stem}-{number}"
        before: Tuple[str, ...] = ()
        for message in row.lead:
            before = (await say(agent, conversation, message)).consultation.talk.given
        held = await say(agent, conversation, row.ask)
        played.append(PlayedRow(row, held, became_of(knowledge, row, held, before)))
    return played


def became_of(knowledge: Knowledge, row: StrangersRow, held: Held, given_before: Sequence[str]) -> Became:
    """What became of a question, where these answers had been given before."""
    given = [name for name in held.consultation.talk.given if name not in given_before]
    if set(given) & {*row.answers}:
        return Became.ANSWERED
    if given:
        return Became.OTHER
    offered = held.consultation.talk.near
    if offered:
        return Became.OFFERED if set(offered) & {*row.answers} else Became.MISOFFERED
    pointed = [field for field in knowledge.fields.values() if field.unknown and field.unknown in held.text]
    if pointed:
        return Became.POINTED if pointed[0].id == row.field else Became.ASTRAY
    return Became.PASSED_OVER


def asked_report(played: Sequence[PlayedRow]) -> AskedReport:
    """The figures of docs/evaluation.md."""
    given = [one.became is Became.ANSWERED for one in played if one.became in (Became.ANSWERED, Became.OTHER)]
    return AskedReport(
        shares={kind.value: Share(sum(one.became is kind for one in played), len(played)) for kind in Became},
        given=Share(sum(given), len(given)),
        misses=tuple(map(_miss, (one for one in played if one.became in (Became.ASTRAY, Became.OTHER)))),
    )


def _miss(one: PlayedRow) -> str:
    said = " ".join(one.held.text.split())
    return f"{one.row.id} ({one.became.value}): {' / '.join((*one.row.lead, one.row.ask))} → {said}"


def read_asked(path: Path) -> List[StrangersRow]:
    """The questions of a file. Raises EvaluationError for a wrong file."""
    if not path.exists():
        raise EvaluationError(f"{path}: the file is missing")
    rows = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        try:
            rows.append(parse_obj_as(StrangersRow, json.loads(line)))
        except (ValueError, ValidationError) as error:
            expected = "expected a question as in docs/evaluation.md"
            raise EvaluationError(f"{path.name}, line {number}: {expected} ({error})") from error
    return rows
