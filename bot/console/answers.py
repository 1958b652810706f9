"""答えの見直し: what the bot knows, an entry a page: looked through, shown as owners see it, changed by two people."""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, Callable, Dict, List, Optional, Sequence, Tuple
from urllib.parse import urlencode

from sanic.response import HTTPResponse

from bot.console.entry_form import MOST_SEEN, EntryFields, SeenFields, fields_of, fields_sent, values_of_fields
from bot.console.fit import in_one_line
from bot.console.kinds import KINDS, OLD_AFTER_DAYS, Kind, Listed, last_day_of, newest
from bot.console.knowledge_work import Draft, KnowledgeWork
from bot.console.pages import go_to, in_path, page
from bot.console.pieces import PieceError, values_of, with_values
from bot.console.visit import Visit
from bot.console.written_knowledge import DESK, OFFICES, Found, Piece
from bot.days import day_in_japan
from bot.frame.known import knowledge
from bot.knowledge import Knowledge, KnowledgeError
from bot.normalization import normalized
from bot.store import (
    Action,
    GoneError,
    KnowledgeChange,
    KnowledgeText,
    OwnProposalError,
    ReviewError,
    StepTaken,
    TooLateError,
)

ANSWERS = "/answers"
ENTRY = f"{ANSWERS}/entry/<kind:str>/<entry:str>"
CHANGES = f"{ANSWERS}/changes"
ON_A_PAGE = 40
LONGEST_WHY = 200
_MOST_SHOWN = 10  # of the changes of an entry
OLD, UNDATED, OVER, UNKNOWN, OPEN = "old", "undated", "over", "unknown", "open"
LOOKS = (OLD, UNDATED, OVER, UNKNOWN, OPEN)
# What is in the way of a change, by a name that the page says it with.
NOTHING, CHANGED, WRONG, FORM = "nothing", "changed", "wrong", "form"


@dataclass(frozen=True)
class Problem:
    """What is in the way of a change, what the loader says of it, and the words that it is about."""

    kind: str
    complaint: str = ""
    about: Tuple[str, ...] = ()


@dataclass(frozen=True)
class Dated:
    """What is no entry and has a day on which it was checked: this desk, or the offices of an institution."""

    what: str
    name: str
    day: Optional[str]
    operators: bool


@dataclass(frozen=True)
class Asked:
    """Which entries are looked for."""

    words: str = ""
    kind: str = ""
    topic: str = ""
    institution: str = ""
    issue: str = ""
    look: str = ""
    number: int = 1

    def address(self, **other: Any) -> str:
        """The same as the end of an address, with other values."""
        asked = {name: value for name, value in {**self.__dict__, **other}.items() if value and name != "number"}
        number = other.get("number", 1)
        return urlencode({**asked, **({"number": number} if number > 1 else {})})


async def answers_page(visit: Visit) -> HTTPResponse:
    """The entries that are wanted."""
    asked = _asked(visit)
    try:
        listed = await asyncio.to_thread(visit.console.knowledge.files.listed)
        known = await asyncio.to_thread(visit.console.knowledge.files.now)
    except (KnowledgeError, PieceError) as error:
        return page(visit, "answers_wrong", 500, complaint=str(error))
    today, open_ones = today_of(visit), await asyncio.to_thread(visit.console.knowledge.changes.open_entries)
    found = await asyncio.to_thread(_wanted, listed, asked, today, open_ones)
    begin = ON_A_PAGE * (asked.number - 1)
    dated = _dated(known, today) if asked.look == OLD and not _is_narrowed(asked) else []
    return page(
        visit,
        "answers",
        asked=asked,
        shown=found[begin : begin + ON_A_PAGE],
        begin=begin,
        in_all=len(found),
        is_last=begin + ON_A_PAGE >= len(found),
        old=sum(one.is_old(today) for one in listed) + len(_dated(known, today)),
        waiting=len(open_ones),
        open_ones=open_ones,
        dated=dated,
        today=today,
        old_after=OLD_AFTER_DAYS,
        kinds=list(KINDS),
        topics=sorted({one.topic for one in listed if one.topic}),
        institutions={one.id: one.name for one in known.institutions.values()},
        issues=list(known.issues),
        looks=LOOKS,
        desk=visit.console.knowledge.files.path_of(DESK) is not None,
        offices=visit.console.knowledge.files.path_of(OFFICES) is not None,
    )


async def entry_page(visit: Visit) -> HTTPResponse:
    """One entry: what owners see, its form, and its history."""
    try:
        found = await _found(visit)
    except (KnowledgeError, PieceError) as error:
        return page(visit, "answers_wrong", 500, complaint=str(error))
    if found is None:
        return page(visit, "not_found", 404)
    kind = KINDS[found.listed.kind]
    return await _entry(visit, found, fields_of(kind, values_of(found.piece)))


