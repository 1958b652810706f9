"""A new answer: written by one person of the staff, approved by another, put behind the last of its file."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from typing import Any, Dict, List, Mapping, Optional, Tuple

from sanic.response import HTTPResponse

from bot.console.answers import (
    ANSWERS,
    FORM,
    LONGEST_WHY,
    WRONG,
    Problem,
    note_check,
    note_not_done,
    put_forward,
    today_of,
    why_of,
)
from bot.console.entry_form import PAGE, EntryFields, SourceFields, fields_sent, values_of_fields
from bot.console.examples import ExamplesError
from bot.console.fit import in_one_line, unfit
from bot.console.kinds import ANSWER
from bot.console.knowledge_work import Draft
from bot.console.pages import page
from bot.console.pieces import PieceError, names_in, new_piece, piece_of, values_of
from bot.console.visit import Visit
from bot.console.written_knowledge import Piece
from bot.knowledge import Answer, Knowledge, KnowledgeError
from bot.normalization import bare
from bot.store import KnowledgeText

NEW = f"{ANSWERS}/new"
ANYWHERE = "any"
_OF_INSTITUTION, _OF_ISSUE = "institution", "issue"
_DESK = "desk"  # the field of an answer that names none
# What is in the way of a new answer, beside what is of any change.
TOPIC, SCOPE, THERE, HELD_OUT, NAMES = "topic", "scope", "there", "held_out", "names"


@dataclass(frozen=True)
class Scope:
    """What the answer is for, as a form has it: `institution:cci`, `issue:創業/before`, `any`, or not said yet."""

    sent: str = ""

    @property
    def values(self) -> Dict[str, str]:
        """The keys of an entry that say so."""
        kind, _, name = self.sent.partition(":")
        if kind == _OF_INSTITUTION:
            return {"institution": name}
        if kind == _OF_ISSUE:
            issue, _, sub_issue = name.partition("/")
            return {"issue": issue, **({"sub_issue": sub_issue} if sub_issue else {})}
        return {}


@dataclass(frozen=True)
class Written:
    """The form as it came: what is asked, of whom, which people know about it, and all other fields."""

    topic: str
    scope: Scope
    field: str
    fields: EntryFields
    no_name: bool = False


async def new_page(visit: Visit) -> HTTPResponse:
    """A form in which nothing is written yet."""
    return await _page(visit, _begun(visit))


async def propose_new(visit: Visit) -> HTTPResponse:
    """A form is begun with a question that had no answer, or is checked, or is proposed for another to approve."""
    if visit.sent("begin"):
        return await _page(visit, _begun(visit))
    work, written = visit.console.knowledge, _sent(visit)
    piece: Optional[Piece] = None
    draft: Optional[Draft] = None
    try:
        known = await asyncio.to_thread(work.files.now)
        problem = await _in_the_way(visit, known, written)
        if problem is None:
            piece = await asyncio.to_thread(_piece, visit, known, written)
            draft = await asyncio.to_thread(work.draft, piece, ANSWER.name, today_of(visit))
    except PieceError:
        problem = Problem(FORM)
    except KnowledgeError as error:
        await note_not_done(visit, WRONG)
        return page(visit, "answers_wrong", 500, complaint=str(error))
    if draft is not None and draft.complaint is not None:
        problem = Problem(WRONG, draft.complaint)
    if piece is None or problem is not None or visit.sent("check"):
        await note_check(visit, piece.entry if piece is not None else "", problem)
        return await _page(visit, written, problem, draft, piece)
    text = KnowledgeText(piece.file, piece.entry, ANSWER.name, piece.before, piece.after)
    return await put_forward(visit, text)


def _begun(visit: Visit) -> Written:
    """What is known before anybody writes: of a question without an answer, what it was about and its words."""
    issue, sub_issue = visit.sent("issue"), visit.sent("sub_issue")
    scope = f"{_OF_ISSUE}:{issue}{'/' if sub_issue else ''}{sub_issue}" if issue else ""
    asked = in_one_line(visit.sent("asked"))
    lists = {"asked_as": (asked,) if asked else ()}
    fields = EntryFields(dict.fromkeys(ANSWER.texts, ""), lists, SourceFields(PAGE))
    return Written(visit.sent("about"), Scope(scope), "", fields)


def _sent(visit: Visit) -> Written:
    return Written(
        visit.sent("topic"),
        Scope(visit.sent("scope")),
        visit.sent("field"),
        fields_sent(ANSWER, visit),
        bool(visit.sent("no_name")),
    )


async def _in_the_way(visit: Visit, known: Knowledge, written: Written) -> Optional[Problem]:
    """Why this cannot be an answer, as far as its loader does not say so; None where it can."""
    if written.topic not in _topics(known):
        return Problem(TOPIC)
    if written.scope.sent not in (value for _, ways in _scopes(known) for value, _ in ways):
        return Problem(SCOPE)
    asked = written.fields.lists["asked_as"]
    for way in asked:
        kind = unfit(way)
        if kind is not None:
            return Problem(kind, about=(way,))
    there = [way for way in asked if _stands(known, written, way)]
    if there:
        return Problem(THERE, about=tuple(there))
    names = [name for way in asked for name in await visit.console.review.reader.names_in(way)]
    if names and not written.no_name:
        return Problem(NAMES, about=tuple(dict.fromkeys(names)))
    try:
        held_out = [way for way in asked if await asyncio.to_thread(visit.console.review.examples.is_held_out, way)]
    except ExamplesError as error:
        raise PieceError(str(error)) from error
    return Problem(HELD_OUT, about=tuple(held_out)) if held_out else None


def _stands(known: Knowledge, written: Written, way: str) -> bool:
    """Whether owners who ask so already have an answer, of the same topic and scope."""
    return any(
        bare(other) == bare(way)
        for answer in known.answers.values()
        if answer.topic == written.topic and _values_of_scope(answer) == written.scope.values
        for other in answer.asked_as
    )


def _values_of_scope(answer: Answer) -> Dict[str, str]:
    return {name: value for name, value in vars(answer.scope).items() if value is not None}


def _piece(visit: Visit, known: Knowledge, written: Written) -> Piece:
    """The answer as an entry behind all others of its file, written as one of them is. Raises PieceError."""
    file = f"answers/{written.topic}.yml"
    text = visit.console.knowledge.files.text(file)
    entry = _free_name(visit, known, written)
    values: Dict[str, Any] = {"id": entry, **written.scope.values, **values_of_fields(ANSWER, written.fields, {})}
    if written.field and written.field != _DESK:
        values["field"] = written.field
    after = new_piece(values, ANSWER.order, _like(text, values))
    return Piece(file, entry, "", after.replace("\n", "\r\n") if "\r\n" in text else after)


def _free_name(visit: Visit, known: Knowledge, written: Written) -> str:
    """A name that no answer has, nor one that waits: what is asked, of whom, and a number."""
    scope = written.scope.values
    begin = f"{written.topic}_{scope.get('institution') or scope.get('sub_issue') or ANYWHERE}"
    taken = {*known.answers, *(entry for _, entry in visit.console.knowledge.changes.open_entries())}
    return next(name for number in range(2, len(taken) + 3) if (name := f"{begin}_{number}") not in taken)


def _like(text: str, values: Mapping[str, Any]) -> str:
    """The entry of a file that has most of the same keys, the last of those; empty where there is none."""
    pieces = [piece_of(text, name) for name in reversed(names_in(text))]
    wanted = {name for name, value in values.items() if value is not None}
    return max(pieces, key=lambda piece: len(wanted & set(values_of(piece))), default="")


def _topics(known: Knowledge) -> Tuple[str, ...]:
    return tuple(sorted({answer.topic for answer in known.answers.values()}))


def _scopes(known: Knowledge) -> List[Tuple[str, List[Tuple[str, str]]]]:
    """What an answer can be for: groups, with the values of the form and their names."""
    issues = []
    for issue in known.issues.values():
        issues.append((f"{_OF_ISSUE}:{issue.name}", issue.name))
        issues += [(f"{_OF_ISSUE}:{issue.name}/{one.id}", f"{issue.name}：{one.name}") for one in issue.sub_issues]
    institutions = [(f"{_OF_INSTITUTION}:{one.id}", one.name) for one in known.institutions.values()]
    return [(ANYWHERE, [(ANYWHERE, "")]), (_OF_ISSUE, issues), (_OF_INSTITUTION, institutions)]


def _with_field(known: Knowledge, written: Written) -> Written:
    """With the people who know about the issue, where nobody has chosen whom."""
    if written.field:
        return written
    issue = written.scope.values.get("issue")
    found = (name for name, field in known.fields.items() if issue is not None and field.issue == issue)
    return replace(written, field=next(found, _DESK))


async def _page(
    visit: Visit,
    written: Written,
    problem: Optional[Problem] = None,
    draft: Optional[Draft] = None,
    piece: Optional[Piece] = None,
) -> HTTPResponse:
    work = visit.console.knowledge
    try:
        known = await asyncio.to_thread(work.files.now)
    except KnowledgeError as error:
        return page(visit, "answers_wrong", 500, complaint=str(error))
    return page(
        visit,
        "answer_new",
        200 if problem is None else 422,
        kind=ANSWER,
        written=_with_field(known, written),
        fields=written.fields,
        sees=(),
        topics=_topics(known),
        scopes=_scopes(known),
        known_fields=[(name, field.name) for name, field in known.fields.items()],
        draft=draft if problem is None else None,
        piece=piece,
        problem=problem,
        why=why_of(visit),
        can_be_written=written.topic not in _topics(known) or work.files.can_be_written(f"answers/{written.topic}.yml"),
        today=today_of(visit).isoformat(),
        longest_why=LONGEST_WHY,
    )
