"""見直し: the turns that a person should look at, by reason, and one of them in its place with a form to correct it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from typing import Dict, Iterable, List, Mapping, Optional, Sequence, Tuple
from urllib.parse import urlencode

from sanic.response import HTTPResponse

from bot.console.examples import Contradiction, ExamplesError, intent_of, is_same
from bot.console.fit import in_one_line, unfit
from bot.console.move_choices import FACTS, fact_of, groups, likely, move_of, token_of
from bot.console.pages import go_to, in_path, page
from bot.console.reader import ReadNow
from bot.console.review_work import InItsPlace
from bot.console.visit import Visit
from bot.frame.known import knowledge
from bot.review import ReviewReason
from bot.store import Action, Example, GoneError, Item, Like, ProposedMove, ReviewError, TooLateError

REVIEW = "/review"
ITEM = f"{REVIEW}/item/<conversation:str>/<number:str>"
ON_A_PAGE = 20
FACT_FIELDS = 2
_MOST_DIGITS = 9
# What is in the way of an example, by a name that the page says it with.
NO_MOVE, NAMES, OFFERED, THERE, HELD_OUT, FILE = "no_move", "names", "offered", "there", "held_out", "file"


@dataclass(frozen=True)
class Chosen:
    """The form as it came: the words, the values of moves, facts (slot, value), and which messages go along."""

    words: str
    tokens: Tuple[str, ...] = ()
    more: Tuple[str, ...] = ()
    facts: Tuple[Tuple[str, str], ...] = ()
    along: Tuple[str, ...] = ()
    no_name: bool = False


@dataclass(frozen=True)
class Doubts:
    """Why whoever proposes is asked once more: the model reads it so already, or the data says something else."""

    already: bool = False
    contradictions: Tuple[Contradiction, ...] = ()

    def __bool__(self) -> bool:
        return self.already or bool(self.contradictions)


_NO_DOUBTS = Doubts()


@dataclass(frozen=True)
class _Wrong:
    """What is in the way, and the words that it is about."""

    kind: str
    about: Tuple[str, ...] = ()


async def queue_page(visit: Visit) -> HTTPResponse:
    """How many turns wait, by reason, and those that wait for one reason; owners' words are read here."""
    reviews = visit.console.review.reviews
    counts = await asyncio.to_thread(reviews.counts)
    reason = _reason(visit.asked("reason")) or next((each for each in ReviewReason if counts[each]), None)
    items: Tuple[Item, ...] = ()
    if reason is not None:
        after = await _item_named(visit, reason, visit.asked("after"))
        items = await asyncio.to_thread(reviews.queue, reason, ON_A_PAGE + 1, after)
    await note_readings(visit, (item.conversation for item in items[:ON_A_PAGE]))
    shown, further = items[:ON_A_PAGE], items[ON_A_PAGE:]
    return page(
        visit,
        "review",
        counts=counts,
        reason=reason,
        items=shown,
        is_first=not visit.asked("after"),
        older=urlencode({"reason": reason.value, "after": _name_of(shown[-1])}) if further and reason else None,
        undo=_undoing(visit),
    )


async def item_page(visit: Visit) -> HTTPResponse:
    """One turn in its place."""
    found = await _in_its_place(visit)
    if found is None:
        return page(visit, "not_found", 404)
    return await _item(visit, found, Chosen(in_one_line(found.turn.words)))


async def settle(visit: Visit) -> HTTPResponse:
    """There is nothing to correct in it; on to the next."""
    conversation, number = visit.path["conversation"], _number(visit.path["number"])
    onward = await _next_after(visit, conversation, number)
    try:
        await asyncio.to_thread(visit.console.review.reviews.settle, conversation, number, visit.by)
    except ReviewError as error:
        return await not_done(visit, error, conversation)
    return go_to(visit, _way_to(onward, "looked_through", item=f"{number}:{conversation}"))


async def open_again(visit: Visit) -> HTTPResponse:
    """It waits once more."""
    conversation, number = visit.path["conversation"], _number(visit.path["number"])
    try:
        await asyncio.to_thread(visit.console.review.reviews.open_again, conversation, number, visit.by)
    except ReviewError as error:
        return await not_done(visit, error, conversation)
    return go_to(visit, f"{_path_of(conversation, number)}?said=opened_again")


