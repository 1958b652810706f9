"""試す: talk to the bot as an owner would, step back, go on otherwise, and see why it says what it says.

What is tried out reaches nobody: no figure, no list, no handoff. A trial is what was sent in it, and can be said once
more by any process, and with another model beside the one that serves.
"""

from __future__ import annotations

import asyncio
from typing import Any, Optional, Sequence, Tuple
from urllib.parse import urlencode

from sanic.response import HTTPResponse

from bot.console.engine import BUSY, NOT_THERE, BusyEngineError, NoEngineError, why
from bot.console.fit import in_one_line
from bot.console.learner import Model
from bot.console.named import named
from bot.console.pages import go_to, in_path, page
from bot.console.side_by_side import BESIDE, Beside, chosen, offered, others, played_beside, steps
from bot.console.visit import Visit
from bot.masking import masked
from bot.messages import BACK_TO_BOT, Choice
from bot.normalization import LONGEST_TEXT_READ
from bot.store import Action, Sent, Trial, Trials, TurnRecord
from bot.store.trials import MOST_MESSAGES

TRY = "/try"
TRIAL = f"{TRY}/talk/<trial:str>"
FROM_CONVERSATION = "/conversations/<conversation:str>/try"
_MOST_DIGITS = 4
TOO_LONG, FULL, NOTHING = "too_long", "full", "nothing"
# What was done, for the log.
_BEGAN, _SAID, _BACK, _BRANCHED = "trial_began", "trial_said", "trial_back", "trial_branched"


async def try_page(visit: Visit) -> HTTPResponse:
    """The trials of whoever asks, and a way to begin another."""
    trials = await asyncio.to_thread(_trials(visit).all)
    await _note_readings(visit, trials)
    return page(visit, "try", trials=trials, masked=masked)


async def begin(visit: Visit) -> HTTPResponse:
    """A new one, in which nothing was said."""
    name = await asyncio.to_thread(_trials(visit).begin)
    await note(visit, Action.TRIED, None, _BEGAN)
    return go_to(visit, f"{TRY}/talk/{name}")


async def begin_with(visit: Visit) -> HTTPResponse:
    """A new one with what an owner sent up to a turn of their conversation."""
    conversation, number = visit.path["conversation"], number_in(visit.sent("number"))
    name = await asyncio.to_thread(_trials(visit).begin_with, conversation, number)
    if name is None:
        return await gone(visit, f"/conversations/{in_path(conversation)}")
    await note(visit, Action.TRIED, conversation, _BEGAN)
    return go_to(visit, f"{TRY}/talk/{name}#newest")


async def trial_page(visit: Visit) -> HTTPResponse:
    """One of them, as it goes now."""
    trial = await trial_in(visit)
    return await gone(visit) if trial is None else await _shown(visit, trial)


async def say(visit: Visit) -> HTTPResponse:
    """Something typed, or a choice that is pressed, behind what whoever sends it sees of the trial."""
    trial = await trial_in(visit)
    if trial is None:
        return await gone(visit)
    behind = min(number_in(visit.sent("behind")), len(trial.sent))
    pressed = visit.sent("pressed")
    text = masked(in_one_line(visit.sent("text")))
    problem = None
    if not text and not pressed:
        problem = NOTHING
    elif len(text) > LONGEST_TEXT_READ:
        problem = TOO_LONG
    elif behind >= MOST_MESSAGES:
        problem = FULL
    sent = Sent(text, pressed or None)
    try:
        if problem is None:  # before it is kept: what fails was not said
            await visit.console.engine.play((*trial.sent[:behind], sent))
    except (BusyEngineError, NoEngineError) as error:
        problem = why(error)
    if problem is not None:
        await note(visit, Action.TRY_NOT_DONE, trial.conversation or None, problem)
        return await _shown(visit, trial, problem, "" if pressed else text)
    return await _on(visit, _SAID, await asyncio.to_thread(_trials(visit).go_on, trial.name, behind, [sent]))


async def step_back(visit: Visit) -> HTTPResponse:
    """What was said behind a turn goes; the trial ends with that turn."""
    to = number_in(visit.sent("to"))
    return await _on(visit, _BACK, await asyncio.to_thread(_trials(visit).go_on, visit.path["trial"], to, ()))


async def branch(visit: Visit) -> HTTPResponse:
    """Another trial that begins as this one does, up to a turn; this one stays."""
    name = await asyncio.to_thread(_trials(visit).branch, visit.path["trial"], number_in(visit.sent("at")))
    if name is None:
        return await gone(visit)
    await note(visit, Action.TRIED, None, _BRANCHED)
    return go_to(visit, _newest_of(visit, name, said="branched"))


