"""What the talk makes of messages in their place: the reading of each, after all that puts it right, as moves again.

`bot.evaluation.turns` measures what was learned by itself; what a turn takes is this. A consultation is made up that
stands where the row says. The answers offered are our own, which may be others than those of the row, and what is found
or offered is read from the words before it, so that a few rows stand somewhere else than where they were written.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any, Dict, Iterator, List, Sequence, Tuple

from rasa.core.agent import Agent
from rasa.core.channels.channel import UserMessage

from bot.consult import moves as heard_as
from bot.consult.choices import DONE, GO, MAKE, NEITHER, REFUSE, SKIP, UNKNOWN, options
from bot.consult.heard import Heard
from bot.consult.moves import Move, Standing, every
from bot.consult.place import Place, Waiting
from bot.consult.reading import hear, understood_from
from bot.consult.reading.thresholds import Thresholds
from bot.consult.state import UNCLEAR, Consultation, Question
from bot.consult.state.roads import RoadKey
from bot.evaluation.configured import thresholds
from bot.evaluation.rows import Row
from bot.evaluation.turns import HeardRow, Read, hear_rows
from bot.knowledge import Knowledge, Matter, load_knowledge
from bot.nlu.turn_examples import as_metadata
from bot.nlu.turn_rows import TurnRow

_NOON = 1_790_000_000.0  # a day on which every answer holds
_CAPITAL = re.compile("(?<!^)(?=[A-Z])")
_WAITS: Dict[Waiting, Question] = {
    Waiting.OPEN: Question.ISSUE,
    Waiting.WHICH_ISSUE: Question.WHICH_ISSUE,
    Waiting.FINDING: Question.WHICH_ISSUE,
    Waiting.SUB_ISSUE: Question.SUB_ISSUE,
    Waiting.PREFECTURE: Question.PREFECTURE,
    Waiting.SYMPTOM: Question.TRIAGE,
    Waiting.OTHER_ISSUE: Question.OTHER_ISSUE,
    Waiting.ANYTHING_ELSE: Question.ANYTHING_ELSE,
    Waiting.SHEET: Question.SHEET,
}
# What an answer that is picked amounts to, besides.
_AMOUNTS_TO: Dict[str, Tuple[str, ...]] = {
    SKIP: ("refuses", "no"),
    REFUSE: ("refuses",),
    UNKNOWN: ("does_not_know",),
    GO: ("yes",),
    MAKE: ("yes",),
    NEITHER: ("no",),
    DONE: ("no", "stops"),
}


async def hear_in_talk(agent: Agent, path: Path) -> List[HeardRow]:
    """What the talk hears in each row of a file. Raises EvaluationError for a wrong file."""
    knowledge, at = load_knowledge(), thresholds()
    heard = await hear_rows(agent, path)
    said = [json.loads(line)["before"].get("bot", "") for line in path.read_text(encoding="utf-8").splitlines()]
    return [_in_talk(knowledge, at, one, words) for one, words in zip(heard, said, strict=True)]


def _in_talk(knowledge: Knowledge, at: Thresholds, one: HeardRow, said: str) -> HeardRow:
    there = standing(knowledge, one.row, said)
    understood = understood_from({**one.parsed, "metadata": as_metadata(one.row.place)})
    heard = hear(knowledge, there, understood, at, _NOON)
    return replace(one, moves=tuple(_as_labelled(knowledge, there, one.row, heard)))


async def alarms_in_talk(agent: Agent, rows: Sequence[Row]) -> List[bool]:
    """Whether each message, as the first of a talk, is met as one of distress."""
    knowledge, at = load_knowledge(), thresholds()
    return [await _is_an_alarm(agent, knowledge, at, row.text) for row in rows]


async def _is_an_alarm(agent: Agent, knowledge: Knowledge, at: Thresholds, text: str) -> bool:
    assert agent.processor is not None
    first = {"metadata": as_metadata(Place())}
    parsed = await agent.processor.parse_message(UserMessage(text, **first))
    heard = hear(knowledge, Consultation(), understood_from({**parsed, **first}), at, _NOON)
    return heard.has(heard_as.Distress)


def standing(knowledge: Knowledge, row: TurnRow, said: str) -> Consultation:
    """A consultation that stands where a row says, after these words of ours."""
    place = row.place
    first = place.waiting is Waiting.OPEN and place.issue is None
    question = None if first else _WAITS.get(place.waiting)
    there = Consultation().with_talk(question=question, spoken=() if first else (("utter_ask", 1),))
    if place.issue is not None:
        matter = Matter(place.issue, place.sub_issue)
        there = there.with_roads(in_hand=matter, shown=(RoadKey(matter),) if place.road else ())
    named = _named(knowledge, row, said)
    if place.waiting is Waiting.WHICH_ISSUE:
        return there.with_talk(candidates=named[:2] if len(named) > 1 else (*named, *_usual(knowledge, named))[:2])
    if place.waiting is Waiting.FINDING:
        return there.with_talk(candidates=(named or _usual(knowledge, named))[:1]).with_search(over=True)
    if place.waiting is Waiting.OTHER_ISSUE:
        return there.with_roads(later=tuple(map(Matter, named[:1])))
    symptom = _symptom(knowledge, row) if place.waiting is Waiting.SYMPTOM else None
    return there.with_search(symptom=symptom, asked=(symptom,)) if symptom else there


def _named(knowledge: Knowledge, row: TurnRow, said: str) -> Tuple[str, ...]:
    """The issues that the answers offered, or our words before it, name."""
    nameable = [issue for issue in knowledge.issues.values() if issue.name not in (row.place.issue, UNCLEAR)]
    told = "\n".join((*row.place.offered, said))
    return tuple(i.name for i in nameable if any(words in told for words in (i.label, i.spoken, i.name)))


def _usual(knowledge: Knowledge, named: Tuple[str, ...]) -> Tuple[str, ...]:
    return tuple(name for name in knowledge.issues if name not in (*named, UNCLEAR))


def _symptom(knowledge: Knowledge, row: TurnRow) -> str:
    """The question of the triage whose answers are most like those offered."""
    asked = [symptom for symptom in knowledge.triage.symptoms.values() if symptom.ask is not None]
    return max(asked, key=lambda s: sum(answer.label in row.place.offered for answer in s.answers)).id


def _as_labelled(knowledge: Knowledge, there: Consultation, row: TurnRow, heard: Heard) -> Iterator[Read]:
    for move in heard.moves:
        yield from _labelled(knowledge, there, row, move)
    offered = there.talk.candidates if row.place.waiting is Waiting.FINDING else there.others
    leads = [told.issue for told in every(heard.moves, heard_as.Problem) if told.standing is Standing.LEADS]
    if row.place.waiting in (Waiting.FINDING, Waiting.OTHER_ISSUE) and leads and offered:
        yield {"move": "yes" if leads[0] in offered else "no", "confidence": 1.0}
        if leads[0] not in offered:
            yield {"move": "not_problem", "issue": offered[0], "confidence": 1.0}


def _labelled(knowledge: Knowledge, there: Consultation, row: TurnRow, move: Move) -> Iterator[Read]:
    name = _CAPITAL.sub("_", type(move).__name__).lower()
    read: Dict[str, Any] = {"move": name, "confidence": move.confidence}
    if isinstance(move, heard_as.Pick):
        yield from _picked(knowledge, there, row, move)
    elif isinstance(move, heard_as.Problem):
        yield {**read, "issue": move.issue, "sub_issue": move.sub_issue}
    elif isinstance(move, heard_as.NotProblem):
        yield {**read, "issue": move.issue}
    elif isinstance(move, heard_as.Fact):
        yield {**read, "slot": move.slot.value, "value": move.value}
    elif isinstance(move, heard_as.Asks):
        yield {**read, "about": move.about.value}
    elif isinstance(move, heard_as.Feels):
        yield {**read, "how": move.how.value}
    elif isinstance(move, heard_as.TurnedAway):
        yield {**read, "move": "complains", "about": "institution"}
    elif isinstance(move, heard_as.Complains):
        yield {**read, "about": "bot"}
    elif not isinstance(move, (heard_as.Tells, heard_as.Confides, heard_as.Brings)):
        yield read


def _picked(knowledge: Knowledge, there: Consultation, row: TurnRow, move: heard_as.Pick) -> Iterator[Read]:
    option, sure = move.option, move.confidence
    labels = {(o.question, o.answer): (n, o.label) for n, o in enumerate(options(knowledge, there), start=1)}
    number, label = labels.get((option.question, option.answer), (None, ""))
    if label in row.place.offered:
        number = row.place.offered.index(label) + 1
    yield {"move": "pick", "n": number, "confidence": sure}
    for amounts_to in _AMOUNTS_TO.get(option.answer, ()):
        yield {"move": amounts_to, "confidence": sure}
    if option.question is Question.SUB_ISSUE and there.issue is not None:
        yield {"move": "problem", "issue": there.issue, "sub_issue": option.answer, "confidence": sure}
    if option.question is Question.ISSUE and option.answer in knowledge.issues:
        yield {"move": "problem", "issue": option.answer, "confidence": sure}