async def propose(visit: Visit) -> HTTPResponse:
    """What the message does, as somebody says; another person is to approve it. On to the next."""
    found = await _in_its_place(visit)
    if found is None:
        return await not_done(visit, GoneError(), None)
    chosen = _chosen(visit)
    examples, wrong = await _examples(visit, found, chosen)
    if wrong is None:
        wrong = await _in_the_way(visit, examples, chosen)
    doubts = _NO_DOUBTS
    if wrong is None and not visit.sent("anyway"):
        doubts = await _doubts(visit, found, examples)
    if wrong is not None or doubts:
        kind = wrong.kind if wrong is not None else "doubts"
        await asyncio.to_thread(
            visit.console.audit.note, visit.by, Action.REVIEW_NOT_DONE, found.turn.conversation, kind
        )
        return await _item(visit, found, chosen, wrong, doubts)
    onward = await _next_after(visit, found.turn.conversation, found.turn.number)
    try:
        name = await asyncio.to_thread(visit.console.review.reviews.propose, examples, visit.by)
    except ReviewError as error:
        return await not_done(visit, error, found.turn.conversation)
    return go_to(visit, _way_to(onward, "proposed", proposal=name))


async def not_done(visit: Visit, error: ReviewError, conversation: Optional[str]) -> HTTPResponse:
    """Why nothing was changed: somebody was first, it is not there any more, or it is for another person."""
    kind = {TooLateError: "too_late", GoneError: "gone"}.get(type(error), "own")
    await asyncio.to_thread(visit.console.audit.note, visit.by, Action.REVIEW_NOT_DONE, conversation, kind)
    status = 404 if kind == "gone" else 409
    return page(visit, "review_not_done", status, why=kind, who=str(error), back=REVIEW)


async def note_readings(visit: Visit, conversations: Iterable[str]) -> None:
    """Note that words of these conversations are about to be shown; raises StoreError where that cannot be."""
    for conversation in dict.fromkeys(conversations):
        await asyncio.to_thread(visit.console.audit.read, visit.by, conversation)


def names_of_matters() -> Mapping[str, str]:
    """What issues (by name) and sub-issues (issue/id) are called."""
    names: Dict[str, str] = {}
    for issue in knowledge().issues.values():
        names[issue.name] = issue.name
        names.update({f"{issue.name}/{sub_issue.id}": sub_issue.name for sub_issue in issue.sub_issues})
    return names


async def _item(
    visit: Visit, found: InItsPlace, chosen: Chosen, wrong: Optional[_Wrong] = None, doubts: Doubts = _NO_DOUBTS
) -> HTTPResponse:
    work, turn = visit.console.review, found.turn
    reason = _reason(visit.asked("reason") or visit.sent("reason"))
    now = await work.read_now(turn, turn.words)
    like = await work.like(turn, await asyncio.to_thread(work.candidates, turn))
    like = tuple([one for one in like if await asyncio.to_thread(_is_free, visit, one)])
    if wrong is not None or doubts:
        await note_readings(visit, [turn.conversation])
    await note_readings(visit, (one.conversation for one in like if one.conversation != turn.conversation))
    before, after = await _neighbours(visit, reason, turn.conversation, turn.number)
    stood = turn.heard.stood if turn.heard is not None else None
    heard_now = now.moves if now is not None else ()
    taken_for = [name for name, _ in turn.heard.ranking] if turn.heard is not None else []
    return page(
        visit,
        "review_item",
        200 if wrong is None and not doubts else 422,
        found=found,
        turn=turn,
        stood=stood,
        now=now,
        heard_now=[token_of(move) for move in heard_now],
        likely=[(token_of(move), move) for move in likely(knowledge(), stood, taken_for, heard_now)] if stood else [],
        groups=groups(knowledge(), stood) if stood is not None else (),
        token_of=token_of,
        facts=FACTS,
        fact_fields=FACT_FIELDS,
        matters=names_of_matters(),
        like=like,
        along_name=_along_name,
        reasons=await asyncio.to_thread(work.reviews.reasons_of, turn.conversation, turn.number),
        settled_by=await asyncio.to_thread(work.reviews.settled_by, turn.conversation, turn.number),
        standing=await asyncio.to_thread(work.reviews.standing, turn.conversation, turn.number),
        reason=reason,
        rating=await asyncio.to_thread(work.ratings.of, turn.conversation),
        previous=_link(before, reason),
        following=_link(after, reason),
        chosen=chosen,
        wrong=wrong,
        doubts=doubts,
        undo=_undoing(visit),
    )


