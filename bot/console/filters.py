"""Which conversations staff wants to see: as they send it, as it is kept, and as it stands in an address."""

from __future__ import annotations

from datetime import date
from enum import Enum
from typing import Callable, Dict, Optional, Type, TypeVar
from urllib.parse import urlencode

from bot.console.times import in_japan, time_in_japan
from bot.normalization import readable
from bot.review import ReviewReason
from bot.store import ConversationFilter, Standing

DAY_S = 86_400.0
_LONGEST = 200
_YEARS = range(2000, 3000)
_USEFUL = {"yes": True, "no": False}
Name = TypeVar("Name", bound=Enum)


def wanted_of(sent: Callable[[str], str]) -> ConversationFilter:
    """The filter that a form or an address asks for; what cannot be understood is left out."""

    def text(name: str) -> Optional[str]:
        return readable(sent(name)).strip()[:_LONGEST] or None

    until = _day(sent("until"))
    return ConversationFilter(
        words=text("words"),
        since=_day(sent("since")),
        until=until + DAY_S if until is not None else None,
        channel=text("channel"),
        issue=text("issue"),
        prefecture=text("prefecture"),
        standing=_one_of(Standing, sent("standing")),
        question=text("question"),
        reason=_one_of(ReviewReason, sent("reason")),
        useful=_USEFUL.get(sent("useful")),
    )


def asked_of(wanted: ConversationFilter) -> Dict[str, str]:
    """What a form has to hold to ask for it; empty is what does not matter."""
    useful = {kept: word for word, kept in _USEFUL.items()}
    return {
        "words": wanted.words or "",
        "since": _date(wanted.since),
        "until": _date(wanted.until - DAY_S if wanted.until is not None else None),
        "channel": wanted.channel or "",
        "issue": wanted.issue or "",
        "prefecture": wanted.prefecture or "",
        "standing": wanted.standing.value if wanted.standing is not None else "",
        "question": wanted.question or "",
        "reason": wanted.reason.value if wanted.reason is not None else "",
        "useful": useful[wanted.useful] if wanted.useful is not None else "",
    }


def in_an_address(wanted: ConversationFilter) -> str:
    """The filter behind the question mark of an address, without words: an owner may have written them."""
    return urlencode({name: asked for name, asked in asked_of(wanted).items() if asked and name != "words"})


def _one_of(names: Type[Name], sent: str) -> Optional[Name]:
    return names(sent) if sent in {name.value for name in names} else None


def _day(sent: str) -> Optional[float]:
    """Where a day begins in Japan (Unix seconds); None where the text is no day that anybody could mean."""
    try:
        day = date.fromisoformat(sent)
    except ValueError:
        return None
    return time_in_japan(day.isoformat()) if day.year in _YEARS else None


def _date(at: Optional[float]) -> str:
    return in_japan(at).date().isoformat() if at is not None else ""
