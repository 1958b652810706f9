"""テストとして保存: a trial becomes a conversation of tests/dialogues, and a story, once whoever saves it saw them."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any, List, Mapping, Optional, Sequence, Tuple

from sanic.response import HTTPResponse

from bot.console.engine import BusyEngineError, Judged, NoEngineError
from bot.console.fit import in_one_line, unfit
from bot.console.named import named
from bot.console.pages import go_to, in_path, page, words_of
from bot.console.trying import TRIAL, gone, not_possible, note, trial_in, turns_of
from bot.console.visit import Visit
from bot.console.written_talks import (
    LONGEST_TITLE,
    Change,
    WrittenTalkError,
    is_name_of_a_file,
    lines_of,
    one_story,
)
from bot.days import day_in_japan
from bot.messages import Choices
from bot.store import Action, StoreError, Trial, TurnRecord

SAVE = f"{TRIAL}/save"
NO_FOLDER, TITLE, FILE_NAME, NAMES, FILE, CHANGED = "no_folder", "title", "file_name", "names", "file", "changed"


@dataclass(frozen=True)
class Chosen:
    """The form as it came: what the test and its file are called, whether it is to be a story as well."""

    title: str = ""
    file: str = ""
    story: bool = True
    no_name: bool = False


@dataclass(frozen=True)
class Wrong:
    """What is in the way, by the name that the page says it with, and the words that it is about."""

    kind: str
    about: Tuple[str, ...] = ()


@dataclass(frozen=True)
class _Planned:
    """What is to be written, and how it goes when it is played; `story_told` says why it can be no story."""

    changes: Tuple[Change, ...]
    lines: Sequence[Mapping[str, Any]]
    judged: Judged
    story_told: Optional[str] = None

    @property
    def seal(self) -> str:
        """By what it is known again."""
        return "-".join(change.seal for change in self.changes)


async def save_page(visit: Visit) -> HTTPResponse:
    """What the test is to be called, and in which file it is to stand."""
    trial = await trial_in(visit)
    if trial is None:
        return await gone(visit)
    wrong = None if visit.console.written.can_be_written else Wrong(NO_FOLDER)
    return await _form(visit, trial, Chosen(), wrong)


async def write_trial(visit: Visit) -> HTTPResponse:
    """What would be written, and how it goes; who has seen that (`seal`) has it written."""
    trial = await trial_in(visit)
    if trial is None:
        return await gone(visit)
    chosen = Chosen(
        title=in_one_line(visit.sent("title")),
        file=in_one_line(visit.sent("file")).removesuffix(".yml"),
        story=bool(visit.sent("story")),
        no_name=bool(visit.sent("no_name")),
    )
    try:
        turns = await turns_of(visit, trial)
        wrong = await _in_the_way(visit, turns, chosen)
        planned = await _planned(visit, chosen, turns) if wrong is None else None
    except (BusyEngineError, NoEngineError) as error:
        return await not_possible(visit, error)
    except WrittenTalkError as error:
        wrong, planned = Wrong(FILE, (str(error),)), None
    seal = visit.sent("seal")
    if planned is not None and seal and seal != planned.seal:
        wrong = Wrong(CHANGED)
    if wrong is not None:
        await note(visit, Action.TRY_NOT_DONE, None, wrong.kind)
        return await _form(visit, trial, chosen, wrong, planned)
    if planned is None or not planned.judged.as_written or not seal:
        await note(visit, Action.TEST_PLAYED, None, None)
        return await _form(visit, trial, chosen, None, planned)
    try:
        await asyncio.to_thread(write_noted, visit, planned.changes, Action.TRIAL_SAVED)
    except WrittenTalkError as error:
        await note(visit, Action.TRY_NOT_DONE, None, FILE)
        return await _form(visit, trial, chosen, Wrong(FILE, (str(error),)))
    return go_to(visit, f"/try/tests?file={in_path(chosen.file)}&said=trial_saved")


def note_of(kind: str, visit: Visit, **more: str) -> str:
    """The comment that a test has in its file: the day, and what was done."""
    day = day_in_japan(visit.console.clock()).isoformat()
    text: str = words_of("_try_words").notes[kind].format(day=day, **more)
    return text


async def names_in(visit: Visit, words: str) -> Tuple[str, ...]:
    """What may be the name of a person or a firm in these words."""
    return await visit.console.review.reader.names_in(words)


def write_noted(visit: Visit, changes: Sequence[Change], action: Action, detail: Optional[str] = None) -> None:
    """Write all and note each, or none of it. Raises WrittenTalkError, StoreError."""
    done: List[Change] = []
    try:
        for change in changes:
            change.write()
            done.append(change)
        for change in changes:
            visit.console.audit.note(visit.by, action, change.name, detail)
    except (WrittenTalkError, StoreError):
        for change in done:
            change.taken_back().write()
        raise


async def _in_the_way(visit: Visit, turns: Sequence[TurnRecord], chosen: Chosen) -> Optional[Wrong]:
    """Why the trial cannot be a test under this name; None where it can."""
    if not visit.console.written.can_be_written:
        return Wrong(NO_FOLDER)
    if not 0 < len(chosen.title) <= LONGEST_TITLE or not turns:
        return Wrong(TITLE)
    if not is_name_of_a_file(chosen.file):
        return Wrong(FILE_NAME)
    for words in (chosen.title, chosen.file, *_typed(turns)):
        kind = unfit(in_one_line(words))
        if kind is not None:
            return Wrong(kind, (words,))
    names = [name for words in (chosen.title, *_typed(turns)) for name in await names_in(visit, words)]
    return Wrong(NAMES, tuple(dict.fromkeys(names))) if names and not chosen.no_name else None


def _typed(turns: Sequence[TurnRecord]) -> Tuple[str, ...]:
    """What somebody wrote, and did not press: a label that was offered is ours."""
    typed = []
    offered: Tuple[str, ...] = ()
    for turn in turns:
        if turn.words and (turn.pressed is None or turn.words not in offered):
            typed.append(turn.words)
        parts = [spoken.message.part for spoken in turn.said]
        offered = tuple(choice.label for part in parts if isinstance(part, Choices) for choice in part.choices)
    return tuple(typed)


async def _planned(visit: Visit, chosen: Chosen, turns: Sequence[TurnRecord]) -> _Planned:
    written, comment = visit.console.written, note_of("saved", visit)
    changes = [await asyncio.to_thread(written.with_dialogue, chosen.file, chosen.title, comment, turns)]
    lines = lines_of(turns)
    judged = await visit.console.engine.judge(chosen.title, lines)
    told = await visit.console.engine.story_goes(one_story(chosen.title, turns)) if chosen.story else None
    if chosen.story and told is None:
        changes.append(await asyncio.to_thread(written.with_story, chosen.file, chosen.title, comment, turns))
    return _Planned(tuple(changes), lines, judged, told)


async def _form(
    visit: Visit, trial: Trial, chosen: Chosen, wrong: Optional[Wrong] = None, planned: Optional[_Planned] = None
) -> HTTPResponse:
    return page(
        visit,
        "try_save",
        200 if wrong is None else 422,
        trial=trial,
        chosen=chosen,
        wrong=wrong,
        planned=planned,
        files=visit.console.written.files(),
        longest_title=LONGEST_TITLE,
        named=named(),
    )