def _is_free(visit: Visit, one: Like) -> bool:
    """Whether nobody has corrected a message, or looked it through."""
    reviews = visit.console.review.reviews
    here = (one.conversation, one.number)
    return reviews.standing(*here) is None and (bool(reviews.reasons_of(*here)) or reviews.settled_by(*here) is None)


def _chosen(visit: Visit) -> Chosen:
    facts = zip(visit.form.get("slot", ()), visit.form.get("value", ()), strict=False)
    return Chosen(
        words=in_one_line(visit.sent("words")),
        tokens=tuple(visit.all_sent("move")),
        more=tuple(visit.all_sent("more")),
        facts=tuple((slot, in_one_line(value)) for slot, value in facts if slot and value.strip()),
        along=tuple(visit.all_sent("along")),
        no_name=bool(visit.sent("no_name")),
    )


async def _examples(visit: Visit, found: InItsPlace, chosen: Chosen) -> Tuple[Tuple[Example, ...], Optional[_Wrong]]:
    """What the form proposes for the message and for those that go along; or what is in the way."""
    heard = found.turn.heard
    if heard is None or heard.stood is None:
        return (), _Wrong(NO_MOVE)
    known = knowledge()
    moves: List[Optional[ProposedMove]] = [
        *(move_of(token, known, heard.stood) for token in dict.fromkeys((*chosen.tokens, *chosen.more))),
        *(fact_of(slot, value, known) for slot, value in chosen.facts),
    ]
    if not moves or None in moves:
        return (), _Wrong(NO_MOVE)
    all_moves = tuple(move for move in moves if move is not None)
    places = [found, *await _those_along(visit, chosen)]
    examples = []
    for number, place in enumerate(places):
        heard = place.turn.heard
        if heard is None or heard.stood is None:
            return (), _Wrong(NO_MOVE)
        words = chosen.words if number == 0 else in_one_line(place.turn.words)
        bot, stood = in_one_line(place.bot), heard.stood
        turn = place.turn
        examples.append(Example(turn.conversation, turn.number, words, bot, stood, all_moves, chosen.no_name))
    first = examples[0].stood
    if any((one.stood.waiting, one.stood.offered) != (first.waiting, first.offered) for one in examples):
        return (), _Wrong(OFFERED)
    return tuple(examples), None


async def _those_along(visit: Visit, chosen: Chosen) -> List[InItsPlace]:
    """The messages that were ticked, as far as they are still there."""
    found = []
    for name in chosen.along:
        number, _, conversation = name.partition(":")
        place = await asyncio.to_thread(visit.console.review.in_its_place, conversation, _number(number))
        if place is not None:
            found.append(place)
    return found


async def _in_the_way(visit: Visit, examples: Sequence[Example], chosen: Chosen) -> Optional[_Wrong]:
    """Why one of these cannot be an example; None where all can."""
    work = visit.console.review
    for example in examples:
        kind = unfit(example.words)
        if kind is not None:
            return _Wrong(kind, (example.words,))
        if unfit(example.bot) is not None and example.bot:
            return _Wrong("bot")
        values = [value for move in example.moves for name, value in move.about if name == "value"]
        wrong_value = next((value for value in values if unfit(value) is not None), None)
        if wrong_value is not None:
            return _Wrong(unfit(wrong_value) or "", (wrong_value,))
        names = await work.reader.names_in(example.words)
        if names and not chosen.no_name:
            return _Wrong(NAMES, names)
        try:
            if await asyncio.to_thread(work.examples.has, example):
                return _Wrong(THERE, (example.words,))
            if await asyncio.to_thread(work.examples.is_held_out, example.words):
                return _Wrong(HELD_OUT, (example.words,))
        except ExamplesError as error:
            return _Wrong(FILE, (str(error),))
    return None


