"""The patterns of Japanese that are matched by hand: data/phrases.yml, each with sentences that hold it to its word."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Mapping, Tuple

import yaml
from pydantic import BaseModel, Extra

from bot.paths import ROOT

PHRASES = ROOT / "data" / "phrases.yml"


class Phrase(BaseModel):
    """A pattern by its name, why it stands, and sentences that it must match, and must leave alone."""

    name: str
    why: str
    pattern: str
    matches: Tuple[str, ...]
    leaves: Tuple[str, ...]

    class Config:
        """What is not known is a mistake."""

        extra = Extra.forbid
        frozen = True


class _File(BaseModel):
    phrases: Tuple[Phrase, ...]


@lru_cache(maxsize=1)
def phrases() -> Mapping[str, Phrase]:
    """All phrases by their names. Raises pydantic's ValidationError for a file of another shape."""
    read = _File.parse_obj(yaml.safe_load(PHRASES.read_text(encoding="utf-8")))
    return {phrase.name: phrase for phrase in read.phrases}


@lru_cache(maxsize=None)
def pattern(name: str) -> "re.Pattern[str]":
    """The pattern of a phrase, KeyError where there is none of this name."""
    return re.compile(phrases()[name].pattern)
