"""Tests that staff can run: the written conversations, one after another through the bot that serves, green or red.

A page asks for one at a time, and the next when that is there: nothing runs by itself, and owners' turns go between.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import List, Optional, Tuple, Union

from sanic.response import HTTPResponse

from bot.console.engine import BusyEngineError, Judged, NoEngineError, why
from bot.console.fit import in_one_line, unfit
from bot.console.named import named
from bot.console.pages import go_to, in_path, page
from bot.console.trial_as_test import CHANGED, FILE, NAMES, NO_FOLDER, Wrong, names_in, note_of, write_noted
from bot.console.trying import TRY, not_possible, note, number_in
from bot.console.visit import Visit
from bot.console.written_talks import LONGEST_REASON, Change, WrittenStory, WrittenTalk, WrittenTalkError
from bot.store import Action

TESTS = f"{TRY}/tests"
DIALOGUE, STORY = "dialogue", "story"
_ALL = "*"  # no file is called so
REASON, NOTHING = "reason", "nothing"


@dataclass(frozen=True)
class Test:
    """A conversation or a story that can be run. `key` names it on its page."""

    kind: str
    talk: Union[WrittenTalk, WrittenStory]
    key: int

    __test__ = False


@dataclass(frozen=True)
class Result:
    """How it went: a conversation with what differs, a story with what the program says of the difference."""

    green: bool
    judged: Optional[Judged] = None
    told: Optional[str] = None


@dataclass(frozen=True)
class Tally:
    """How many of a run were green and red so far, and how many are left."""

    green: int
    red: int
    left: int


async def tests_page(visit: Visit) -> HTTPResponse:
    """The files, and the tests of one of them, or of all."""
    written = visit.console.written
    if not written.are_here:
        return page(visit, "tests", files=(), tests=(), scope="", are_there=False, broken=None)
    scope = visit.asked("file") or (_ALL if visit.asked("all") else "")
    try:
        counted = await asyncio.to_thread(_counted, visit)
        tests = await asyncio.to_thread(_tests, visit, scope)
    except WrittenTalkError as error:
        return page(visit, "tests", 500, files=(), tests=(), scope="", are_there=True, broken=str(error))
    return page(visit, "tests", files=counted, tests=tests, scope=scope, are_there=True, broken=None)


async def run_test(visit: Visit) -> HTTPResponse:
    """Run one; to htmx its row, with the next one asked for where the rest is to follow."""
    try:
        tests = await asyncio.to_thread(_tests, visit, visit.sent("scope"))
    except WrittenTalkError as error:
        await note(visit, Action.TRY_NOT_DONE, None, FILE)
        return page(visit, "tests", 500, files=(), tests=(), scope="", are_there=True, broken=str(error))
    key = number_in(visit.sent("key"))
    test = tests[key] if key < len(tests) else None
    if test is None or test.talk.title != visit.sent("title"):
        return await _changed(visit)
    if not visit.sent("green"):  # what goes on by itself was noted when it was begun
        await note(visit, Action.TEST_PLAYED, visit.sent("scope"), None)
    green, red = number_in(visit.sent("green")), number_in(visit.sent("red"))
    try:
        result = await _result(visit, test)
    except (BusyEngineError, NoEngineError) as error:
        if not visit.is_part:
            return page(visit, "try_not_possible", 503, why=why(error))
        return _row(visit, test, None, Tally(green, red, len(tests) - key), None, why(error))
    tally = Tally(green + result.green, red + (not result.green), len(tests) - key - 1)
    return _row(visit, test, result, tally, tests[key + 1] if key + 1 < len(tests) else None)


def _row(
    visit: Visit, test: Test, result: Optional[Result], tally: Tally, follows: Optional[Test], problem: str = ""
) -> HTTPResponse:
    """The row of a test; where all are run, with the next one and how far it is."""
    runs_all = bool(visit.sent("rest"))
    return page(
        visit,
        "_test_row" if visit.is_part else "test_result",
        test=test,
        result=result,
        scope=visit.sent("scope"),
        follows=follows if runs_all else None,
        tally=tally if runs_all else None,
        problem=problem,
        named=named(),
    )


async def accept_page(visit: Visit) -> HTTPResponse:
    """What a conversation that is red does now, and what of its file would change."""
    talk = await _asked_for(visit, visit.asked("file"), visit.asked("number"), visit.asked("title"))
    if talk is None:
        return await _changed(visit)
    try:
        judged, change = await _judged(visit, talk, "")
    except (BusyEngineError, NoEngineError) as error:
        return await not_possible(visit, error)
    except WrittenTalkError as error:
        return _accept_page(visit, talk, None, None, "", Wrong(FILE, (str(error),)))
    return _accept_page(visit, talk, judged, change, "", _cannot_be(visit, change))


async def accept(visit: Visit) -> HTTPResponse:
    """いまの動きを正とする: what it does now is what is expected from now on, for a reason."""
    talk = await _asked_for(visit, visit.sent("file"), visit.sent("number"), visit.sent("title"))
    if talk is None:
        return await _changed(visit)
    reason = in_one_line(visit.sent("reason"))
    judged: Optional[Judged] = None
    change: Optional[Change] = None
    try:
        judged, change = await _judged(visit, talk, reason)
        wrong = _cannot_be(visit, change) or await _in_the_way(visit, judged, change, reason)
        if wrong is None and change is not None:
            await asyncio.to_thread(write_noted, visit, [change], Action.TEST_ACCEPTED, reason)
    except (BusyEngineError, NoEngineError) as error:
        return await not_possible(visit, error)
    except WrittenTalkError as error:
        wrong = Wrong(FILE, (str(error),))
    if wrong is None:
        return go_to(visit, f"{TESTS}?file={in_path(talk.file)}&said=test_accepted")
    await note(visit, Action.TRY_NOT_DONE, None, wrong.kind)
    return _accept_page(visit, talk, judged, change, reason, wrong)


async def _changed(visit: Visit) -> HTTPResponse:
    """The files are others by now than those that the page was made of."""
    if visit.route.changes:
        await note(visit, Action.TRY_NOT_DONE, None, CHANGED)
    return go_to(visit, f"{TESTS}?said=tests_changed")


async def _judged(visit: Visit, talk: WrittenTalk, reason: str) -> Tuple[Judged, Optional[Change]]:
    """How it goes now, and what of its file would change."""
    judged = await visit.console.engine.judge(talk.title, talk.lines)
    return judged, await asyncio.to_thread(_change, visit, talk, judged, reason)


def _change(visit: Visit, talk: WrittenTalk, judged: Judged, reason: str) -> Optional[Change]:
    """What of the file changes; None where nothing that stands there is wrong."""
    if not any(one.key for one in judged.differences):
        return None
    comment = note_of("accepted", visit, reason=reason)
    return visit.console.written.put_right(talk, judged.differences, comment)


def _cannot_be(visit: Visit, change: Optional[Change]) -> Optional[Wrong]:
    """Why nothing can be put right here, whatever the reason."""
    if not visit.console.written.can_be_written:
        return Wrong(NO_FOLDER)
    return Wrong(NOTHING) if change is None else None


async def _in_the_way(visit: Visit, judged: Judged, change: Optional[Change], reason: str) -> Optional[Wrong]:
    """Why the reason cannot be kept, or what was seen is not so any more."""
    if not 0 < len(reason) <= LONGEST_REASON:
        return Wrong(REASON)
    kind = unfit(reason)
    if kind is not None:
        return Wrong(kind, (reason,))
    names = await names_in(visit, reason)
    if names and not visit.sent("no_name"):
        return Wrong(NAMES, names)
    return Wrong(CHANGED) if change is None or visit.sent("seal") != _seal(visit, judged, change) else None


def _seal(visit: Visit, judged: Judged, change: Change) -> str:
    """By what the change is known again, whatever the reason will be: what was there, and what differs now."""
    told = [(one.line, one.key, str(one.now)) for one in judged.differences]
    return Change(change.name, change.path, change.before, str(told)).seal


def _accept_page(
    visit: Visit,
    talk: WrittenTalk,
    judged: Optional[Judged],
    change: Optional[Change],
    reason: str,
    wrong: Optional[Wrong],
) -> HTTPResponse:
    return page(
        visit,
        "test_accept",
        200 if wrong is None else 422,
        talk=talk,
        judged=judged,
        change=change,
        seal=_seal(visit, judged, change) if judged is not None and change is not None else "",
        reason=reason,
        longest_reason=LONGEST_REASON,
        wrong=wrong,
        named=named(),
    )


async def _asked_for(visit: Visit, file: str, number: str, title: str) -> Optional[WrittenTalk]:
    try:
        return await asyncio.to_thread(visit.console.written.talk, file, number_in(number), title)
    except WrittenTalkError:
        return None


async def _result(visit: Visit, test: Test) -> Result:
    if isinstance(test.talk, WrittenStory):
        told = await visit.console.engine.story_goes(test.talk.text)
        return Result(told is None, told=told)
    judged = await visit.console.engine.judge(test.talk.title, test.talk.lines)
    return Result(judged.as_written, judged)


def _counted(visit: Visit) -> List[Tuple[str, int, int]]:
    """Of each name of a file, how many conversations and how many stories there are."""
    written = visit.console.written
    names = sorted({*written.files(), *written.story_files()})
    return [(name, len(written.talks(name)), len(written.stories(name))) for name in names]


def _tests(visit: Visit, scope: str) -> Tuple[Test, ...]:
    """All tests of a file of this name, the conversations first; of all files where that is the scope."""
    written = visit.console.written
    names = sorted({*written.files(), *written.story_files()}) if scope == _ALL else [scope]
    found: List[Tuple[str, Union[WrittenTalk, WrittenStory]]] = [
        *((DIALOGUE, talk) for name in names for talk in written.talks(name)),
        *((STORY, story) for name in names for story in written.stories(name)),
    ]
    return tuple(Test(kind, talk, key) for key, (kind, talk) in enumerate(found))