async def _doubts(visit: Visit, found: InItsPlace, examples: Sequence[Example]) -> Doubts:
    work = visit.console.review
    now = await work.read_now(found.turn, examples[0].words)
    contradictions = [
        other for example in examples for other in await asyncio.to_thread(work.examples.contradictions, example)
    ]
    return Doubts(now is not None and reads_so(now, examples[0]), tuple(dict.fromkeys(contradictions)))


def reads_so(now: ReadNow, example: Example) -> bool:
    """Whether the model reads a message as the example says already."""
    intent = intent_of(example)
    if intent is None:
        return is_same(_without_details(now.moves, example), example.moves)
    wanted = dict(example.moves[0].about).get("sub_issue")
    return now.intent == intent and wanted in (None, now.sub_issue)


def _without_details(moves: Sequence[ProposedMove], example: Example) -> Tuple[ProposedMove, ...]:
    """Moves without a sub-issue where the example leaves it open."""
    named = {dict(move.about).get("issue") for move in example.moves if len(move.about) > 1}
    return tuple(
        move
        if move.move != "problem" or dict(move.about).get("issue") in named
        else replace(move, about=tuple(pair for pair in move.about if pair[0] != "sub_issue"))
        for move in moves
    )


async def _in_its_place(visit: Visit) -> Optional[InItsPlace]:
    conversation, number = visit.path["conversation"], _number(visit.path["number"])
    return await asyncio.to_thread(visit.console.review.in_its_place, conversation, number)


async def _neighbours(
    visit: Visit, reason: Optional[ReviewReason], conversation: str, number: int
) -> Tuple[Optional[Item], Optional[Item]]:
    """The turns before and after this one in the queue for a reason."""
    reviews = visit.console.review.reviews
    here = await asyncio.to_thread(reviews.item, reason, conversation, number) if reason is not None else None
    if reason is None or here is None:
        return None, None
    following = await asyncio.to_thread(reviews.queue, reason, 1, here)
    return await asyncio.to_thread(reviews.before, reason, here), following[0] if following else None


async def _next_after(visit: Visit, conversation: str, number: int) -> str:
    """Where to go on once this turn is done with: the next one in the queue, else one before, else the queue."""
    reason = _reason(visit.sent("reason"))
    before, following = await _neighbours(visit, reason, conversation, number)
    onward = _link(following or before, reason)
    return onward or f"{REVIEW}?{urlencode({'reason': reason.value}) if reason is not None else ''}"


def _way_to(onward: str, said: str, **done: str) -> str:
    """The address where it goes on, which says what was done, and what would undo it."""
    return f"{onward}{'&' if '?' in onward else '?'}{urlencode({'said': said, **done})}"


def _undoing(visit: Visit) -> Optional[str]:
    """The address that a button to undo the last step sends to; None where nothing was done."""
    name, item = visit.asked("proposal"), visit.asked("item")
    number, _, conversation = item.partition(":")
    if name.isascii() and name.isalnum():
        return f"{REVIEW}/proposals/{name}/withdraw"
    return f"{_path_of(conversation, _number(number))}/open-again" if conversation else None


def _link(item: Optional[Item], reason: Optional[ReviewReason]) -> Optional[str]:
    if item is None or reason is None:
        return None
    return f"{_path_of(item.conversation, item.number)}?{urlencode({'reason': reason.value})}"


def _path_of(conversation: str, number: int) -> str:
    return f"{REVIEW}/item/{in_path(conversation)}/{number}"


def _name_of(item: Item) -> str:
    return f"{item.number}:{item.conversation}"


def _along_name(like: Like) -> str:
    return f"{like.number}:{like.conversation}"


async def _item_named(visit: Visit, reason: ReviewReason, name: str) -> Optional[Item]:
    number, _, conversation = name.partition(":")
    if not conversation:
        return None
    return await asyncio.to_thread(visit.console.review.reviews.item, reason, conversation, _number(number))


def _reason(text: str) -> Optional[ReviewReason]:
    return ReviewReason(text) if text in {reason.value for reason in ReviewReason} else None


def _number(text: str) -> int:
    """The number of a turn; 0, which none has, where it is none."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= _MOST_DIGITS else 0