async def propose(visit: Visit) -> HTTPResponse:
    """The form is checked, or proposed for another person to approve."""
    work = visit.console.knowledge
    try:
        found = await _found(visit)
        if found is None:
            return await not_done(visit, GoneError())
        kind = KINDS[found.listed.kind]
        fields = fields_sent(kind, visit)
        piece, problem = _piece(visit, kind, found, fields)
        draft = None
        if problem is None:
            draft = await asyncio.to_thread(work.draft, piece, kind.name, today_of(visit))
    except (KnowledgeError, PieceError) as error:
        await note_not_done(visit, WRONG)
        return page(visit, "answers_wrong", 500, complaint=str(error))
    if draft is not None and draft.complaint is not None:
        problem = Problem(WRONG, draft.complaint)
    if problem is not None or visit.sent("check"):
        await note_check(visit, found.listed.name, problem)
        return await _entry(visit, found, fields, problem, draft, piece)
    return await put_forward(visit, KnowledgeText(piece.file, piece.entry, kind.name, piece.before, piece.after))


async def put_forward(visit: Visit, text: KnowledgeText) -> HTTPResponse:
    """What was checked is proposed for another person to approve."""
    try:
        name = await asyncio.to_thread(visit.console.knowledge.changes.propose, text, why_of(visit), visit.by)
    except ReviewError as error:
        return await not_done(visit, error)
    return go_to(visit, f"{CHANGES}/{name}?said=change_proposed")


async def not_done(visit: Visit, error: ReviewError) -> HTTPResponse:
    """Why nothing was changed: somebody was first, it is not there any more, or it is for another person."""
    kind = {TooLateError: "too_late", GoneError: "gone", OwnProposalError: "own"}[type(error)]
    await note_not_done(visit, kind)
    return page(visit, "answers_not_done", 404 if kind == "gone" else 409, why=kind, who=str(error))


async def note_not_done(visit: Visit, why: str) -> None:
    """Somebody tried to change something, and nothing came of it."""
    await asyncio.to_thread(visit.console.audit.note, visit.by, Action.CHANGE_NOT_DONE, None, why)


async def note_check(visit: Visit, about: str, problem: Optional[Problem]) -> None:
    """A draft was checked; or nothing came of a proposal."""
    if problem is not None:
        await note_not_done(visit, problem.kind)
    else:
        await asyncio.to_thread(visit.console.audit.note, visit.by, Action.DRAFT_CHECKED, about)


def why_of(visit: Visit) -> str:
    """Why somebody proposes a change, in their words."""
    return in_one_line(visit.sent("why"))[:LONGEST_WHY]


def today_of(visit: Visit) -> date:
    """The day in Japan."""
    return day_in_japan(visit.console.clock())


