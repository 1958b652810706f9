"""The operator's own files, this desk and the offices near it: shown as owners see them, and changed by two people."""

from __future__ import annotations

import asyncio
from typing import Optional, Tuple

from sanic.response import HTTPResponse

from bot.console.answers import (
    ANSWERS,
    CHANGED,
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
    put_forward,
    today_of,
    why_of,
)
from bot.console.desk_form import DeskFields, NoticeFields, PhoneFields, desk_fields_sent, fields_of_desk, with_fields
from bot.console.knowledge_work import Draft
from bot.console.pages import page
from bot.console.pieces import PieceError
from bot.console.previews import Preview
from bot.console.visit import Visit
from bot.console.written_knowledge import DESK, OFFICES, Piece
from bot.frame.known import knowledge
from bot.knowledge import KnowledgeError
from bot.store import GoneError, KnowledgeText

OPERATORS = f"{ANSWERS}/operator/<file:str>"
_FILES = {"desk": DESK, "offices": OFFICES}


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
    """The text that was sent, with the desk's fields in it, is checked or proposed for another person to approve."""
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
    return await put_forward(visit, KnowledgeText(file, "", "", before, text))


def _file(visit: Visit) -> Optional[str]:
    """The file that the address names, where the operator uses it."""
    file = _FILES.get(visit.path["file"])
    return file if file is not None and visit.console.knowledge.files.path_of(file) is not None else None


def _text_sent(visit: Visit, before: str) -> Tuple[str, Optional[Problem]]:
    """The text that the form has, with its fields in it and the line ends of the file; or what is in the way."""
    text = "".join(f"{line.rstrip()}\n" for line in visit.sent("text").rstrip().splitlines())
    problem = None
    if _is_by_fields(visit):
        try:
            text = with_fields(text, desk_fields_sent(visit))
        except PieceError:
            problem = Problem(FORM)
    if "\r\n" in before:
        text = text.replace("\n", "\r\n")
    if visit.sent("stood") and visit.sent("stood") != digest_of(before):
        problem = Problem(CHANGED)
    return text, problem or (Problem(NOTHING) if text == before else None)


def _is_by_fields(visit: Visit) -> bool:
    """Whether the desk was written field by field, and not as the text of its file."""
    return bool(visit.sent("by_fields")) and _file(visit) == DESK


def _desk_fields(visit: Visit, text: str) -> Optional[DeskFields]:
    """The fields of the desk as they are to be shown; None where the file is none that has fields."""
    if _is_by_fields(visit):
        return desk_fields_sent(visit)
    try:
        return fields_of_desk(text)
    except PieceError:
        return None


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
        fields=_desk_fields(visit, text) if file == DESK else None,
        an_empty_phone=PhoneFields(),
        an_empty_notice=NoticeFields(),
        institutions={one.id: one.name for one in knowledge().institutions.values()},
        prefectures=knowledge().prefectures,
        issues=list(knowledge().issues),
        today=today_of(visit).isoformat(),
        previews=previews,
        draft=draft if problem is None else None,
        problem=problem,
        why=why_of(visit),
        history=history,
        waits=next((change for change, _, _ in history if change.is_open), None),
        can_be_written=work.files.can_be_written(file),
        longest_why=LONGEST_WHY,
    )
