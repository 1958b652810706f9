"""What was proposed in the review: another person approves or refuses it, and any of that can be undone."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from itertools import groupby
from typing import Callable, List, Optional, Sequence, Tuple

from sanic.response import HTTPResponse

from bot.console.examples import Change, Contradiction, ExamplesError, ReadOnlyError
from bot.console.pages import download, go_to, page
from bot.console.review import REVIEW, names_of_matters, not_done, note_readings, reads_so
from bot.console.visit import Visit
from bot.store import Action, Proposal, ProposalState, ReviewError

PROPOSALS = f"{REVIEW}/proposals"
PROPOSAL = f"{PROPOSALS}/<name:str>"
_LATEST = 40
_PATCH = "review.patch"


@dataclass(frozen=True)
class Together:
    """What was proposed at once, and stands as one."""

    proposals: Tuple[Proposal, ...]

    @property
    def first(self) -> Proposal:
        """The message that it was begun with."""
        return self.proposals[0]

    @property
    def conversations(self) -> List[str]:
        """Whose words are in it."""
        return [proposal.example.conversation for proposal in self.proposals]

    def is_of(self, who: str) -> bool:
        """Whether this person proposed it."""
        return self.first.who.casefold() == who.casefold()


async def proposals_page(visit: Visit) -> HTTPResponse:
    """What waits for another person, what was approved and is written nowhere, and what was decided last."""
    reviews = visit.console.review.reviews
    waits = _groups(await asyncio.to_thread(reviews.all_in, ProposalState.PROPOSED))
    approved = _groups(await asyncio.to_thread(reviews.all_in, ProposalState.APPROVED))
    decided = _groups(await asyncio.to_thread(reviews.decided, _LATEST))
    done = [one for one in decided if one.first.state in (ProposalState.WRITTEN, ProposalState.REFUSED)]
    shown = [*waits, *approved, *done]
    await note_readings(visit, (name for one in shown for name in one.conversations))
    return page(
        visit,
        "proposals",
        waits=waits,
        approved=approved,
        done=done,
        matters=names_of_matters(),
        can_be_written=visit.console.review.examples.can_be_written,
    )


async def proposal_page(visit: Visit) -> HTTPResponse:
    """One proposal, with what it changes in which file, what it contradicts, and whether the model reads it so."""
    return await _page(visit, None)


async def approve(visit: Visit) -> HTTPResponse:
    """Another person says yes: it is written, or kept for a patch where nothing can be written here."""
    work = visit.console.review
    try:
        state = await asyncio.to_thread(work.approve, visit.path["name"], visit.by)
    except ReviewError as error:
        return await not_done(visit, error, None)
    except ExamplesError as error:
        return await _page_with_problem(visit, str(error))
    return go_to(visit, f"{PROPOSALS}/{visit.path['name']}?said=proposal_{state.value}")


async def refuse(visit: Visit) -> HTTPResponse:
    """Another person says no; the messages wait in the queue once more."""
    return await _do(visit, visit.console.review.reviews.refuse, "proposal_refused")


async def withdraw(visit: Visit) -> HTTPResponse:
    """It is taken back before anybody decided; the messages wait in the queue once more."""
    return await _do(visit, visit.console.review.reviews.withdraw, "proposal_undone")


async def undo(visit: Visit) -> HTTPResponse:
    """A decision is taken back, and what was written is out of the file again."""
    work = visit.console.review
    try:
        await asyncio.to_thread(work.undo, visit.path["name"], visit.by)
    except ReviewError as error:
        return await not_done(visit, error, None)
    except (ExamplesError, ReadOnlyError) as error:
        return await _page_with_problem(visit, str(error))
    return go_to(visit, f"{PROPOSALS}/{visit.path['name']}?said=decision_undone")


async def patch(visit: Visit) -> HTTPResponse:
    """What is approved and could not be written here, for whoever looks after the repository."""
    work = visit.console.review
    approved = await asyncio.to_thread(work.reviews.all_in, ProposalState.APPROVED)
    try:
        text = await asyncio.to_thread(work.patch)
    except ExamplesError:
        return page(visit, "review_not_done", 409, why="file", who="", back=PROPOSALS)
    await note_readings(visit, (proposal.example.conversation for proposal in approved))
    return download(text.encode(), _PATCH, "text/plain; charset=utf-8")


async def _do(visit: Visit, what: Callable[..., None], said: str) -> HTTPResponse:
    try:
        await asyncio.to_thread(what, visit.path["name"], visit.by)
    except ReviewError as error:
        return await not_done(visit, error, None)
    return go_to(visit, f"{PROPOSALS}/{visit.path['name']}?said={said}")


async def _page_with_problem(visit: Visit, problem: str) -> HTTPResponse:
    await asyncio.to_thread(visit.console.audit.note, visit.by, Action.REVIEW_NOT_DONE, None, "file")
    return await _page(visit, problem)


async def _page(visit: Visit, problem: Optional[str]) -> HTTPResponse:
    work = visit.console.review
    found = await asyncio.to_thread(work.reviews.together, visit.path["name"])
    if not found:
        return page(visit, "not_found", 404)
    one = Together(found)
    await note_readings(visit, one.conversations)
    changes: Sequence[Change] = ()
    contradictions: Sequence[Contradiction] = ()
    is_open = one.first.state in (ProposalState.PROPOSED, ProposalState.APPROVED)
    if is_open:
        try:
            changes = (await asyncio.to_thread(work.examples.planned, found)).changes
            contradictions = await asyncio.to_thread(_contradictions, visit, found)
        except ExamplesError as error:
            problem = problem or str(error)
    now = await work.reader.read(one.first.example.words, one.first.example.stood) if is_open else None
    waits = _groups(await asyncio.to_thread(work.reviews.all_in, ProposalState.PROPOSED))
    names = [group.first.together for group in waits if not group.is_of(visit.account.name)]
    return page(
        visit,
        "proposal",
        200 if problem is None else 409,
        one=one,
        mine=one.is_of(visit.account.name),
        changes=changes,
        contradictions=contradictions,
        already=now is not None and reads_so(now, one.first.example),
        problem=problem,
        matters=names_of_matters(),
        can_be_written=work.examples.can_be_written,
        previous=_beside(names, one.first.together, -1),
        following=_beside(names, one.first.together, 1),
    )


def _contradictions(visit: Visit, proposals: Sequence[Proposal]) -> Tuple[Contradiction, ...]:
    examples = visit.console.review.examples
    return tuple(dict.fromkeys(c for proposal in proposals for c in examples.contradictions(proposal.example)))


def _groups(proposals: Sequence[Proposal]) -> List[Together]:
    """Proposals by what was proposed at once, in the order in which the first of each comes."""
    order = {name: place for place, name in enumerate(dict.fromkeys(one.together for one in proposals))}
    sorted_ones = sorted(proposals, key=lambda one: (order[one.together], one.id))
    return [Together(tuple(group)) for _, group in groupby(sorted_ones, key=lambda one: one.together)]


def _beside(names: Sequence[str], here: str, step: int) -> Optional[str]:
    """The name before or after this one; the first where this one is not among them."""
    if here not in names:
        return names[0] if names and step > 0 else None
    place = names.index(here) + step
    return names[place] if 0 <= place < len(names) else None