def digest_of(text: str) -> str:
    """By what a form tells whether what it is about is still as it was when it was opened."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def history_of(
    work: KnowledgeWork, file: str, entry: str
) -> List[Tuple[KnowledgeChange, Tuple[StepTaken, ...], Tuple[str, ...]]]:
    """The last changes of an entry, the steps of each, and its lines that differ."""
    changes = work.changes.history(file, entry, _MOST_SHOWN)
    texts = [change.text for change in changes]
    lines = [Piece(text.file, text.entry, text.before, text.after).lines for text in texts]
    return [(change, work.changes.steps(change.name), its) for change, its in zip(changes, lines, strict=True)]


def _piece(visit: Visit, kind: Kind, found: Found, fields: EntryFields) -> Tuple[Piece, Optional[Problem]]:
    """The entry as the form wants it; or what is in the way."""
    listed = found.listed
    same = Piece(listed.file, listed.name, found.piece, found.piece)
    if visit.sent("stood") and visit.sent("stood") != digest_of(found.piece):
        return same, Problem(CHANGED)
    try:
        after = with_values(found.piece, values_of_fields(kind, fields, values_of(found.piece)), kind.order)
    except PieceError:
        return same, Problem(FORM)
    if after == found.piece:
        return same, Problem(NOTHING)
    return Piece(listed.file, listed.name, found.piece, after), None


async def _found(visit: Visit) -> Optional[Found]:
    kind, name = visit.path["kind"], visit.path["entry"]
    return await asyncio.to_thread(visit.console.knowledge.files.found, kind, name) if kind in KINDS else None


async def _entry(
    visit: Visit,
    found: Found,
    fields: EntryFields,
    problem: Optional[Problem] = None,
    draft: Optional[Draft] = None,
    piece: Optional[Piece] = None,
) -> HTTPResponse:
    work, listed, today = visit.console.knowledge, found.listed, today_of(visit)
    kind, values = KINDS[listed.kind], values_of(found.piece)
    known = await asyncio.to_thread(work.files.now)
    history = await asyncio.to_thread(history_of, work, listed.file, listed.name)
    answers_about = [one for one in known.answers.values() if listed.name in one.subjects]
    return page(
        visit,
        "answer_entry",
        200 if problem is None else 422,
        listed=listed,
        kind=kind,
        values=values,
        fields=fields,
        sees=[*fields.sees, *(SeenFields() for _ in range(MOST_SEEN - len(fields.sees)))] if kind.sees else [],
        stood=digest_of(found.piece),
        previews=await asyncio.to_thread(work.previews, listed.file, kind.name, listed.name, today),
        draft=draft if problem is None else None,
        lines=piece.lines if piece is not None else (),
        problem=problem,
        why=why_of(visit),
        history=history,
        waits=next((change for change, _, _ in history if change.is_open), None),
        is_old=listed.is_old(today),
        is_over=listed.is_over(today),
        old_after=OLD_AFTER_DAYS,
        institutions={one.id: one.name for one in known.institutions.values()},
        sub_issue=_sub_issue(known, values),
        answers_about=answers_about,
        serves=_is_served(listed, values),
        can_be_written=work.files.can_be_written(listed.file),
        today=today.isoformat(),
        longest_why=LONGEST_WHY,
        in_path=in_path,
    )


def _sub_issue(known: Knowledge, values: Dict[str, Any]) -> str:
    issue = known.issues.get(str(values.get("issue")))
    names = {one.id: one.name for one in issue.sub_issues} if issue is not None else {}
    return names.get(str(values.get("sub_issue")), "")


def _is_served(listed: Listed, values: Dict[str, Any]) -> bool:
    """Whether the bot that runs here says it as the file does; not so once it was changed, until the next training."""
    known = knowledge()
    if listed.kind == "answer":
        answer = known.answers.get(listed.name)
        return answer is not None and (answer.text, answer.asked_as) == (listed.words, listed.said_as)
    if listed.kind == "matter":
        brought = known.brought.get(listed.name)
        return brought is not None and (brought.name, brought.say) == (values["name"], values["say"])
    if listed.kind == "institution":
        institution = known.institutions.get(listed.name)
        told = ("does", "cost", "reach", "caution")
        return institution is not None and all(getattr(institution, name) == values.get(name) for name in told)
    return True


def _asked(visit: Visit) -> Asked:
    number, look = visit.asked("number"), visit.asked("look")
    return Asked(
        words=in_one_line(visit.asked("words"))[:LONGEST_WHY],
        kind=visit.asked("kind"),
        topic=visit.asked("topic"),
        institution=visit.asked("institution"),
        issue=visit.asked("issue"),
        look=look if look in LOOKS else "",
        number=max(1, int(number)) if number.isascii() and number.isdecimal() and len(number) < 6 else 1,
    )


def _is_narrowed(asked: Asked) -> bool:
    return bool(asked.words or asked.kind or asked.topic or asked.institution or asked.issue)


def _wanted(
    listed: Sequence[Listed], asked: Asked, today: date, open_ones: "frozenset[Tuple[str, str]]"
) -> List[Listed]:
    words = normalized(asked.words).casefold().split()
    looks: Dict[str, Callable[[Listed], bool]] = {
        OLD: lambda one: one.is_old(today),
        UNDATED: lambda one: one.is_undated(),
        OVER: lambda one: one.until is not None,
        UNKNOWN: lambda one: not one.known,
        OPEN: lambda one: (one.file, one.name) in open_ones,
        "": lambda one: True,
    }
    has_look = looks[asked.look]
    found = [
        one
        for one in listed
        if (not asked.kind or one.kind == asked.kind)
        and (not asked.topic or one.topic == asked.topic)
        and (not asked.institution or one.institution == asked.institution)
        and (not asked.issue or one.issue == asked.issue)
        and has_look(one)
        and all(word in _searched(one) for word in words)
    ]
    if asked.look == OLD:
        found.sort(key=lambda one: last_day_of(one.day or ""))
    elif asked.look == OVER:
        found.sort(key=lambda one: one.until or "")
    return found


@lru_cache(maxsize=4096)
def _searched(listed: Listed) -> str:
    """All words of an entry that may be looked for, in one spelling; made once, since 1,500 of them take 0.3 s."""
    return normalized(" ".join((listed.name, listed.title, listed.words, *listed.said_as))).casefold()


def _dated(known: Knowledge, today: date) -> List[Dated]:
    """The desk and the lists of offices that were checked too long ago, the oldest first; also without any day."""
    window = known.window
    found = [Dated("desk", window.name, window.checked, True)] if window is not None else []
    for institution in known.institutions.values():
        days = [office.checked for office in known.offices if office.institution_id == institution.id]
        if days:
            oldest = min(days, key=lambda day: last_day_of(newest(day) or "0001-01-01"))
            found.append(Dated("offices", institution.name, oldest, False))
    old = [one for one in found if one.day is None or (today - last_day_of(one.day)).days > OLD_AFTER_DAYS]
    return sorted(old, key=lambda one: one.day or "")
