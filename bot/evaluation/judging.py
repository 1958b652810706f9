"""python -m bot test: plays stories and written conversations through the trained bot and reports what goes wrong."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Awaitable, Callable, Iterator, List, Optional, Tuple

import yaml
from rasa.core.agent import Agent
from rasa.shared.exceptions import RasaException

from bot.evaluation.dialogues import dialogues_in, hold
from bot.evaluation.stories import StoryError, play, stories_in

Talk = Tuple[str, Callable[[], Awaitable[Optional[str]]]]


class NothingToJudgeError(Exception):
    """There is no conversation to play, or a file cannot be read; the message says where."""


async def judge(bot: Agent, path: Path, tell: Callable[[str], None]) -> Tuple[int, int]:
    """How many conversations of a file or folder went as written, and how many did not. `tell` hears of each.

    Raises NothingToJudgeError.
    """
    right, wrong = 0, 0
    for title, held in _talks(bot, path):
        difference = await held()
        right, wrong = (right + 1, wrong) if difference is None else (right, wrong + 1)
        tell(f"ok    {title}" if difference is None else f"WRONG {title}\n{difference}\n")
    if right + wrong == 0:
        raise NothingToJudgeError(f"{path}: there is no conversation in it")
    return right, wrong


def _talks(bot: Agent, path: Path) -> Iterator[Talk]:
    files = sorted(path.rglob("*.yml")) if path.is_dir() else [path]
    for file in files:
        try:
            yield from _talks_in(bot, file)
        except (OSError, UnicodeDecodeError, yaml.YAMLError, RasaException, StoryError, KeyError, TypeError) as error:
            raise NothingToJudgeError(f"{file}: not readable as stories or conversations: {error}") from error


def _talks_in(bot: Agent, file: Path) -> List[Talk]:
    content = yaml.safe_load(file.read_text(encoding="utf-8"))
    if isinstance(content, dict):
        return [
            (f"{file.name}: {story.title}", lambda story=story: play(bot, story, _fresh()))  # type: ignore[misc]
            for story in stories_in(file, bot.domain)
        ]
    return [
        (f"{file.name}: {dialogue.title}", lambda dialogue=dialogue: hold(bot, dialogue, _fresh()))  # type: ignore[misc]
        for dialogue in dialogues_in(file)
    ]


def _fresh() -> str:
    return f"test-{uuid.uuid4().hex}"