async def trial_in(visit: Visit) -> Optional[Trial]:
    """The trial that the address names, whose words are about to be shown; None where it is not there any more."""
    trial = await asyncio.to_thread(_trials(visit).get, visit.path["trial"])
    if trial is not None:
        await _note_readings(visit, [trial])
    return trial


async def turns_of(visit: Visit, trial: Trial) -> Tuple[TurnRecord, ...]:
    """How a trial goes now. Raises BusyEngineError, NoEngineError."""
    return await visit.console.engine.play(trial.sent)


async def note(visit: Visit, action: Action, about: Optional[str], detail: Optional[str]) -> None:
    """Let the log say what whoever asks does."""
    await asyncio.to_thread(visit.console.audit.note, visit.by, action, about, detail)


async def gone(visit: Visit, back: str = TRY) -> HTTPResponse:
    """The trial, or the turn that it was to begin with, is not there any more."""
    if visit.route.changes:
        await note(visit, Action.TRY_NOT_DONE, None, NOT_THERE)
    return go_to(visit, f"{TRY}?said=trial_gone") if visit.is_part else page(visit, "try_not_there", 404, back=back)


def number_in(text: str) -> int:
    """A number of a form; 0 where it is none."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= _MOST_DIGITS else 0


async def not_possible(visit: Visit, error: Exception) -> HTTPResponse:
    """There is nobody to talk to now."""
    if visit.route.changes:
        await note(visit, Action.TRY_NOT_DONE, None, why(error))
    return page(visit, "try_not_possible", 503, why=why(error))


def _trials(visit: Visit) -> Trials:
    return Trials(visit.console.store, visit.account.name, visit.console.clock)


async def _on(visit: Visit, done: str, trial: Optional[Trial]) -> HTTPResponse:
    if trial is None:
        return await gone(visit)
    await note(visit, Action.TRIED, trial.conversation or None, done)
    return await _shown(visit, trial) if visit.is_part else go_to(visit, _newest_of(visit, trial.name))


def _newest_of(visit: Visit, name: str, **said: str) -> str:
    """Where the trial of this name is read from its newest turn on, with the other model that was chosen."""
    asked = urlencode({**said, **({BESIDE: chosen(visit)} if chosen(visit) else {})})
    return f"{TRY}/talk/{name}{'?' if asked else ''}{asked}#newest"


async def _shown(visit: Visit, trial: Trial, problem: Optional[str] = None, written: str = "") -> HTTPResponse:
    turns: Sequence[TurnRecord] = ()
    beside: Optional[Beside] = None
    try:
        turns = await turns_of(visit, trial)
        beside = await played_beside(visit, trial.sent)
    except (BusyEngineError, NoEngineError) as error:
        problem = problem or why(error)
    models = () if visit.is_part else await others(visit)
    return await asyncio.to_thread(_page, visit, trial, turns, beside, models, problem, written)


def _page(
    visit: Visit,
    trial: Trial,
    turns: Sequence[TurnRecord],
    beside: Optional[Beside],
    models: Sequence[Model],
    problem: Optional[str],
    written: str,
) -> HTTPResponse:
    here = offered(turns)
    context: Any = {
        "trial": trial,
        "turns": turns,
        "steps": steps(turns, beside),
        "beside": beside,
        "chosen": chosen(visit),
        "models": models,
        "serving": visit.console.learner.answering(),
        "offered": here,
        "offered_beside": [choice for choice in offered(beside.turns) if choice not in here] if beside else [],
        "at_any_time": _at_any_time(visit, turns),
        "problem": problem,
        "written": written,
        "named": named(),
        "masked": masked,
    }
    status = {None: 200, BUSY: 503, NOT_THERE: 503}.get(problem, 422)
    if visit.is_part:
        return page(visit, "_try_talk", 200, **context)  # htmx shows nothing of what is refused
    return page(visit, "try_trial", status, **context)


def _at_any_time(visit: Visit, turns: Sequence[TurnRecord]) -> Tuple[Choice, ...]:
    """What can be pressed at any time; the way back only while a person has been called."""
    is_paused = bool(turns) and turns[-1].after.paused
    return tuple(one for one in visit.console.engine.at_any_time if is_paused or one.id != BACK_TO_BOT)


async def _note_readings(visit: Visit, trials: Sequence[Trial]) -> None:
    """Note that words of owners are about to be shown, where a trial begins with some."""
    read = [trial.conversation for trial in trials if trial.conversation]
    if read:
        await asyncio.to_thread(visit.console.audit.read_all, visit.by, read)
