"""The changes of what the bot knows: another person approves or refuses each, and any of that can be undone."""

from __future__ import annotations

import asyncio
from typing import Callable, Optional, Tuple

from sanic.response import HTTPResponse

from bot.console.answers import (
    CHANGED,
    CHANGES,
    WRONG,
    Problem,
    not_done,
    note_not_done,
    today_of,
)
from bot.console.examples import ReadOnlyError
from bot.console.knowledge_work import Draft, as_piece
from bot.console.pages import download, go_to, page
from bot.console.pieces import PieceError
from bot.console.previews import Preview
from bot.console.visit import Visit
from bot.knowledge import KnowledgeError
from bot.store import ProposalState, ReviewError

CHANGE = f"{CHANGES}/<name:str>"
_LATEST = 40
_READ_ONLY = "read_only"


async def changes_page(visit: Visit) -> HTTPResponse:
    """What waits for another person, what was approved and is written nowhere, and what was decided last."""
    changes = visit.console.knowledge.changes
    decided = await asyncio.to_thread(changes.decided, _LATEST)
    return page(
        visit,
        "answer_changes",
        waits=await asyncio.to_thread(changes.all_in, ProposalState.PROPOSED),
        approved=await asyncio.to_thread(changes.all_in, ProposalState.APPROVED),
        done=[one for one in decided if one.state in (ProposalState.WRITTEN, ProposalState.REFUSED)],
    )


async def change_page(visit: Visit) -> HTTPResponse:
    """One change: its lines, what owners see before and after, and what was done with it."""
    return await _page(visit, None)


async def approve(visit: Visit) -> HTTPResponse:
    """Another person says yes: it is written, or kept for a patch where nothing can be written here."""
    work = visit.console.knowledge
    try:
        state = await asyncio.to_thread(work.approve, visit.path["name"], visit.by)
    except ReviewError as error:
        return await not_done(visit, error)
    except KnowledgeError as error:
        return await _page_with_problem(visit, Problem(WRONG, str(error)))
    except PieceError:
        return await _page_with_problem(visit, Problem(CHANGED))
    return go_to(visit, f"{CHANGES}/{visit.path['name']}?said=change_{state.value}")


async def refuse(visit: Visit) -> HTTPResponse:
    """Another person says no."""
    return await _do(visit, visit.console.knowledge.changes.refuse, "change_refused")


async def withdraw(visit: Visit) -> HTTPResponse:
    """It is taken back before anybody decided."""
    return await _do(visit, visit.console.knowledge.changes.withdraw, "change_withdrawn")


async def undo(visit: Visit) -> HTTPResponse:
    """A decision is taken back, and what was written is out of the file again."""
    try:
        await asyncio.to_thread(visit.console.knowledge.undo, visit.path["name"], visit.by)
    except ReviewError as error:
        return await not_done(visit, error)
    except KnowledgeError as error:
        return await _page_with_problem(visit, Problem(WRONG, str(error)))
    except PieceError:
        return await _page_with_problem(visit, Problem(CHANGED))
    except ReadOnlyError:
        return await _page_with_problem(visit, Problem(_READ_ONLY))
    return go_to(visit, f"{CHANGES}/{visit.path['name']}?said=change_decision_undone")


async def patch(visit: Visit) -> HTTPResponse:
    """A change that could not be written here, for whoever looks after the files."""
    change = await asyncio.to_thread(visit.console.knowledge.changes.of, visit.path["name"])
    if change is None or not change.is_open:
        return page(visit, "not_found", 404)
    try:
        lines = await asyncio.to_thread(visit.console.knowledge.files.patch, as_piece(change.text))
    except PieceError:
        return await _page(visit, Problem(CHANGED))
    text = "".join(f"{line}\n" for line in lines)
    return download(text.encode(), "answers.patch", "text/plain; charset=utf-8")


async def _do(visit: Visit, what: Callable[..., None], said: str) -> HTTPResponse:
    try:
        await asyncio.to_thread(what, visit.path["name"], visit.by)
    except ReviewError as error:
        return await not_done(visit, error)
    return go_to(visit, f"{CHANGES}/{visit.path['name']}?said={said}")


async def _page_with_problem(visit: Visit, problem: Problem) -> HTTPResponse:
    await note_not_done(visit, problem.kind)
    return await _page(visit, problem)


async def _page(visit: Visit, problem: Optional[Problem]) -> HTTPResponse:
    work = visit.console.knowledge
    change = await asyncio.to_thread(work.changes.of, visit.path["name"])
    if change is None:
        return page(visit, "not_found", 404)
    text = change.text
    draft = Draft()
    previews: Tuple[Preview, ...] = ()
    if change.is_open:
        try:
            draft = await asyncio.to_thread(work.draft, as_piece(text), text.kind, today_of(visit))
            previews = await asyncio.to_thread(work.previews, text.file, text.kind, text.entry, today_of(visit))
        except PieceError:
            problem = problem or Problem(CHANGED)
        except KnowledgeError as error:
            problem = problem or Problem(WRONG, str(error))
        if draft.complaint is not None:
            problem = problem or Problem(WRONG, draft.complaint)
    return page(
        visit,
        "answer_change",
        200 if problem is None else 409,
        change=change,
        mine=change.is_of(visit.account.name),
        lines=as_piece(text).lines,
        draft=draft,
        previews=previews,
        steps=await asyncio.to_thread(work.changes.steps, change.name),
        problem=problem,
        can_be_written=work.files.can_be_written(text.file),
    )
