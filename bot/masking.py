"""Takes numbers that belong to a person out of an owner's words: telephone, card, My Number, account, mail address.

What is looked for, and the words that take its place, stand in data/masks.yml. No Rasa, no store, no channel.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Callable, Dict, Iterator, List, Literal, Mapping, Optional, Tuple

import yaml
from pydantic import BaseModel, Extra, ValidationError, validator

from bot.paths import ROOT

FILE = ROOT / "data" / "masks.yml"
_NUMBER = "number"  # the group of a pattern that is masked, where words around it have to be there
_HYPHENS = "‐‑‒–—―−ー－ｰ─━〜～~_"
_KANJI_DIGITS = {kanji: str(number) for number, kanji in enumerate("〇一二三四五六七八九")}
_SPELLINGS = {**dict.fromkeys(_HYPHENS, "-"), **_KANJI_DIGITS, "零": "0", "◯": "0", "○": "0"}
_MY_NUMBER_WEIGHTS = (6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2)
_PHONE_DIGITS = {10, 11}


class MaskError(Exception):
    """data/masks.yml is wrong; the message names the place."""


@dataclass(frozen=True)
class Hidden:
    """A stretch of a text that is hidden, from `start` up to `end`, and of which kind it is."""

    kind: str
    start: int
    end: int


def _luhn(digits: str) -> bool:
    """The check of card numbers: ISO/IEC 7812-1, annex B."""
    doubled = (int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits)))
    return sum(number - 9 if number > 9 else number for number in doubled) % 10 == 0


def _my_number(digits: str) -> bool:
    """The check of a My Number: 行政手続における特定の個人を識別するための番号の利用等に関する法律施行令, 第八条."""
    rest = sum(int(digit) * weight for digit, weight in zip(digits, _MY_NUMBER_WEIGHTS, strict=False)) % 11
    return int(digits[-1]) == (0 if rest <= 1 else 11 - rest)


def _phone(digits: str) -> bool:
    """As many digits as a Japanese telephone number has from its 0 on."""
    return len(digits) in _PHONE_DIGITS


_CHECKS: Mapping[str, Callable[[str], bool]] = {"luhn": _luhn, "my_number": _my_number, "phone": _phone}


@lru_cache(maxsize=64)
def _compiled(pattern: str) -> "re.Pattern[str]":
    """Ready to look for; a drawn-out vowel (ナンバー) is a hyphen, as in the texts it is looked for in."""
    return re.compile(pattern.replace("ー", "-"), re.VERBOSE | re.IGNORECASE)


class Mask(BaseModel):
    """One pattern, looked for in a text whose digits, hyphens and spaces have one width.

    `check` names what the digits found must satisfy. `matches` and `leaves` are sentences for the tests.
    """

    kind: str
    pattern: str
    check: Optional[Literal["luhn", "my_number", "phone"]]
    matches: Tuple[str, ...]
    leaves: Tuple[str, ...]

    class Config:
        """Read once, and no key that nobody reads."""

        extra = Extra.forbid
        frozen = True

    @validator("pattern")
    def _can_be_compiled(cls, pattern: str) -> str:  # noqa: N805
        _compiled(pattern)
        return pattern

    def finds(self, text: str) -> Iterator[Hidden]:
        """What this pattern alone hides in a text whose characters have one spelling."""
        for match in _compiled(self.pattern).finditer(text):
            start, end = match.span(_NUMBER if _NUMBER in match.re.groupindex else 0)
            if self.check is None or _CHECKS[self.check](re.sub(r"\D", "", text[start:end])):
                yield Hidden(self.kind, start, end)


class Beside(BaseModel):
    """What stands before and after a hidden number and only says what it is."""

    before: str
    after: str

    class Config:
        """As above."""

        extra = Extra.forbid
        frozen = True


class Masks(BaseModel):
    """The file: what takes the place of each kind, and the patterns, the first that finds something counts."""

    words: Mapping[str, str]
    beside: Beside
    masks: Tuple[Mask, ...]

    class Config:
        """As above."""

        extra = Extra.forbid
        frozen = True


def masked(text: str) -> str:
    """The text with a kind word in the place of each number that belongs to a person; the rest as it was."""
    words = masks().words
    parts, end = [], 0
    for hidden in hidden_in(text):
        parts += [text[end : hidden.start], words[hidden.kind]]
        end = hidden.end
    return "".join([*parts, text[end:]])


def hidden_in(text: str) -> Tuple[Hidden, ...]:
    """What is hidden in a text, in its order; no two overlap."""
    one_width = "".join(map(_spelling, text))
    found: List[Hidden] = []
    for mask in masks().masks:
        for hidden in mask.finds(one_width):
            if not any(hidden.start < other.end and other.start < hidden.end for other in found):
                found.append(hidden)
    return tuple(sorted(found, key=lambda hidden: hidden.start))


def says_hidden(text: str) -> bool:
    """Whether something in a text was hidden by `masked`."""
    return any(word in text for word in masks().words.values())


def without_hidden(text: str) -> str:
    """The text without the words that `masked` put in, and without what only names them (電話は…です).

    That is nothing to whoever reads what a message means.
    """
    if not says_hidden(text):
        return text
    beside, words = masks().beside, "|".join(map(re.escape, masks().words.values()))
    return re.sub(f"{beside.before}(?:{words}){beside.after}", "", text, flags=re.IGNORECASE)


def _spelling(character: str) -> str:
    """The one character that stands for all spellings of it, so that places in the text stay what they are."""
    if character in _SPELLINGS:
        return _SPELLINGS[character]
    plain = unicodedata.normalize("NFKC", character)
    if len(plain) != 1:
        return character
    return " " if plain.isspace() else _SPELLINGS.get(plain, plain)


@lru_cache(maxsize=1)
def masks() -> Masks:
    """The file, read once a process. Raises MaskError where it is wrong."""
    return masks_from(FILE)


def masks_from(path: Path) -> Masks:
    """The masks in a file. Raises MaskError where it is wrong."""
    try:
        read = Masks.parse_obj(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (ValidationError, yaml.YAMLError, OSError, re.error) as error:
        raise MaskError(f"{path.name}: {' '.join(str(error).split())}") from error
    unknown: Dict[str, None] = dict.fromkeys(mask.kind for mask in read.masks if mask.kind not in read.words)
    if unknown:
        raise MaskError(f"{path.name}: words: expected one for each of {', '.join(unknown)}")
    return read
