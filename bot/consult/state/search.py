"""The search for the issue of an owner who cannot name it (問診)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Optional, Tuple

from bot.knowledge import AnswerId, Matter

MOST_QUOTES = 8


@dataclass(frozen=True)
class Quote:
    """Words of the owner that spoke for a matter, as they are said back."""

    matter: Matter
    words: str


@dataclass(frozen=True)
class Search:
    """`symptom` is the question of the triage that waits, `asked` those that were put, `told` the answers,
    `worded` what the owner said for some of them (question/answer, words).

    `leaning` is how likely each issue is by what the owner said in their own words (0 to 1), `quotes` are the latest of
    those words that spoke for a matter. `over`: what was found has been named, or nothing more is asked.
    """

    symptom: Optional[str] = None
    asked: Tuple[str, ...] = ()
    told: Tuple[AnswerId, ...] = ()
    leaning: Tuple[Tuple[str, float], ...] = ()
    quotes: Tuple[Quote, ...] = ()
    over: bool = False
    worded: Tuple[Tuple[str, str], ...] = ()
