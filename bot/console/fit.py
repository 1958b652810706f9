"""Which words may become an example to learn from, and which may not: numbers, names, addresses, commands, markup.

What is looked for stands in data/review.yml, with sentences that hold each pattern to its word.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from pathlib import Path
from typing import Optional, Tuple

import yaml
from pydantic import BaseModel, Extra, ValidationError

from bot.masking import masked, says_hidden
from bot.normalization import LONGEST_TEXT_READ, readable
from bot.operator.set_up import SetUpError
from bot.paths import ROOT

FILE = ROOT / "data" / "review.yml"
EMPTY, TOO_LONG, HIDDEN, NUMBER = "empty", "too_long", "hidden", "number"


class FitError(SetUpError):
    """data/review.yml is wrong; the message names the place."""


class Refused(BaseModel):
    """A pattern of what cannot be an example. `matches` and `leaves` are sentences for the tests."""

    kind: str
    why: str
    pattern: str
    matches: Tuple[str, ...]
    leaves: Tuple[str, ...]

    class Config:
        """Read once, and no key that nobody reads."""

        extra = Extra.forbid
        frozen = True

    def is_in(self, words: str) -> bool:
        """Whether the words have it, in whatever width."""
        found = re.compile(self.pattern, re.IGNORECASE)
        return any(found.search(text) for text in (words, unicodedata.normalize("NFKC", words)))


class Rules(BaseModel):
    """The file. `voice` is how rows name their origin: {day} and {name} are filled in."""

    voice: str
    refused: Tuple[Refused, ...]

    class Config:
        """As above."""

        extra = Extra.forbid
        frozen = True


@lru_cache(maxsize=1)
def rules() -> Rules:
    """The file, read once a process. Raises FitError where it is wrong."""
    return rules_from(FILE)


def rules_from(path: Path) -> Rules:
    """The rules in a file. Raises FitError where it is wrong."""
    try:
        read = Rules.parse_obj(yaml.safe_load(path.read_text(encoding="utf-8")))
        for refused in read.refused:
            re.compile(refused.pattern)
    except (ValidationError, yaml.YAMLError, OSError, UnicodeDecodeError, re.error) as error:
        raise FitError(f"{path.name}: {' '.join(str(error).split())}") from error
    return read


def in_one_line(words: str) -> str:
    """Words as the files have them: in one line, without what cannot be seen."""
    return " ".join(readable(words).split())


def unfit(words: str) -> Optional[str]:
    """Why these words cannot be an example, by a name; None where they can. They are as `in_one_line`."""
    if not words:
        return EMPTY
    if len(words) > LONGEST_TEXT_READ:
        return TOO_LONG
    if says_hidden(words):
        return HIDDEN
    if masked(words) != words:
        return NUMBER
    return next((refused.kind for refused in rules().refused if refused.is_in(words)), None)
