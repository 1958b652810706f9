"""引き継ぎ: who waits for a person, and the page on which one takes a conversation over, answers, and gives it back."""

from __future__ import annotations

import asyncio
import json
import uuid
from dataclasses import dataclass
from typing import Callable, Optional, Tuple
from urllib.parse import quote

from sanic.response import HTTPResponse

from bot.console.case import MOST_TURNS, Case, case_of, not_sent
from bot.console.pages import go_to, page
from bot.console.visit import Visit
from bot.frame.known import knowledge
from bot.normalization import readable
from bot.operator.desk import desk
from bot.staff_words import staff_words
from bot.store import (
    LONGEST_SHOWN_NAME,
    BotIsSpeakingError,
    Claim,
    ClaimedError,
    NothingThereError,
    NotYoursError,
    StaffLine,
    Told,
    Waiting,
    channel_of,
)

HANDOFFS = "/handoffs"
LONGEST_SAID = 2000
CHANNELS = ("web", "line", "slack")
_SPOKEN_WITHIN_S = 11.0  # what the bot says lasts ten seconds at most, then its mark has run out
_LOOK_AGAIN_S = 0.1
_NEWS = "talk-changed"


@dataclass(frozen=True)
class Reply:
    """How an answer would reach the owner now: free of charge until a time, or by one of the pushes `left`."""

    free_until: Optional[float] = None
    left: Optional[int] = None
    billed: bool = False


@dataclass(frozen=True)
class Desk:
    """One conversation as its page shows it."""

    waits: Waiting
    case: Case
    lines: Tuple[StaffLine, ...]
    claim: Optional[Claim]
    is_mine: bool
    channel: str
    reply: Reply
    seen: str


async def handoffs_page(visit: Visit) -> HTTPResponse:
    """Who waits."""
    return await _listed(visit, "handoffs")


async def handoffs_part(visit: Visit) -> HTTPResponse:
    """The same without the page around it, which asks for it from time to time."""
    return await _listed(visit, "_handoffs")


async def handoff_page(visit: Visit) -> HTTPResponse:
    """The case of a conversation, the talk, and what can be done."""
    return await _one(visit, "handoff")


async def talk_part(visit: Visit) -> HTTPResponse:
    """The talk alone, for a page that learned of something new."""
    return await _one(visit, "_talk")


async def news(visit: Visit) -> HTTPResponse:
    """Whether there is anything new, without a word of it. Whoever has the conversation is still there."""
    conversation = visit.path["conversation"]
    if await asyncio.to_thread(visit.console.takeovers.of, conversation) is None:
        return page(visit, "not_found", 404)
    await asyncio.to_thread(visit.console.takeovers.renew, conversation, visit.account.name)
    headers = {"Cache-Control": "no-store"}
    if await _seen(visit, conversation) != visit.asked("seen"):
        headers["HX-Trigger"] = json.dumps({_NEWS: ""})
    return HTTPResponse(None, 204, headers)


async def claim(visit: Visit) -> HTTPResponse:
    """Take it over; a moment is waited for what the bot is just saying."""
    conversation = visit.path["conversation"]
    if channel_of(conversation) not in CHANNELS:
        return page(visit, "not_found", 404)
    shown = readable(visit.sent("shown_as")).strip()[:LONGEST_SHOWN_NAME] or visit.account.name[:LONGEST_SHOWN_NAME]
    told = Told(staff_words().came.format(name=shown))
    until = visit.console.clock() + _SPOKEN_WITHIN_S
    while True:
        try:
            await asyncio.to_thread(visit.console.takeovers.claim, conversation, visit.by, shown, told)
        except BotIsSpeakingError:
            if visit.console.clock() > until:
                return await _one(visit, "handoff", 409, "bot_speaks")
            await asyncio.sleep(_LOOK_AGAIN_S)
        except ClaimedError:
            return await _one(visit, "handoff", 409, "claimed")
        except NothingThereError:
            return page(visit, "not_found", 404)
        else:
            return _back(visit, "claimed")


async def say(visit: Visit) -> HTTPResponse:
    """Send an answer. What cannot be sent stays in the box."""
    words = visit.sent("words").replace("\r\n", "\n").strip()
    if not words or len(words) > LONGEST_SAID:
        return await _one(visit, "handoff", 422, "length", words)
    key = visit.sent("key")
    key = key if len(key) == 32 and key.isalnum() else uuid.uuid4().hex
    say_it = visit.console.takeovers.say
    return await _done(visit, lambda conversation: say_it(conversation, visit.by, words, key), "said", words)


async def say_again(visit: Visit) -> HTTPResponse:
    """Send once more what was refused."""
    again = visit.console.takeovers.say_again
    return await _done(visit, lambda conversation: again(conversation, visit.by, visit.sent("key")), "said")


