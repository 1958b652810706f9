"""The operator's own files, this desk and the offices near it: shown as owners see them, and changed by two people."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Dict, Optional, Tuple

from sanic.response import HTTPResponse

from bot.console.answers import (
    ANSWERS,
    CHANGED,
    CHANGES,
    FORM,
    LONGEST_WHY,
    NOTHING,
    WRONG,
    Problem,
    digest_of,
    history_of,
    not_done,
    note_check,
    note_not_done,
    today_of,
    why_of,
)
from bot.console.fit import in_one_line
from bot.console.knowledge_work import Draft
from bot.console.pages import go_to, page
from bot.console.pieces import PieceError, values_of, with_values
from bot.console.previews import Preview
from bot.console.visit import Visit
from bot.console.written_knowledge import DESK, OFFICES, Piece
from bot.knowledge import KnowledgeError
from bot.store import GoneError, KnowledgeText, ReviewError

OPERATORS = f"{ANSWERS}/operator/<file:str>"
_FILES = {"desk": DESK, "offices": OFFICES}
_KEYS_OF_DESK = (
    *("name", "kind", "area", "phones", "address", "page", "appointment", "say_there", "languages", "remote"),
    *("handles", "closed", "notices"),
)


@dataclass(frozen=True)
class Notice:
    """A notice that somebody adds: from which day until which, and its words."""

    since: str = ""
    until: str = ""
    text: str = ""


async def file_page(visit: Visit) -> HTTPResponse:
    """One of the files as it is."""
    file = _file(visit)
    if file is None:
        return page(visit, "not_found", 404)
    try:
        return await _page(visit, file, await asyncio.to_thread(visit.console.knowledge.files.text, file))
    except PieceError as error:
        return page(visit, "answers_wrong", 500, complaint=str(error))


async def propose(visit: Visit) -> HTTPResponse:
    """The text that was sent is checked, with a notice added to it, or proposed for another person to approve."""
    work, file = visit.console.knowledge, _file(visit)
    if file is None:
        return await not_done(visit, GoneError())
    try:
        before = await asyncio.to_thread(work.files.text, file)
        text, problem = _text_sent(visit, before)
        piece, draft = Piece(file, "", before, text), None
        if problem is None:
            draft = await asyncio.to_thread(work.draft, piece, "", today_of(visit))
    except PieceError as error:
        await note_not_done(visit, WRONG)
        return page(visit, "answers_wrong", 500, complaint=str(error))
    if draft is not None and draft.complaint is not None:
        problem = Problem(WRONG, draft.complaint)
    if problem is not None or not visit.sent("propose"):
        await note_check(visit, file, problem)
        return await _page(visit, file, text, problem, draft)
    try:
        name = await asyncio.to_thread(
            work.changes.propose, KnowledgeText(file, "", "", before, text), why_of(visit), visit.by
        )
    except ReviewError as error:
        return await not_done(visit, error)
    return go_to(visit, f"{CHANGES}/{name}?said=change_proposed")


def _file(visit: Visit) -> Optional[str]:
    """The file that the address names, where the operator uses it."""
    file = _FILES.get(visit.path["file"])
    return file if file is not None and visit.console.knowledge.files.path_of(file) is not None else None


def _text_sent(visit: Visit, before: str) -> Tuple[str, Optional[Problem]]:
    """The text that the form has, with the line ends of the file; or what is in the way."""
    text = "".join(f"{line.rstrip()}\n" for line in visit.sent("text").rstrip().splitlines())
    if "\r\n" in before:
        text = text.replace("\n", "\r\n")
    if visit.sent("stood") and visit.sent("stood") != digest_of(before):
        return text, Problem(CHANGED)
    if visit.sent("add"):
        try:
            text = _with_notice(text, _notice(visit))
        except PieceError:
            return text, Problem(FORM)
    if text == before:
        return text, Problem(NOTHING)
    return text, None


def _notice(visit: Visit) -> Notice:
    return Notice(*(in_one_line(visit.sent(f"notice_{name}")) for name in ("since", "until", "text")))


def _with_notice(text: str, notice: Notice) -> str:
    """The text of a desk with one more notice. Raises PieceError where it is none to which one can be added."""
    new: Dict[str, str] = {"from": notice.since, "until": notice.until, "text": notice.text}
    notices = values_of(text).get("notices") or []
    return with_values(text, {"notices": [*notices, new]}, _KEYS_OF_DESK)


async def _page(
    visit: Visit,
    file: str,
    text: str,
    problem: Optional[Problem] = None,
    draft: Optional[Draft] = None,
) -> HTTPResponse:
    work = visit.console.knowledge
    before = await asyncio.to_thread(work.files.text, file)
    previews: Tuple[Preview, ...] = ()
    try:
        previews = await asyncio.to_thread(work.previews, file, "", "", today_of(visit))
    except KnowledgeError as error:
        problem = problem or Problem(WRONG, str(error))
    history = await asyncio.to_thread(history_of, work, file, "")
    return page(
        visit,
        "operator_file",
        200 if problem is None else 422,
        which=visit.path["file"],
        file=file,
        text=text,
        stood=digest_of(before),
        lines=Piece(file, "", before, text).lines,
        notice=_notice(visit) if problem is not None else Notice(),
        previews=previews,
        draft=draft if problem is None else None,
        problem=problem,
        why=why_of(visit),
        history=history,
        waits=next((change for change, _, _ in history if change.is_open), None),
        can_be_written=work.files.can_be_written(file),
        longest_why=LONGEST_WHY,
    )
