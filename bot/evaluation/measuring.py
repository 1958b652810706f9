"""What a model does with every saved dialogue and every held-out message, one by one: to compare it with another."""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import replace
from pathlib import Path
from typing import Awaitable, Callable, Dict, Iterator, List, Optional, Sequence, Tuple

import yaml
from rasa.core.agent import Agent
from rasa.shared.exceptions import RasaException

from bot.consult.reading import Thresholds
from bot.evaluation.configured import thresholds
from bot.evaluation.dialogues import dialogues_in, hold
from bot.evaluation.others import DISTRESS, heard_distress, said_sub_issue
from bot.evaluation.rows import Row, Understood, read_rows, understand
from bot.evaluation.stories import StoryError, play, stories_in
from bot.evaluation.turns import HeardRow, hear_rows, is_right, told_and_heard
from bot.paths import ROOT
from bot.store import Kind, Result

SAVED = (ROOT / "data" / "stories", ROOT / "tests" / "dialogues")
HELD_OUT = ROOT / "data" / "evaluation"
_LONGEST_FOUND = 2_000
_DIGEST = 16
Told = Callable[[int, int], None]
_Talk = Tuple[str, str, Callable[[], Awaitable[Optional[str]]]]


class MeasuringError(Exception):
    """A file of dialogues or messages cannot be read; the message names it."""


async def measure(bot: Agent, told: Told, saved: Sequence[Path] = SAVED, held_out: Path = HELD_OUT) -> List[Result]:
    """All results of the model that the agent has. `told` hears how many of how many are done, now and then.

    Folders that are not there are left out: an installation may come without the tests. Raises MeasuringError, and
    EvaluationError for a wrong file of messages.
    """
    talks = [talk for folder in saved for talk in _talks(bot, folder)]
    rows = {
        kind: held_out / f"{kind.value}.jsonl" for kind in (Kind.TURNS, Kind.INTENTS, Kind.SUB_ISSUES, Kind.DISTRESS)
    }
    there = {kind: path for kind, path in rows.items() if path.exists()}
    of = len(talks) + sum(len(path.read_text(encoding="utf-8").splitlines()) for path in there.values())
    results: List[Result] = []
    for name, content, held in talks:
        difference = await held()
        results.append(_result(Kind.DIALOGUES, name, content, difference is None, difference or ""))
        told(len(results), of)
    for kind, path in there.items():
        results += await _of_rows(bot, kind, path)
        told(len(results), of)
    return _each_by_its_name(results)


def _each_by_its_name(results: Sequence[Result]) -> List[Result]:
    """Results with no name twice: a second one of the same name is numbered."""
    seen: Dict[Tuple[Kind, str], int] = {}
    named = []
    for one in results:
        times = seen[one.kind, one.name] = seen.get((one.kind, one.name), 0) + 1
        named.append(one if times == 1 else replace(one, name=f"{one.name}（{times}）"))
    return named


def _talks(bot: Agent, folder: Path) -> Iterator[_Talk]:
    for file in sorted(folder.glob("*.yml")):
        try:
            yield from _talks_in(bot, file)
        except (OSError, UnicodeDecodeError, yaml.YAMLError, RasaException, StoryError, KeyError, TypeError) as error:
            raise MeasuringError(f"{file.name}: not readable as stories or conversations: {error}") from error


def _talks_in(bot: Agent, file: Path) -> List[_Talk]:
    if isinstance(yaml.safe_load(file.read_text(encoding="utf-8")), dict):
        return [
            (f"{file.stem}: {story.title}", repr(story.turns), lambda story=story: play(bot, story, _fresh()))  # type: ignore[misc]
            for story in stories_in(file, bot.domain)
        ]
    return [
        (f"{file.stem}: {talk.title}", repr(talk.lines), lambda talk=talk: hold(bot, talk, _fresh()))  # type: ignore[misc]
        for talk in dialogues_in(file)
    ]


async def _of_rows(bot: Agent, kind: Kind, path: Path) -> List[Result]:
    if kind is Kind.TURNS:
        return [_of_turn(heard) for heard in await hear_rows(bot, path)]
    at = thresholds()
    return [_of_message(kind, one, at) for one in await understand(bot, read_rows(path))]


def _of_turn(heard: HeardRow) -> Result:
    row = heard.row
    name = f"{row.id} {row.owner}（{row.place.waiting.value}）"
    asked = f"{row.fingerprint()}{row.must_not!r}"
    return _result(Kind.TURNS, name, asked, is_right(heard), told_and_heard(heard))


def _of_message(kind: Kind, one: Understood, at: Thresholds) -> Result:
    row: Row = one.row
    if kind is Kind.DISTRESS:
        right, found = heard_distress(one, at.distress) == (row.intent == DISTRESS), one.intent
        expected = row.intent
    elif kind is Kind.SUB_ISSUES:
        found = said_sub_issue(one, at.sub_issue)
        right, expected = found == row.sub_issue, f"{row.intent}/{row.sub_issue}"
    else:
        right, found, expected = one.lenient(), one.intent, row.intent
    asked = repr((row.text, row.intent, row.secondary, row.sub_issue))
    return _result(kind, row.text, asked, right, f"{expected} → {found}")


def _result(kind: Kind, name: str, asked: str, right: bool, found: str) -> Result:
    digest = hashlib.sha256(asked.encode()).hexdigest()[:_DIGEST]
    return Result(kind, name, digest, right, "" if right else found[:_LONGEST_FOUND])


def _fresh() -> str:
    return f"measure-{uuid.uuid4().hex}"