async def give_back(visit: Visit) -> HTTPResponse:
    """The bot answers again."""
    told = await _farewell(visit)
    back = visit.console.takeovers.give_back
    return await _done(visit, lambda conversation: back(conversation, visit.by, told), "gave_back", to=HANDOFFS)


async def end(visit: Visit) -> HTTPResponse:
    """Nothing of it waits any more."""
    told = await _farewell(visit)
    finish = visit.console.takeovers.end
    return await _done(visit, lambda conversation: finish(conversation, visit.by, told), "ended", to=HANDOFFS)


async def _farewell(visit: Visit) -> Told:
    there = await asyncio.to_thread(visit.console.takeovers.holder, visit.path["conversation"])
    return Told(went=staff_words().went.format(name=there.shown_as)) if there is not None else Told()


async def _done(
    visit: Visit, do: Callable[[str], None], said: str, words: str = "", to: Optional[str] = None
) -> HTTPResponse:
    try:
        await asyncio.to_thread(do, visit.path["conversation"])
    except NotYoursError:
        return await _one(visit, "handoff", 409, "not_yours", words)
    return _back(visit, said) if to is None else go_to(visit, f"{to}?said={said}")


def _back(visit: Visit, said: str) -> HTTPResponse:
    return go_to(visit, f"{HANDOFFS}/{quote(visit.path['conversation'], safe='')}?said={said}")


async def _listed(visit: Visit, template: str) -> HTTPResponse:
    found = await asyncio.to_thread(visit.console.takeovers.waiting)
    rows = [(waits, await asyncio.to_thread(visit.console.conversations.one, waits.conversation)) for waits in found]
    return page(
        visit,
        template,
        rows=rows,
        waiting=sum(waits.claim is None and not waits.back for waits in found),
        channel_of=channel_of,
        staff=desk().staff,
        quote=lambda name: quote(name, safe=""),
    )


async def _one(
    visit: Visit, template: str, status: int = 200, problem: Optional[str] = None, words: str = ""
) -> HTTPResponse:
    conversation = visit.path["conversation"]
    found = await _desk(visit, conversation)
    if found is None:
        return page(visit, "not_found", 404)
    return page(
        visit,
        template,
        status,
        conversation=conversation,
        address=f"{visit.console.place.base}{HANDOFFS}/{quote(conversation, safe='')}",
        found=found,
        problem=problem,
        draft=words,
        key=uuid.uuid4().hex,
        shown_as=await asyncio.to_thread(visit.console.takeovers.shown_name, visit.account.name) or visit.account.name,
        longest=LONGEST_SAID,
        longest_name=LONGEST_SHOWN_NAME,
        not_sent=not_sent(found.lines),
        may_answer=channel_of(conversation) in CHANNELS,
        now=visit.console.clock(),
        was_mine=visit.asked("mine") == "1",
    )


async def _desk(visit: Visit, conversation: str) -> Optional[Desk]:
    console = visit.console
    waits = await asyncio.to_thread(console.takeovers.of, conversation)
    if waits is None:
        return None
    seen = await _seen(visit, conversation)  # first: what comes meanwhile is news
    claim_there = await asyncio.to_thread(console.takeovers.renew, conversation, visit.account.name)
    records = await asyncio.to_thread(console.turns.of, conversation, None, MOST_TURNS)
    lines = await asyncio.to_thread(console.lines.of, conversation)
    withheld = await asyncio.to_thread(console.takeovers.withheld, conversation)
    return Desk(
        waits=waits,
        case=case_of(knowledge(), records, lines, withheld),
        lines=lines,
        claim=claim_there,
        is_mine=claim_there is not None and claim_there.who == visit.account.name,
        channel=channel_of(conversation),
        reply=await _reply(visit, conversation),
        seen=seen,
    )


async def _reply(visit: Visit, conversation: str) -> Reply:
    if channel_of(conversation) != "line":
        return Reply()
    until = await asyncio.to_thread(visit.console.lines.token_lasts_until, conversation)
    free = until if until is not None and until > visit.console.clock() else None
    return Reply(free, await visit.console.visitors.pushes_left(), True)


async def _seen(visit: Visit, conversation: str) -> str:
    """What changes with every message of the owner's, every line of staff's, and whoever has the conversation."""

    def read() -> str:
        newest = visit.console.turns.of(conversation, None, 1)
        lines = visit.console.lines.of(conversation)
        there = visit.console.takeovers.holder(conversation)
        states = "".join(line.state.value[0] for line in lines)
        return f"{newest[0].number if newest else 0}-{len(lines)}{states}-{there.who if there else ''}"

    return await asyncio.to_thread(read)
